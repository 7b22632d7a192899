/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys and signatures with every call of libcrypto failing once: what is good
 * fails with it, what is wrong is never verified (CVE-2023-2283).
 */
#include "libcrypto_wrap.h"

#include "crypto/pkey.h"
#include "crypto/pkey_type.h"

static const struct {
    const char *algorithm;
    enum adit_key_type type;
} signers[] = {
    { "ssh-ed25519", ADIT_KEY_ED25519 },
    { "ecdsa-sha2-nistp256", ADIT_KEY_ECDSA_P256 },
    { "ecdsa-sha2-nistp521", ADIT_KEY_ECDSA_P521 },
    { "rsa-sha2-512", ADIT_KEY_RSA },
};

static struct adit_pkey *keys[ADIT_ARRAY_LEN(signers)];
static struct adit_pkey *others[ADIT_ARRAY_LEN(signers)];

static int make_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(signers); i++) {
        if (adit_pkey_generate(signers[i].type, 2048, &keys[i]) ||
            adit_pkey_generate(signers[i].type, 2048, &others[i]))
            return -1;
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(signers); i++) {
        adit_pkey_free(keys[i]);
        adit_pkey_free(others[i]);
    }
    return 0;
}

static struct adit_buffer signature;
static const struct adit_span text = { (const uint8_t *)"text", 4 };

static const struct adit_signature_algorithm *algorithm_of(size_t which)
{
    return adit_signature_find(adit_span_text(signers[which].algorithm));
}

static enum adit_err sign(size_t which)
{
    struct adit_buffer out = adit_buffer_init(ADIT_SIGNATURE_MAX);
    const enum adit_err err = adit_pkey_sign(keys[which], algorithm_of(which), text, &out);

    if (err)
        assert_int_equal(out.len, 0);
    adit_buffer_clear(&out);
    return err;
}

static enum adit_err verify(size_t which)
{
    return adit_pkey_verify(keys[which], algorithm_of(which), text, adit_buffer_span(&signature));
}

static enum adit_err verify_another_text(size_t which)
{
    return adit_pkey_verify(keys[which], algorithm_of(which), adit_span_text("test"),
                            adit_buffer_span(&signature));
}

static void nothing_wrong_is_ever_verified(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(signers); i++) {
        signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
        assert_int_equal(adit_pkey_sign(keys[i], algorithm_of(i), text, &signature), ADIT_OK);
        assert_fails_at_every_call(sign, i, ADIT_OK);
        assert_fails_at_every_call(verify, i, ADIT_OK);
        assert_fails_at_every_call(verify_another_text, i, ADIT_ERR_SIGNATURE);
        signature.data[signature.len - 1] ^= 1;
        assert_fails_at_every_call(verify, i, ADIT_ERR_SIGNATURE);
        adit_buffer_clear(&signature);
    }
}

static struct adit_buffer blob;
static struct adit_private_numbers numbers;
static struct adit_span pem;

/* The verdict; a key that comes of it is a whole one. */
static enum adit_err drop(size_t which, struct adit_pkey *pkey, enum adit_err err)
{
    assert_int_equal(pkey != NULL, err == ADIT_OK);
    if (pkey)
        assert_int_equal(adit_pkey_bits(pkey), adit_pkey_bits(keys[which]));
    adit_pkey_free(pkey);
    return err;
}

static enum adit_err generate(size_t which)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_generate(signers[which].type, 2048, &pkey);

    return drop(which, pkey, err);
}

static enum adit_err read_blob(size_t which)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_blob(adit_buffer_span(&blob), &pkey);

    return drop(which, pkey, err);
}

static enum adit_err write_blob(size_t which)
{
    struct adit_buffer out = adit_buffer_init(ADIT_BLOB_MAX);
    const enum adit_err err = adit_pkey_write_blob(keys[which], &out);

    adit_buffer_clear(&out);
    return err;
}

static enum adit_err read_numbers(size_t which)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_numbers(signers[which].type, &numbers, &pkey);

    return drop(which, pkey, err);
}

static enum adit_err write_numbers(size_t which)
{
    struct adit_buffer storage = adit_buffer_init_secret(16384);
    struct adit_private_numbers out;
    const enum adit_err err = adit_pkey_numbers(keys[which], &storage, &out);

    adit_buffer_clear(&storage);
    return err;
}

static enum adit_err read_pem(size_t which)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_pem(pem, "secret", &pkey);

    return drop(which, pkey, err);
}

static void no_half_made_key_is_ever_handed_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(signers); i++) {
        struct adit_buffer storage = adit_buffer_init_secret(16384);

        blob = adit_buffer_init(ADIT_BLOB_MAX);
        assert_int_equal(adit_pkey_write_blob(keys[i], &blob), ADIT_OK);
        assert_int_equal(adit_pkey_numbers(keys[i], &storage, &numbers), ADIT_OK);

        assert_fails_at_every_call(generate, i, ADIT_OK);
        assert_fails_at_every_call(read_blob, i, ADIT_OK);
        assert_fails_at_every_call(write_blob, i, ADIT_OK);
        assert_fails_at_every_call(read_numbers, i, ADIT_OK);
        assert_fails_at_every_call(write_numbers, i, ADIT_OK);
        adit_buffer_clear(&blob);
        adit_buffer_clear(&storage);
    }
}

static int write_pkcs8(BIO *bio, const struct adit_pkey *key)
{
    return PEM_write_bio_PKCS8PrivateKey(bio, key->evp, NULL, NULL, 0, NULL, NULL);
}

static int write_encrypted(BIO *bio, const struct adit_pkey *key)
{
    return PEM_write_bio_PKCS8PrivateKey(bio, key->evp, EVP_aes_256_cbc(), "secret", 6, NULL, NULL);
}

static int write_scrypt(BIO *bio, const struct adit_pkey *key)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key->evp);
    X509_SIG *sig = PKCS8_set0_pbe(
        "secret", 6, plain, PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL, 16, 8, 1));
    const int ok = PEM_write_bio_PKCS8(bio, sig);

    PKCS8_PRIV_KEY_INFO_free(plain);
    X509_SIG_free(sig);
    return ok;
}

/* What has no traditional form comes as PKCS#8 again. */
static int write_traditional(BIO *bio, const struct adit_pkey *key)
{
    static uint8_t secret[] = "secret";

    return key->type == ADIT_KEY_ED25519
               ? write_pkcs8(bio, key)
               : PEM_write_bio_PrivateKey_traditional(bio, key->evp, EVP_aes_128_cbc(), secret, 6,
                                                      NULL, NULL);
}

static void no_half_read_file_makes_a_key(void **state)
{
    static int (*const forms[])(BIO * bio,
                                const struct adit_pkey *key) = { write_pkcs8, write_encrypted,
                                                                 write_scrypt, write_traditional };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(signers); i++) {
        blob = adit_buffer_init(ADIT_BLOB_MAX);
        assert_int_equal(adit_pkey_write_blob(keys[i], &blob), ADIT_OK);
        for (size_t form = 0; form < ADIT_ARRAY_LEN(forms); form++) {
            BIO *bio = BIO_new(BIO_s_mem());
            char *written = NULL;

            assert_int_equal(forms[form](bio, keys[i]), 1);
            pem.len = (size_t)BIO_get_mem_data(bio, &written);
            pem.data = (const uint8_t *)written;
            assert_fails_at_every_call(read_pem, i, ADIT_OK);
            BIO_free(bio);
        }
        adit_buffer_clear(&blob);
    }
}

/* One half of each of two keys. */
static void halves_that_do_not_fit_never_make_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(signers); i++) {
        struct adit_buffer storage = adit_buffer_init_secret(16384);
        struct adit_buffer other_storage = adit_buffer_init_secret(16384);
        struct adit_private_numbers other;

        assert_int_equal(adit_pkey_numbers(keys[i], &storage, &numbers), ADIT_OK);
        assert_int_equal(adit_pkey_numbers(others[i], &other_storage, &other), ADIT_OK);
        numbers.ed25519_public = other.ed25519_public;
        numbers.ec_scalar = other.ec_scalar;
        numbers.rsa_d = other.rsa_d;
        assert_fails_at_every_call(read_numbers, i, ADIT_ERR_FORMAT);
        adit_buffer_clear(&storage);
        adit_buffer_clear(&other_storage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_wrong_is_ever_verified),
        cmocka_unit_test(no_half_made_key_is_ever_handed_out),
        cmocka_unit_test(no_half_read_file_makes_a_key),
        cmocka_unit_test(halves_that_do_not_fit_never_make_a_key),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
