/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signature blobs: string algorithm, string signature. What is inside:
 *
 *     rsa-sha2-*     the RSASSA-PKCS1-v1_5 value, as long as the modulus (RFC 8332, 3)
 *     ecdsa-sha2-*   mpint r, mpint s                                   (RFC 5656, 3.1.2)
 *     ssh-ed25519    64 bytes                                           (RFC 8709, 6)
 *
 * libcrypto has ECDSA's numbers in DER, so those are turned both ways.
 */
#include "crypto/pkey.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/key_import.h"
#include "crypto/pkey_type.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <openssl/ec.h>
#include <openssl/err.h>

enum {
    RAW_MAX = ADIT_RSA_BITS_MAX / 8,
    ECDSA_MAX = 2 * (4 + 1 + ADIT_EC_COORDINATE_MAX), /* two mpints */
};

#define SK_ED25519    "sk-ssh-ed25519@openssh.com"
#define SK_ECDSA      "sk-ecdsa-sha2-nistp256@openssh.com"
#define CERT(name)    name "-cert-v01@openssh.com"
#define SK_CERT(name) "sk-" name "-cert-v01@openssh.com"
#define P256          "ecdsa-sha2-nistp256"
#define P384          "ecdsa-sha2-nistp384"
#define P521          "ecdsa-sha2-nistp521"

/* clang-format off */
static const struct adit_signature_algorithm algorithms[] = {
    { "ssh-ed25519",          "ssh-ed25519",          "ssh-ed25519",  ADIT_KEY_ED25519,       NULL },
    { P256,                   P256,                   P256,           ADIT_KEY_ECDSA_P256,    "SHA256" },
    { P384,                   P384,                   P384,           ADIT_KEY_ECDSA_P384,    "SHA384" },
    { P521,                   P521,                   P521,           ADIT_KEY_ECDSA_P521,    "SHA512" },
    { "rsa-sha2-512",         "ssh-rsa",              "rsa-sha2-512", ADIT_KEY_RSA,           "SHA512" },
    { "rsa-sha2-256",         "ssh-rsa",              "rsa-sha2-256", ADIT_KEY_RSA,           "SHA256" },
    { SK_ED25519,             SK_ED25519,             SK_ED25519,     ADIT_KEY_SK_ED25519,    NULL },
    { SK_ECDSA,               SK_ECDSA,               SK_ECDSA,       ADIT_KEY_SK_ECDSA_P256, "SHA256" },
    { CERT("ssh-ed25519"),    CERT("ssh-ed25519"),    "ssh-ed25519",  ADIT_KEY_ED25519,       NULL },
    { CERT(P256),             CERT(P256),             P256,           ADIT_KEY_ECDSA_P256,    "SHA256" },
    { CERT(P384),             CERT(P384),             P384,           ADIT_KEY_ECDSA_P384,    "SHA384" },
    { CERT(P521),             CERT(P521),             P521,           ADIT_KEY_ECDSA_P521,    "SHA512" },
    { CERT("rsa-sha2-512"),   CERT("ssh-rsa"),        "rsa-sha2-512", ADIT_KEY_RSA,           "SHA512" },
    { CERT("rsa-sha2-256"),   CERT("ssh-rsa"),        "rsa-sha2-256", ADIT_KEY_RSA,           "SHA256" },
    { SK_CERT("ssh-ed25519"), SK_CERT("ssh-ed25519"), SK_ED25519,     ADIT_KEY_SK_ED25519,    NULL },
    { SK_CERT(P256),          SK_CERT(P256),          SK_ECDSA,       ADIT_KEY_SK_ECDSA_P256, "SHA256" },
};
/* clang-format on */

const struct adit_signature_algorithm *adit_signature_find(struct adit_span name)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(algorithms); i++) {
        if (adit_span_is(name, algorithms[i].name))
            return &algorithms[i];
    }
    return NULL;
}

/* A signature in libcrypto's form: for ECDSA, DER. */
struct raw_signature {
    uint8_t bytes[RAW_MAX];
    size_t len;
};

static enum adit_err verify_raw(const struct adit_pkey *pkey, const char *digest,
                                struct adit_span data, const struct raw_signature *raw)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum adit_err err = ADIT_ERR_CRYPTO;

    if (ctx == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (EVP_DigestVerifyInit_ex(ctx, NULL, digest, NULL, NULL, pkey->evp, NULL) == 1)
        err = EVP_DigestVerify(ctx, raw->bytes, raw->len, data.data, data.len) == 1
                  ? ADIT_OK
                  : ADIT_ERR_SIGNATURE;
    EVP_MD_CTX_free(ctx);
    return err;
}

static enum adit_err sign_raw(const struct adit_pkey *pkey, const char *digest,
                              struct adit_span data, struct raw_signature *raw)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum adit_err err = ADIT_ERR_CRYPTO;

    raw->len = sizeof raw->bytes;
    if (ctx == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, pkey->evp, NULL) == 1 &&
        EVP_DigestSign(ctx, raw->bytes, &raw->len, data.data, data.len) == 1)
        err = ADIT_OK;
    EVP_MD_CTX_free(ctx);
    return err;
}

static void write_number(struct adit_writer *w, const BIGNUM *number)
{
    uint8_t bytes[ADIT_EC_COORDINATE_MAX];

    if (BN_num_bytes(number) > (int)sizeof bytes) {
        w->err = ADIT_ERR_CRYPTO;
        return;
    }
    adit_write_mpint(w, (struct adit_span){ bytes, (size_t)BN_bn2bin(number, bytes) });
}

/* DER to the two mpints. */
static enum adit_err write_ecdsa(const struct raw_signature *raw, struct adit_writer *w)
{
    struct adit_buffer inner = adit_buffer_init(ECDSA_MAX);
    struct adit_writer numbers = adit_writer_init(&inner);
    const uint8_t *der = raw->bytes;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)raw->len);
    enum adit_err err;

    if (signature == NULL)
        return ADIT_ERR_CRYPTO;
    write_number(&numbers, ECDSA_SIG_get0_r(signature));
    write_number(&numbers, ECDSA_SIG_get0_s(signature));
    err = adit_writer_finish(&numbers);
    if (err == ADIT_OK) {
        adit_write_string(w, adit_buffer_span(&inner));
        err = adit_writer_finish(w);
    }
    ECDSA_SIG_free(signature);
    adit_buffer_clear(&inner);
    return err;
}

static enum adit_err write_signature(const struct adit_signature_algorithm *algorithm,
                                     const struct raw_signature *raw, struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);

    adit_write_text(&w, algorithm->signature_name);
    if (adit_key_type_is_ecdsa(algorithm->key_type))
        return write_ecdsa(raw, &w);
    adit_write_string(&w, (struct adit_span){ raw->bytes, raw->len });
    return adit_writer_finish(&w);
}

enum adit_err adit_pkey_sign(const struct adit_pkey *pkey,
                             const struct adit_signature_algorithm *algorithm,
                             struct adit_span data, struct adit_buffer *out)
{
    const size_t start = out->len;
    struct raw_signature raw;
    enum adit_err err;

    if (!pkey->is_private || pkey->type != algorithm->key_type)
        return ADIT_ERR_USAGE;
    (void)ERR_set_mark();
    err = sign_raw(pkey, algorithm->digest, data, &raw);
    /* One fault in the computation with RSA's primes would give the key away. */
    if (err == ADIT_OK && pkey->type == ADIT_KEY_RSA &&
        verify_raw(pkey, algorithm->digest, data, &raw) != ADIT_OK)
        err = ADIT_ERR_CRYPTO;
    if (err == ADIT_OK)
        err = write_signature(algorithm, &raw, out);
    (void)ERR_pop_to_mark();
    adit_wipe(&raw, sizeof raw);
    if (err)
        out->len = start;
    return err;
}

/* The two mpints to DER. */
static enum adit_err read_ecdsa(struct adit_span bytes, size_t size, struct raw_signature *raw)
{
    struct adit_reader reader = adit_reader_init(bytes);
    const struct adit_span r = adit_read_mpint(&reader);
    const struct adit_span s = adit_read_mpint(&reader);
    uint8_t *der = raw->bytes;
    ECDSA_SIG *signature;
    BIGNUM *r_number;
    BIGNUM *s_number;
    int len = 0;

    if (!adit_reader_finish(&reader) || r.len == 0 || r.len > size || s.len == 0 || s.len > size)
        return ADIT_ERR_SIGNATURE;
    signature = ECDSA_SIG_new();
    r_number = BN_bin2bn(r.data, (int)r.len, NULL);
    s_number = BN_bin2bn(s.data, (int)s.len, NULL);
    if (signature != NULL && r_number != NULL && s_number != NULL &&
        ECDSA_SIG_set0(signature, r_number, s_number) == 1) {
        r_number = NULL; /* the signature's now */
        s_number = NULL;
        len = i2d_ECDSA_SIG(signature, &der);
    }
    BN_free(r_number);
    BN_free(s_number);
    ECDSA_SIG_free(signature);
    if (len <= 0)
        return ADIT_ERR_CRYPTO;
    raw->len = (size_t)len;
    return ADIT_OK;
}

/* A value shorter than the modulus has lost zeros at its front (RFC 8332, 3). */
static enum adit_err read_rsa(struct adit_span bytes, size_t size, struct raw_signature *raw)
{
    if (bytes.len == 0 || bytes.len > size)
        return ADIT_ERR_SIGNATURE;
    memset(raw->bytes, 0, size);
    memcpy(raw->bytes + size - bytes.len, bytes.data, bytes.len);
    raw->len = size;
    return ADIT_OK;
}

static enum adit_err read_ed25519(struct adit_span bytes, struct raw_signature *raw)
{
    if (bytes.len != ADIT_ED25519_SIGNATURE_SIZE)
        return ADIT_ERR_SIGNATURE;
    memcpy(raw->bytes, bytes.data, bytes.len);
    raw->len = bytes.len;
    return ADIT_OK;
}

/* Every cause of refusal but the want of memory is a wrong signature. */
static enum adit_err read_signature(const struct adit_pkey *pkey,
                                    const struct adit_signature_algorithm *algorithm,
                                    struct adit_span blob, struct raw_signature *raw)
{
    const size_t size = (pkey->bits + 7) / 8;
    struct adit_reader r = adit_reader_init(blob);
    const struct adit_span name = adit_read_string(&r);
    const struct adit_span bytes = adit_read_string(&r);

    if (!adit_reader_finish(&r) || !adit_span_is(name, algorithm->signature_name))
        return ADIT_ERR_SIGNATURE;
    if (pkey->type == ADIT_KEY_ED25519)
        return read_ed25519(bytes, raw);
    if (pkey->type == ADIT_KEY_RSA)
        return read_rsa(bytes, size, raw);
    return read_ecdsa(bytes, size, raw);
}

enum adit_err adit_pkey_verify(const struct adit_pkey *pkey,
                               const struct adit_signature_algorithm *algorithm,
                               struct adit_span data, struct adit_span signature)
{
    struct raw_signature raw;
    enum adit_err err;

    if (pkey->type != algorithm->key_type)
        return ADIT_ERR_SIGNATURE;
    (void)ERR_set_mark();
    err = read_signature(pkey, algorithm, signature, &raw);
    if (err == ADIT_OK)
        err = verify_raw(pkey, algorithm->digest, data, &raw);
    (void)ERR_pop_to_mark();
    return err;
}
