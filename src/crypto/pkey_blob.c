/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public key blobs:
 *
 *     ssh-rsa        string name, mpint e, mpint n           (RFC 4253, 6.6)
 *     ecdsa-sha2-*   string name, string curve, string Q     (RFC 5656, 3.1)
 *     ssh-ed25519    string name, string key                 (RFC 8709, 4)
 */
#include "crypto/pkey.h"

#include "base/span.h"
#include "crypto/key_import.h"
#include "crypto/pkey_type.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

static enum adit_err read_ed25519(struct adit_reader *r, EVP_PKEY **out)
{
    const struct adit_span key = adit_read_string(r);

    if (!adit_reader_finish(r) || key.len != ADIT_ED25519_KEY_SIZE)
        return ADIT_ERR_MALFORMED;
    *out = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, key.data, key.len);
    return *out ? ADIT_OK : ADIT_ERR_CRYPTO;
}

static enum adit_err read_ecdsa(struct adit_reader *r, enum adit_key_type type, EVP_PKEY **out)
{
    const struct adit_pkey_type *row = adit_pkey_type_row(type);
    const struct adit_span curve = adit_read_string(r);
    const struct adit_span point = adit_read_string(r);

    if (!adit_reader_finish(r) || !adit_span_is(curve, row->curve))
        return ADIT_ERR_MALFORMED;
    return adit_ec_key_import(row->group, point, NULL, out);
}

static enum adit_err read_rsa(struct adit_reader *r, EVP_PKEY **out)
{
    const struct adit_span e = adit_read_mpint(r);
    const struct adit_span n = adit_read_mpint(r);
    struct adit_rsa_numbers numbers = { 0 };
    BIGNUM *modulus;
    BIGNUM *exponent;
    enum adit_err err;

    if (!adit_reader_finish(r))
        return ADIT_ERR_MALFORMED;
    err = adit_rsa_check_public(n, e);
    if (err)
        return err;
    modulus = BN_bin2bn(n.data, (int)n.len, NULL);
    exponent = BN_bin2bn(e.data, (int)e.len, NULL);
    numbers.n = modulus;
    numbers.e = exponent;
    err = modulus && exponent ? adit_rsa_key_import(&numbers, out) : ADIT_ERR_CRYPTO;
    BN_free(modulus);
    BN_free(exponent);
    return err;
}

static bool find_type(struct adit_span name, enum adit_key_type *type)
{
    for (unsigned i = ADIT_KEY_ED25519; i <= ADIT_KEY_RSA; i++) {
        *type = (enum adit_key_type)i;
        if (adit_span_is(name, adit_key_type_name(*type)))
            return true;
    }
    return false;
}

enum adit_err adit_pkey_from_blob(struct adit_span blob, struct adit_pkey **out)
{
    struct adit_reader r = adit_reader_init(blob);
    const struct adit_span name = adit_read_string(&r);
    enum adit_key_type type;
    EVP_PKEY *evp = NULL;
    enum adit_err err;

    *out = NULL;
    if (!adit_reader_ok(&r))
        return ADIT_ERR_MALFORMED;
    if (!find_type(name, &type))
        return ADIT_ERR_UNSUPPORTED;
    (void)ERR_set_mark(); /* what libcrypto says of a bad key is not for the caller's queue */
    if (type == ADIT_KEY_ED25519)
        err = read_ed25519(&r, &evp);
    else if (type == ADIT_KEY_RSA)
        err = read_rsa(&r, &evp);
    else
        err = read_ecdsa(&r, type, &evp);
    (void)ERR_pop_to_mark();
    return err ? err : adit_pkey_adopt(evp, type, false, out);
}

static enum adit_err write_ed25519(const EVP_PKEY *evp, struct adit_writer *w)
{
    uint8_t key[ADIT_ED25519_KEY_SIZE];
    size_t len = sizeof key;

    if (EVP_PKEY_get_raw_public_key(evp, key, &len) != 1 || len != sizeof key)
        return ADIT_ERR_CRYPTO;
    adit_write_string(w, (struct adit_span){ key, len });
    return adit_writer_finish(w);
}

static enum adit_err write_ecdsa(const struct adit_pkey *pkey, struct adit_writer *w)
{
    const struct adit_pkey_type *row = adit_pkey_type_row(pkey->type);
    const size_t size = adit_ec_coordinate_size(row->group);
    uint8_t point[ADIT_EC_POINT_MAX];
    const enum adit_err err = adit_ec_key_point(pkey->evp, size, point);

    if (err)
        return err;
    adit_write_text(w, row->curve);
    adit_write_string(w, (struct adit_span){ point, 1 + 2 * size });
    return adit_writer_finish(w);
}

static enum adit_err write_number(const EVP_PKEY *evp, const char *name, struct adit_writer *w)
{
    uint8_t bytes[ADIT_RSA_BITS_MAX / 8];
    BIGNUM *number = NULL;
    const bool ok =
        EVP_PKEY_get_bn_param(evp, name, &number) == 1 && BN_num_bytes(number) <= (int)sizeof bytes;
    const int len = ok ? BN_bn2bin(number, bytes) : 0;

    BN_free(number);
    if (len <= 0)
        return ADIT_ERR_CRYPTO;
    adit_write_mpint(w, (struct adit_span){ bytes, (size_t)len });
    return adit_writer_finish(w);
}

static enum adit_err write_rsa(const EVP_PKEY *evp, struct adit_writer *w)
{
    const enum adit_err err = write_number(evp, OSSL_PKEY_PARAM_RSA_E, w);

    return err ? err : write_number(evp, OSSL_PKEY_PARAM_RSA_N, w);
}

enum adit_err adit_pkey_write_blob(const struct adit_pkey *pkey, struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);

    adit_write_text(&w, adit_key_type_name(pkey->type));
    if (pkey->type == ADIT_KEY_ED25519)
        return write_ed25519(pkey->evp, &w);
    if (pkey->type == ADIT_KEY_RSA)
        return write_rsa(pkey->evp, &w);
    return write_ecdsa(pkey, &w);
}
