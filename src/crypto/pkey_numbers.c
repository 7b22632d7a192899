/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys from their numbers and back. The numbers come from files, so
 * they are not believed: the public half is computed from the private one, or
 * the equations between them are checked, before a key is made of them.
 */
#include "crypto/pkey.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/key_import.h"
#include "crypto/pkey_type.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

static enum adit_err import_ed25519(const struct adit_private_numbers *numbers, EVP_PKEY **out)
{
    const struct adit_span seed = numbers->ed25519_seed;
    const struct adit_span public = numbers->ed25519_public;
    uint8_t computed[ADIT_ED25519_KEY_SIZE];
    size_t len = sizeof computed;

    if (seed.len != ADIT_ED25519_KEY_SIZE || public.len != ADIT_ED25519_KEY_SIZE)
        return ADIT_ERR_FORMAT;
    *out = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed.data, seed.len);
    if (*out == NULL || EVP_PKEY_get_raw_public_key(*out, computed, &len) != 1 ||
        len != sizeof computed)
        return ADIT_ERR_CRYPTO;
    if (memcmp(computed, public.data, len) != 0) /* both are public */
        return ADIT_ERR_FORMAT;
    return ADIT_OK;
}

static enum adit_err import_ecdsa(enum adit_key_type type,
                                  const struct adit_private_numbers *numbers, EVP_PKEY **out)
{
    const char *group = adit_pkey_type_row(type)->group;
    EVP_PKEY_CTX *ctx = NULL;
    enum adit_err err;
    BIGNUM *scalar;

    if (numbers->ec_scalar.len > ADIT_EC_COORDINATE_MAX)
        return ADIT_ERR_FORMAT;
    scalar = adit_secret_number(numbers->ec_scalar);
    if (scalar == NULL)
        return ADIT_ERR_CRYPTO;
    err = adit_ec_key_import(group, numbers->ec_point, scalar, out);
    if (err)
        goto done;
    err = ADIT_ERR_CRYPTO;
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, *out, NULL);
    if (ctx != NULL)
        err = EVP_PKEY_check(ctx) == 1 ? ADIT_OK : ADIT_ERR_FORMAT;
done:
    EVP_PKEY_CTX_free(ctx);
    BN_clear_free(scalar);
    return err;
}

enum { N, E, D, P, Q, IQMP, DP, DQ, RSA_NUMBERS };

/* a * b = 1 mod (m - less) */
static bool is_inverse(const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, unsigned less,
                       BN_CTX *ctx)
{
    BIGNUM *modulus = BN_CTX_get(ctx);
    BIGNUM *product = BN_CTX_get(ctx);

    return modulus != NULL && product != NULL && BN_copy(modulus, m) != NULL &&
           BN_sub_word(modulus, less) == 1 && BN_mod_mul(product, a, b, modulus, ctx) == 1 &&
           BN_is_one(product);
}

/* remainder = d mod (p - 1) */
static bool reduce(BIGNUM *remainder, const BIGNUM *d, const BIGNUM *p, BN_CTX *ctx)
{
    BIGNUM *modulus = BN_CTX_get(ctx);

    return modulus != NULL && BN_copy(modulus, p) != NULL && BN_sub_word(modulus, 1) == 1 &&
           BN_mod(remainder, d, modulus, ctx) == 1;
}

/* n = p q, e d = 1 mod p-1 and q-1, q iqmp = 1 mod p: what signing relies on. */
static bool fit_each_other(BIGNUM *const v[static RSA_NUMBERS], BN_CTX *ctx)
{
    BIGNUM *product = BN_CTX_get(ctx);

    if (!BN_is_odd(v[P]) || BN_is_one(v[P]) || !BN_is_odd(v[Q]) || BN_is_one(v[Q]))
        return false;
    if (BN_cmp(v[D], v[N]) >= 0 || BN_cmp(v[IQMP], v[P]) >= 0)
        return false;
    return product != NULL && BN_mul(product, v[P], v[Q], ctx) == 1 && BN_cmp(product, v[N]) == 0 &&
           is_inverse(v[E], v[D], v[P], 1, ctx) && is_inverse(v[E], v[D], v[Q], 1, ctx) &&
           is_inverse(v[Q], v[IQMP], v[P], 0, ctx);
}

static enum adit_err check_and_import(BIGNUM *const v[static RSA_NUMBERS], BN_CTX *ctx,
                                      EVP_PKEY **out)
{
    const struct adit_rsa_numbers numbers = { v[N], v[E], v[D], v[P], v[Q], v[DP], v[DQ], v[IQMP] };

    if (!fit_each_other(v, ctx))
        return ADIT_ERR_FORMAT;
    if (!reduce(v[DP], v[D], v[P], ctx) || !reduce(v[DQ], v[D], v[Q], ctx))
        return ADIT_ERR_CRYPTO;
    return adit_rsa_key_import(&numbers, out);
}

static enum adit_err import_rsa(const struct adit_private_numbers *numbers, EVP_PKEY **out)
{
    const struct adit_span spans[RSA_NUMBERS] = {
        [N] = numbers->rsa_n, [E] = numbers->rsa_e, [D] = numbers->rsa_d,
        [P] = numbers->rsa_p, [Q] = numbers->rsa_q, [IQMP] = numbers->rsa_iqmp,
    };
    BIGNUM *v[RSA_NUMBERS] = { NULL };
    BN_CTX *ctx = NULL;
    enum adit_err err = adit_rsa_check_public(numbers->rsa_n, numbers->rsa_e);

    if (err)
        return err;
    for (size_t i = 0; i < RSA_NUMBERS; i++) {
        if (spans[i].len > numbers->rsa_n.len)
            return ADIT_ERR_FORMAT;
    }
    err = ADIT_ERR_CRYPTO;
    ctx = BN_CTX_secure_new();
    if (ctx == NULL)
        return err;
    BN_CTX_start(ctx);
    for (size_t i = 0; i < RSA_NUMBERS; i++) {
        v[i] = adit_secret_number(spans[i]);
        if (v[i] == NULL)
            goto done;
    }
    err = check_and_import(v, ctx, out);
done:
    for (size_t i = 0; i < RSA_NUMBERS; i++)
        BN_clear_free(v[i]);
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    return err;
}

enum adit_err adit_pkey_from_numbers(enum adit_key_type type,
                                     const struct adit_private_numbers *numbers,
                                     struct adit_pkey **out)
{
    EVP_PKEY *evp = NULL;
    enum adit_err err;

    *out = NULL;
    (void)ERR_set_mark();
    if (type == ADIT_KEY_ED25519)
        err = import_ed25519(numbers, &evp);
    else if (type == ADIT_KEY_RSA)
        err = import_rsa(numbers, &evp);
    else
        err = import_ecdsa(type, numbers, &evp);
    (void)ERR_pop_to_mark();
    if (err == ADIT_OK)
        return adit_pkey_adopt(evp, type, true, out);
    EVP_PKEY_free(evp);
    return err == ADIT_ERR_MALFORMED ? ADIT_ERR_FORMAT : err;
}

static enum adit_err export_ed25519(const EVP_PKEY *evp, struct adit_buffer *storage,
                                    struct adit_private_numbers *out)
{
    size_t seed_len = ADIT_ED25519_KEY_SIZE;
    size_t public_len = ADIT_ED25519_KEY_SIZE;
    uint8_t *room;
    const enum adit_err err = adit_buffer_extend(storage, seed_len + public_len, &room);

    if (err)
        return err;
    /* By name: the call for raw private keys leaves a copy of its own in freed memory. */
    if (EVP_PKEY_get_octet_string_param(evp, OSSL_PKEY_PARAM_PRIV_KEY, room, seed_len, &seed_len) !=
            1 ||
        EVP_PKEY_get_raw_public_key(evp, room + ADIT_ED25519_KEY_SIZE, &public_len) != 1)
        return ADIT_ERR_CRYPTO;
    out->ed25519_seed = (struct adit_span){ room, seed_len };
    out->ed25519_public = (struct adit_span){ room + ADIT_ED25519_KEY_SIZE, public_len };
    return ADIT_OK;
}

static enum adit_err export_ecdsa(const struct adit_pkey *pkey, struct adit_buffer *storage,
                                  struct adit_private_numbers *out)
{
    const size_t size = adit_ec_coordinate_size(adit_pkey_type_row(pkey->type)->group);
    const size_t point_size = 1 + 2 * size;
    uint8_t point[ADIT_EC_POINT_MAX];
    BIGNUM *scalar = NULL;
    uint8_t *room;
    enum adit_err err = adit_ec_key_point(pkey->evp, size, point);

    if (err)
        return err;
    err = adit_buffer_extend(storage, point_size + size, &room);
    if (err)
        return err;
    memcpy(room, point, point_size);
    if (EVP_PKEY_get_bn_param(pkey->evp, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) != 1 ||
        BN_bn2binpad(scalar, room + point_size, (int)size) != (int)size)
        err = ADIT_ERR_CRYPTO;
    BN_clear_free(scalar);
    out->ec_point = (struct adit_span){ room, point_size };
    out->ec_scalar = (struct adit_span){ room + point_size, size };
    return err;
}

static enum adit_err export_rsa(const EVP_PKEY *evp, struct adit_buffer *storage,
                                struct adit_private_numbers *out)
{
    const struct {
        const char *name;
        struct adit_span *span;
    } fields[] = {
        { OSSL_PKEY_PARAM_RSA_N, &out->rsa_n },
        { OSSL_PKEY_PARAM_RSA_E, &out->rsa_e },
        { OSSL_PKEY_PARAM_RSA_D, &out->rsa_d },
        { OSSL_PKEY_PARAM_RSA_FACTOR1, &out->rsa_p },
        { OSSL_PKEY_PARAM_RSA_FACTOR2, &out->rsa_q },
        { OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &out->rsa_iqmp },
    };
    BIGNUM *v[ADIT_ARRAY_LEN(fields)] = { NULL };
    enum adit_err err = ADIT_ERR_CRYPTO;
    size_t total = 0;
    uint8_t *room;

    for (size_t i = 0; i < ADIT_ARRAY_LEN(fields); i++) {
        if (EVP_PKEY_get_bn_param(evp, fields[i].name, &v[i]) != 1)
            goto done;
        total += (size_t)BN_num_bytes(v[i]);
    }
    /* Room for all at once, so that no span is left behind when the storage grows. */
    err = adit_buffer_extend(storage, total, &room);
    if (err)
        goto done;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(fields); i++) {
        *fields[i].span = (struct adit_span){ room, (size_t)BN_bn2bin(v[i], room) };
        room += fields[i].span->len;
    }
done:
    for (size_t i = 0; i < ADIT_ARRAY_LEN(fields); i++)
        BN_clear_free(v[i]);
    return err;
}

enum adit_err adit_pkey_numbers(const struct adit_pkey *pkey, struct adit_buffer *storage,
                                struct adit_private_numbers *out)
{
    *out = (struct adit_private_numbers){ 0 };
    if (!pkey->is_private)
        return ADIT_ERR_USAGE;
    if (pkey->type == ADIT_KEY_ED25519)
        return export_ed25519(pkey->evp, storage, out);
    if (pkey->type == ADIT_KEY_RSA)
        return export_rsa(pkey->evp, storage, out);
    return export_ecdsa(pkey, storage, out);
}
