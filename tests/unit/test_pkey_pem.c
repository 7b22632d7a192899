/* SPDX-License-Identifier: BSD-2-Clause */
/* PEM as libcrypto writes it, in every form that people have on disk. */
#include "exact.h"

#include "crypto/pkey.h"
#include "crypto/pkey_type.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

enum { TYPES = ADIT_KEY_RSA + 1 };

static struct adit_pkey *keys[TYPES];

static int make_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        if (adit_pkey_generate((enum adit_key_type)i, 2048, &keys[i]))
            return -1;
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++)
        adit_pkey_free(keys[i]);
    return 0;
}

enum form { PKCS8, PKCS8_LOCKED, TRADITIONAL, TRADITIONAL_LOCKED, PUBLIC };

static BIO *write_pem(EVP_PKEY *evp, enum form form)
{
    static unsigned char secret[] = "secret";
    const EVP_CIPHER *aes = EVP_aes_256_cbc();
    BIO *bio = BIO_new(BIO_s_mem());
    int ok = 0;

    assert_non_null(bio);
    switch (form) {
    case PKCS8:
        ok = PEM_write_bio_PKCS8PrivateKey(bio, evp, NULL, NULL, 0, NULL, NULL);
        break;
    case PKCS8_LOCKED:
        ok = PEM_write_bio_PKCS8PrivateKey(bio, evp, aes, (const char *)secret, 6, NULL, NULL);
        break;
    case TRADITIONAL:
        ok = PEM_write_bio_PrivateKey_traditional(bio, evp, NULL, NULL, 0, NULL, NULL);
        break;
    case TRADITIONAL_LOCKED:
        ok = PEM_write_bio_PrivateKey_traditional(bio, evp, aes, secret, 6, NULL, NULL);
        break;
    case PUBLIC:
        ok = PEM_write_bio_PUBKEY(bio, evp);
        break;
    }
    assert_int_equal(ok, 1);
    return bio;
}

static struct adit_span text_of(BIO *bio)
{
    char *text = NULL;
    const long len = BIO_get_mem_data(bio, &text);

    assert_true(len > 0);
    return (struct adit_span){ (const uint8_t *)text, (size_t)len };
}

/* What becomes of a text in a block of exactly its size; when it is a key, it must be `wanted`. */
static enum adit_err read_pem(struct adit_span text, const char *passphrase,
                              const struct adit_pkey *wanted)
{
    const struct adit_span copy = exact_copy(text.data, text.len);
    struct adit_buffer a = adit_buffer_init(ADIT_BLOB_MAX);
    struct adit_buffer b = adit_buffer_init(ADIT_BLOB_MAX);
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_pem(copy, passphrase, &pkey);

    assert_int_equal(pkey != NULL, err == ADIT_OK);
    assert_int_equal(ERR_peek_error(), 0);
    if (pkey) {
        assert_non_null(wanted);
        assert_true(adit_pkey_is_private(pkey));
        assert_int_equal(adit_pkey_write_blob(pkey, &a), ADIT_OK);
        assert_int_equal(adit_pkey_write_blob(wanted, &b), ADIT_OK);
        assert_true(adit_span_equal(adit_buffer_span(&a), adit_buffer_span(&b)));
    }
    adit_pkey_free(pkey);
    adit_buffer_clear(&a);
    adit_buffer_clear(&b);
    exact_free(copy);
    return err;
}

static void every_type_is_read_in_every_form(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        for (enum form form = PKCS8; form <= TRADITIONAL_LOCKED; form++) {
            const bool is_locked = form == PKCS8_LOCKED || form == TRADITIONAL_LOCKED;
            BIO *bio;

            if (i == ADIT_KEY_ED25519 && form >= TRADITIONAL)
                continue; /* there is none */
            bio = write_pem(keys[i]->evp, form);
            assert_int_equal(read_pem(text_of(bio), "secret", keys[i]), ADIT_OK);
            assert_int_equal(read_pem(text_of(bio), NULL, keys[i]),
                             is_locked ? ADIT_ERR_PASSPHRASE : ADIT_OK);
            assert_int_equal(read_pem(text_of(bio), "wrong", keys[i]),
                             is_locked ? ADIT_ERR_PASSPHRASE : ADIT_OK);
            assert_int_equal(read_pem(text_of(bio), "", keys[i]),
                             is_locked ? ADIT_ERR_PASSPHRASE : ADIT_OK);
            BIO_free(bio);
        }
    }
}

static void a_passphrase_of_any_length_is_no_harm(void **state)
{
    BIO *bio = write_pem(keys[ADIT_KEY_ED25519]->evp, PKCS8_LOCKED);
    char passphrase[5000];

    (void)state;
    memset(passphrase, 'x', sizeof passphrase);
    for (size_t len = 1000; len < sizeof passphrase; len += 37) {
        passphrase[len] = '\0';
        assert_int_equal(read_pem(text_of(bio), passphrase, NULL), ADIT_ERR_PASSPHRASE);
        passphrase[len] = 'x';
    }
    BIO_free(bio);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        BIO *bio = write_pem(keys[i]->evp, PKCS8);
        const struct adit_span text = text_of(bio);

        /* The last newline and, for libcrypto, the last dashes may be missing. */
        for (size_t len = 0; len < text.len - 30; len += i == ADIT_KEY_RSA ? 13 : 1)
            assert_int_equal(read_pem(adit_span_of(text.data, len), NULL, NULL), ADIT_ERR_FORMAT);
        BIO_free(bio);
    }
}

/* No changed bit gives another key without a word: ECDSA and RSA hold both halves. */
static void every_flipped_bit_is_refused_or_harmless(void **state)
{
    (void)state;
    for (unsigned i = ADIT_KEY_ECDSA_P256; i < TYPES; i++) {
        BIO *bio = write_pem(keys[i]->evp, PKCS8);
        const struct adit_span text = text_of(bio);
        uint8_t changed[2048];

        assert_true(text.len <= sizeof changed);
        memcpy(changed, text.data, text.len);
        for (size_t byte = 0; byte < text.len; byte += i == ADIT_KEY_RSA ? 29 : 1) {
            changed[byte] ^= (uint8_t)(1U << byte % 7);
            (void)read_pem(adit_span_of(changed, text.len), NULL, keys[i]);
            changed[byte] = text.data[byte];
        }
        BIO_free(bio);
    }
}

static void what_is_no_private_key_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "ssh-ed25519 AAAA",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\n????\n-----END EC PRIVATE KEY-----\n",
    };
    BIO *public = write_pem(keys[ADIT_KEY_RSA]->evp, PUBLIC);

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++)
        assert_int_equal(read_pem(adit_span_text(texts[i]), "secret", NULL), ADIT_ERR_FORMAT);
    assert_int_equal(read_pem(text_of(public), "secret", NULL), ADIT_ERR_FORMAT);
    BIO_free(public);
}

static EVP_PKEY *generate(const char *type, const char *group, int bits, int primes)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    assert_non_null(ctx);
    assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
    if (group)
        assert_int_equal(EVP_PKEY_CTX_set_group_name(ctx, group), 1);
    if (bits)
        assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits), 1);
    if (primes)
        assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, primes), 1);
    assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* Keys that libcrypto reads and SSH does not know, or not at this size (T36). */
static void keys_of_other_kinds_are_refused(void **state)
{
    static const struct {
        const char *type, *group;
        int bits, primes;
        enum adit_err wanted;
    } others[] = {
        { "ED448", NULL, 0, 0, ADIT_ERR_UNSUPPORTED },
        { "X25519", NULL, 0, 0, ADIT_ERR_UNSUPPORTED },
        { "EC", "P-224", 0, 0, ADIT_ERR_UNSUPPORTED },
        { "EC", "secp256k1", 0, 0, ADIT_ERR_UNSUPPORTED },
        { "EC", "brainpoolP256r1", 0, 0, ADIT_ERR_UNSUPPORTED },
        { "RSA-PSS", NULL, 2048, 0, ADIT_ERR_UNSUPPORTED },
        { "RSA", NULL, 512, 0, ADIT_ERR_LIMIT },
        { "RSA", NULL, 1024, 0, ADIT_ERR_LIMIT },
        { "RSA", NULL, 2047, 0, ADIT_ERR_LIMIT },
        { "RSA", NULL, 2048, 3, ADIT_ERR_FORMAT },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(others); i++) {
        EVP_PKEY *key = generate(others[i].type, others[i].group, others[i].bits, others[i].primes);
        BIO *bio = write_pem(key, PKCS8);

        assert_int_equal(read_pem(text_of(bio), NULL, NULL), others[i].wanted);
        BIO_free(bio);
        EVP_PKEY_free(key);
    }
}

/* "openssl ec -conv_form compressed" writes such; in SSH the point is uncompressed (T28). */
static void a_compressed_point_becomes_an_uncompressed_one(void **state)
{
    EVP_PKEY *key = generate("EC", "P-256", 0, 0);
    struct adit_buffer blob = adit_buffer_init(ADIT_BLOB_MAX);
    struct adit_pkey *pkey = NULL;
    BIO *bio;

    (void)state;
    assert_int_equal(EVP_PKEY_set_utf8_string_param(key, "point-format", "compressed"), 1);
    bio = write_pem(key, TRADITIONAL);
    assert_int_equal(adit_pkey_from_pem(text_of(bio), NULL, &pkey), ADIT_OK);
    assert_int_equal(adit_pkey_write_blob(pkey, &blob), ADIT_OK);
    assert_int_equal(blob.len, 4 + 19 + 4 + 8 + 4 + 65);
    assert_int_equal(blob.data[blob.len - 65], 4);
    adit_pkey_free(pkey);
    adit_buffer_clear(&blob);
    BIO_free(bio);
    EVP_PKEY_free(key);
}

/* DES is none of the ciphers that libcrypto has by default; the passphrase is right. */
static void a_cipher_that_is_gone_is_no_wrong_passphrase(void **state)
{
    static const char text[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                               "MFcwGwYJKoZIhvcNAQUDMA4ECKDLa4WbZUbZAgIIAAQ47wbuBpE8XqssLVzy6Rj1\n"
                               "Ul/nbmzu7ZWXbgWY7a5j3U3/25415FcS/QK5ztPvy3Iqbkwp3eOmY3I=\n"
                               "-----END ENCRYPTED PRIVATE KEY-----\n";
    struct adit_pkey *key = NULL;

    (void)state;
    assert_int_equal(adit_pkey_from_pem(adit_span_text(text), NULL, &key), ADIT_ERR_PASSPHRASE);
    assert_int_equal(adit_pkey_from_pem(adit_span_text(text), "secret", &key),
                     ADIT_ERR_UNSUPPORTED);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cipher_that_is_gone_is_no_wrong_passphrase),
        cmocka_unit_test(every_type_is_read_in_every_form),
        cmocka_unit_test(a_passphrase_of_any_length_is_no_harm),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
        cmocka_unit_test(what_is_no_private_key_is_refused),
        cmocka_unit_test(keys_of_other_kinds_are_refused),
        cmocka_unit_test(a_compressed_point_becomes_an_uncompressed_one),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
