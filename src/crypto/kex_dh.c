/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diffie-hellman-group14/16/18 (RFC 4253, 8; RFC 8268) over the safe primes of
 * RFC 3526, and the group exchange of RFC 4419. Public values stand on the wire
 * as mpints and must lie in [2, p-2]; with a safe prime and exponents used once
 * that leaves a peer nothing to learn.
 */
#include "crypto/kex_agreement.h"

#include "base/memory.h"
#include "crypto/key_import.h"
#include "wire/writer.h"

#include <openssl/core_names.h>

enum { MODULUS_MAX = 1024 }; /* group 18, and the largest of RFC 4419 */

static enum adit_err generate(const struct adit_kex_algorithm *algorithm, EVP_PKEY **out)
{
    return adit_kex_generate("DH", algorithm->group, ADIT_DH_PRIVATE_BITS, out) ? ADIT_OK
                                                                                : ADIT_ERR_CRYPTO;
}

static enum adit_err write_public(const EVP_PKEY *own, struct adit_buffer *out)
{
    uint8_t bytes[1 + MODULUS_MAX] = { 0 };
    BIGNUM *number = NULL;
    enum adit_err err = ADIT_ERR_CRYPTO;
    int len;

    if (EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_PUB_KEY, &number) != 1)
        goto done;
    if (BN_num_bytes(number) > MODULUS_MAX)
        goto done;
    len = BN_bn2bin(number, bytes + 1);
    if (len <= 0)
        goto done;
    /* The zero in front keeps an mpint whose top bit is set from being negative. */
    err = bytes[1] & 0x80 ? adit_buffer_append(out, (struct adit_span){ bytes, (size_t)len + 1 })
                          : adit_buffer_append(out, (struct adit_span){ bytes + 1, (size_t)len });
done:
    BN_free(number);
    return err;
}

/* The content of an mpint that is positive and minimal (RFC 4251, 5). */
static bool is_positive_mpint(struct adit_span bytes)
{
    if (bytes.len == 0 || bytes.data[0] & 0x80)
        return false;
    return bytes.data[0] != 0 || (bytes.len > 1 && bytes.data[1] & 0x80);
}

/* [2, p-2] (RFC 4253, 8, says [1, p-1]; the two values at the ends give K away). */
static enum adit_err check_range(const BIGNUM *value, const EVP_PKEY *own)
{
    BIGNUM *limit = NULL;
    enum adit_err err = ADIT_ERR_CRYPTO;

    if (EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_FFC_P, &limit) == 1 &&
        BN_sub_word(limit, 1) == 1) {
        const bool inside = BN_cmp(value, BN_value_one()) > 0 && BN_cmp(value, limit) < 0;
        err = inside ? ADIT_OK : ADIT_ERR_PROTOCOL;
    }
    BN_free(limit);
    return err;
}

/* The peer's value as a key in the group of `own`. */
static bool import(const EVP_PKEY *own, const BIGNUM *value, EVP_PKEY **out)
{
    OSSL_PARAM_BLD *fields = OSSL_PARAM_BLD_new();
    BIGNUM *p = NULL;
    BIGNUM *g = NULL;
    const bool ok = fields != NULL && EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_FFC_P, &p) == 1 &&
                    EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_FFC_G, &g) == 1 &&
                    OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
                    OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_FFC_G, g) == 1 &&
                    OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_PUB_KEY, value) == 1 &&
                    adit_key_import("DH", EVP_PKEY_PUBLIC_KEY, fields, out);

    OSSL_PARAM_BLD_free(fields);
    BN_free(p);
    BN_free(g);
    return ok;
}

static enum adit_err agree_on(const BIGNUM *value, EVP_PKEY *own, struct adit_buffer *shared)
{
    struct adit_writer w = adit_writer_init(shared);
    uint8_t secret[MODULUS_MAX] = { 0 };
    size_t len = sizeof secret;
    EVP_PKEY *peer_key = NULL;
    enum adit_err err = ADIT_ERR_CRYPTO;

    if (import(own, value, &peer_key) && adit_kex_derive(own, peer_key, false, secret, &len)) {
        adit_write_mpint(&w, (struct adit_span){ secret, len });
        err = adit_writer_finish(&w);
    }
    adit_wipe(secret, sizeof secret);
    EVP_PKEY_free(peer_key);
    return err;
}

static enum adit_err agree(const struct adit_kex_algorithm *algorithm, EVP_PKEY *own,
                           struct adit_span peer, struct adit_buffer *shared)
{
    enum adit_err err;
    BIGNUM *value;

    (void)algorithm;
    if (!is_positive_mpint(peer) || peer.len > 1 + MODULUS_MAX)
        return ADIT_ERR_PROTOCOL;
    value = BN_bin2bn(peer.data, (int)peer.len, NULL);
    if (value == NULL)
        return ADIT_ERR_CRYPTO;
    err = check_range(value, own);
    if (err == ADIT_OK)
        err = agree_on(value, own, shared);
    BN_free(value);
    return err;
}

const struct adit_kex_agreement adit_kex_dh = { generate, write_public, agree };
