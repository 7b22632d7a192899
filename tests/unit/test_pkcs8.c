/* SPDX-License-Identifier: BSD-2-Clause */
/* What PKCS#8 asks for before a passphrase can be tried: judged, and not paid first. */
#include "exact.h"

#include "crypto/passphrase_cost.h"
#include "crypto/pkcs8.h"
#include "crypto/pkey_type.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#define MORE_THAN_64_BITS "18446744073709551616"

static ASN1_INTEGER *integer_of(const char *decimal)
{
    BIGNUM *number = NULL;
    ASN1_INTEGER *integer;

    assert_true(BN_dec2bn(&number, decimal) > 0);
    integer = BN_to_ASN1_INTEGER(number, NULL);
    assert_non_null(integer);
    BN_free(number);
    return integer;
}

static void set_integer(ASN1_INTEGER **field, const char *decimal)
{
    ASN1_INTEGER_free(*field);
    *field = integer_of(decimal);
}

/* An algorithm whose parameters are this struct. */
static void set_algorithm(X509_ALGOR *algorithm, int nid, const ASN1_ITEM *it, void *parameters)
{
    ASN1_TYPE *type = ASN1_TYPE_pack_sequence(it, parameters, NULL);

    assert_non_null(type);
    assert_int_equal(
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), V_ASN1_SEQUENCE, type->value.sequence), 1);
    type->value.sequence = NULL;
    type->type = V_ASN1_NULL;
    ASN1_TYPE_free(type);
}

static X509_ALGOR *algorithm_of(X509_SIG *sig)
{
    X509_ALGOR *algorithm = NULL;

    X509_SIG_getm(sig, &algorithm, NULL);
    return algorithm;
}

/* PBES2 with AES-256-CBC, whose derivation is yet to be set. */
static PBE2PARAM *pbes2_new(void)
{
    PBE2PARAM *pbes2 = PBE2PARAM_new();
    ASN1_OCTET_STRING *iv = ASN1_OCTET_STRING_new();

    assert_non_null(pbes2);
    assert_int_equal(ASN1_OCTET_STRING_set(iv, (const uint8_t *)"0123456789abcdef", 16), 1);
    assert_int_equal(
        X509_ALGOR_set0(pbes2->encryption, OBJ_nid2obj(NID_aes_256_cbc), V_ASN1_OCTET_STRING, iv),
        1);
    return pbes2;
}

/* A key under PBES2; takes `pbes2` over. What is encrypted in it is nothing. */
static X509_SIG *sig_of(PBE2PARAM *pbes2)
{
    X509_SIG *sig = X509_SIG_new();
    ASN1_OCTET_STRING *digest = NULL;

    assert_non_null(sig);
    X509_SIG_getm(sig, NULL, &digest);
    assert_int_equal(ASN1_OCTET_STRING_set(digest, (const uint8_t *)"0123456789abcdef", 16), 1);
    set_algorithm(algorithm_of(sig), NID_pbes2, ASN1_ITEM_rptr(PBE2PARAM), pbes2);
    PBE2PARAM_free(pbes2);
    return sig;
}

static X509_SIG *pbkdf2_of(const char *rounds)
{
    PBE2PARAM *pbes2 = pbes2_new();
    PBKDF2PARAM *pbkdf2 = PBKDF2PARAM_new();
    ASN1_OCTET_STRING *salt = ASN1_OCTET_STRING_new();

    assert_int_equal(ASN1_OCTET_STRING_set(salt, (const uint8_t *)"salt", 4), 1);
    ASN1_TYPE_set(pbkdf2->salt, V_ASN1_OCTET_STRING, salt);
    set_integer(&pbkdf2->iter, rounds);
    set_algorithm(pbes2->keyfunc, NID_id_pbkdf2, ASN1_ITEM_rptr(PBKDF2PARAM), pbkdf2);
    PBKDF2PARAM_free(pbkdf2);
    return sig_of(pbes2);
}

static X509_SIG *scrypt_of(const char *n, const char *r, const char *p)
{
    PBE2PARAM *pbes2 = pbes2_new();
    SCRYPT_PARAMS *scrypt = SCRYPT_PARAMS_new();

    assert_int_equal(ASN1_OCTET_STRING_set(scrypt->salt, (const uint8_t *)"salt", 4), 1);
    set_integer(&scrypt->costParameter, n);
    set_integer(&scrypt->blockSize, r);
    set_integer(&scrypt->parallelizationParameter, p);
    set_algorithm(pbes2->keyfunc, NID_id_scrypt, ASN1_ITEM_rptr(SCRYPT_PARAMS), scrypt);
    SCRYPT_PARAMS_free(scrypt);
    return sig_of(pbes2);
}

/* PBES1, or an encryption of PKCS#12. */
static X509_SIG *pbes1_of(int nid, const char *rounds)
{
    X509_SIG *sig = X509_SIG_new();
    PBEPARAM *pbes1 = PBEPARAM_new();

    assert_int_equal(ASN1_OCTET_STRING_set(pbes1->salt, (const uint8_t *)"saltsalt", 8), 1);
    set_integer(&pbes1->iter, rounds);
    set_algorithm(algorithm_of(sig), nid, ASN1_ITEM_rptr(PBEPARAM), pbes1);
    PBEPARAM_free(pbes1);
    return sig;
}

/* Takes `sig` over. */
static void assert_judged(X509_SIG *sig, enum adit_err wanted)
{
    (void)ERR_set_mark();
    assert_int_equal(adit_pkcs8_judge_cost(sig), wanted);
    (void)ERR_pop_to_mark();
    X509_SIG_free(sig);
}

static const struct {
    const char *rounds;
    enum adit_err wanted;
} rounds[] = {
    { "0", ADIT_ERR_FORMAT },
    { "1", ADIT_OK },
    { "2048", ADIT_OK },
    { "600000", ADIT_OK },
    { "5000000", ADIT_OK },
    { "5000001", ADIT_ERR_LIMIT },
    { "2147483648", ADIT_ERR_LIMIT },
    { MORE_THAN_64_BITS, ADIT_ERR_LIMIT },
    { "-1", ADIT_ERR_LIMIT },
};

static void the_rounds_of_pbkdf2_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rounds); i++)
        assert_judged(pbkdf2_of(rounds[i].rounds), rounds[i].wanted);
}

static void the_rounds_of_the_older_encryptions_are_judged(void **state)
{
    static const int nids[] = { NID_pbeWithMD5AndDES_CBC, NID_pbeWithSHA1AndDES_CBC,
                                NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
                                NID_pbe_WithSHA1And128BitRC4 };

    (void)state;
    for (size_t n = 0; n < ADIT_ARRAY_LEN(nids); n++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(rounds); i++)
            assert_judged(pbes1_of(nids[n], rounds[i].rounds), rounds[i].wanted);
}

static void the_cost_of_scrypt_is_judged(void **state)
{
    static const struct {
        const char *n, *r, *p;
        enum adit_err wanted;
    } costs[] = {
        { "16384", "8", "1", ADIT_OK }, /* what openssl pkcs8 -scrypt takes */
        { "2", "1", "1", ADIT_OK },
        { "0", "8", "1", ADIT_ERR_FORMAT },
        { "16384", "0", "1", ADIT_ERR_FORMAT },
        { "16384", "8", "0", ADIT_ERR_FORMAT },
        { "16384", "8", "64", ADIT_OK },
        { "16384", "8", "65", ADIT_ERR_LIMIT },  /* work */
        { "16384", "15", "1", ADIT_OK },         /* under 32 MiB */
        { "16384", "16", "1", ADIT_ERR_LIMIT },  /* over it */
        { "32768", "8", "1", ADIT_ERR_LIMIT },   /* likewise */
        { "2", "1", "262140", ADIT_OK },         /* 128 * (2 + 262140 + 2) bytes are 32 MiB */
        { "2", "1", "262141", ADIT_ERR_LIMIT },  /* and 128 more */
        { "8388609", "1", "1", ADIT_ERR_LIMIT }, /* each alone is too much */
        { "2", "8388609", "1", ADIT_ERR_LIMIT }, /* … */
        { "2", "1", "8388609", ADIT_ERR_LIMIT }, /* … */
        { "4294967296", "4294967296", "1", ADIT_ERR_LIMIT }, /* 0 in 64 bits */
        { MORE_THAN_64_BITS, "8", "1", ADIT_ERR_LIMIT },
        { "16384", "8", "-1", ADIT_ERR_LIMIT },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(costs); i++)
        assert_judged(scrypt_of(costs[i].n, costs[i].r, costs[i].p), costs[i].wanted);
}

static void what_has_no_cost_that_is_known_is_refused(void **state)
{
    PBE2PARAM *other = pbes2_new();
    PBE2PARAM *empty = pbes2_new();
    PBE2PARAM *bare = pbes2_new();
    X509_SIG *sig = X509_SIG_new();
    X509_SIG *none = X509_SIG_new();

    (void)state;
    assert_int_equal(X509_ALGOR_set0(other->keyfunc, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL),
                     1);
    assert_judged(sig_of(other), ADIT_ERR_UNSUPPORTED);
    assert_int_equal(X509_ALGOR_set0(empty->keyfunc, OBJ_nid2obj(NID_id_pbkdf2), V_ASN1_NULL, NULL),
                     1);
    assert_judged(sig_of(empty), ADIT_ERR_FORMAT);
    assert_int_equal(X509_ALGOR_set0(bare->keyfunc, OBJ_nid2obj(NID_id_scrypt), V_ASN1_UNDEF, NULL),
                     1);
    assert_judged(sig_of(bare), ADIT_ERR_FORMAT);
    assert_int_equal(X509_ALGOR_set0(algorithm_of(sig), OBJ_nid2obj(NID_pbes2), V_ASN1_NULL, NULL),
                     1);
    assert_judged(sig, ADIT_ERR_FORMAT);
    assert_int_equal(
        X509_ALGOR_set0(algorithm_of(none), OBJ_nid2obj(NID_aes_256_cbc), V_ASN1_NULL, NULL), 1);
    assert_judged(none, ADIT_ERR_UNSUPPORTED);
}

/* ---- files -------------------------------------------------------------------------- */

static enum adit_err read_text(struct adit_span text, const char *passphrase)
{
    const struct adit_span copy = exact_copy(text.data, text.len);
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_pem(copy, passphrase, &pkey);

    assert_int_equal(pkey != NULL, err == ADIT_OK);
    assert_int_equal(ERR_peek_error(), 0);
    adit_pkey_free(pkey);
    exact_free(copy);
    return err;
}

static struct adit_span text_of(BIO *bio)
{
    char *text = NULL;
    const long len = BIO_get_mem_data(bio, &text);

    assert_true(len > 0);
    return adit_span_of(text, (size_t)len);
}

/* Takes `sig` over. */
static void write_block(BIO *bio, X509_SIG *sig)
{
    assert_non_null(sig);
    assert_int_equal(PEM_write_bio_PKCS8(bio, sig), 1);
    X509_SIG_free(sig);
}

/* The passphrase is "secret"; takes `algorithm` over. */
static X509_SIG *lock_key(const struct adit_pkey *pkey, X509_ALGOR *algorithm)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pkey->evp);
    X509_SIG *sig = PKCS8_set0_pbe("secret", 6, plain, algorithm);

    assert_non_null(sig);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return sig;
}

static struct adit_pkey *new_key(void)
{
    struct adit_pkey *pkey = NULL;

    assert_int_equal(adit_pkey_generate(ADIT_KEY_ED25519, 0, &pkey), ADIT_OK);
    return pkey;
}

static void keys_under_every_derivation_open(void **state)
{
    struct adit_pkey *pkey = new_key();
    X509_ALGOR *algorithms[] = {
        PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL, 1024, 8, 1),
        PKCS5_pbe2_set_iv(EVP_aes_128_cbc(), 2048, NULL, 0, NULL, NID_hmacWithSHA1),
        PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), 2048, NULL, 0, NULL, NID_hmacWithSHA512),
        PKCS5_pbe_set(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 2048, NULL, 0),
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(algorithms); i++) {
        BIO *bio = BIO_new(BIO_s_mem());

        write_block(bio, lock_key(pkey, algorithms[i]));
        assert_int_equal(read_text(text_of(bio), "secret"), ADIT_OK);
        assert_int_equal(read_text(text_of(bio), "Secret"), ADIT_ERR_PASSPHRASE);
        assert_int_equal(read_text(text_of(bio), NULL), ADIT_ERR_PASSPHRASE);
        BIO_free(bio);
    }
    adit_pkey_free(pkey);
}

/* Also before it is asked for a passphrase: that would be of no use. */
static void a_file_that_costs_too_much_is_not_tried(void **state)
{
    X509_SIG *sigs[] = { pbkdf2_of("2147483647"), scrypt_of("16384", "8", "1000"),
                         pbes1_of(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, "2147483647") };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(sigs); i++) {
        BIO *bio = BIO_new(BIO_s_mem());

        write_block(bio, sigs[i]);
        assert_int_equal(read_text(text_of(bio), "secret"), ADIT_ERR_LIMIT);
        assert_int_equal(read_text(text_of(bio), NULL), ADIT_ERR_LIMIT);
        BIO_free(bio);
    }
}

/* libcrypto by itself goes on to the next block when it does not know one. */
static void the_first_private_key_is_the_one_that_counts(void **state)
{
    PBE2PARAM *unknown = pbes2_new();
    BIO *bio = BIO_new(BIO_s_mem());

    (void)state;
    assert_int_equal(X509_ALGOR_set0(unknown->keyfunc, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL),
                     1);
    write_block(bio, sig_of(unknown));
    write_block(bio, pbkdf2_of("2147483647"));
    assert_int_equal(read_text(text_of(bio), "secret"), ADIT_ERR_UNSUPPORTED);
    BIO_free(bio);
}

/* The length of *der, which is the caller's to free. */
static int locked_der(uint8_t **der)
{
    struct adit_pkey *pkey = new_key();
    X509_SIG *sig =
        lock_key(pkey, PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), 1, NULL, 0, NULL, NID_hmacWithSHA256));
    int len;

    *der = NULL;
    len = i2d_X509_SIG(sig, der);
    assert_true(len > 0);
    X509_SIG_free(sig);
    adit_pkey_free(pkey);
    return len;
}

static void every_truncation_of_an_encrypted_key_is_refused(void **state)
{
    uint8_t *der;
    const int len = locked_der(&der);

    (void)state;
    for (int cut = 1; cut < len; cut++) {
        BIO *bio = BIO_new(BIO_s_mem());

        assert_true(PEM_write_bio(bio, PEM_STRING_PKCS8, "", der, cut) > 0);
        assert_int_equal(read_text(text_of(bio), "secret"), ADIT_ERR_FORMAT);
        BIO_free(bio);
    }
    OPENSSL_free(der);
}

/* The numbers of the cost are among these bits, so none may cost more than is bearable. */
static void no_flipped_bit_of_an_encrypted_key_does_harm(void **state)
{
    uint8_t *der;
    const int len = locked_der(&der);

    (void)state;
    for (int at = 0; at < len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            BIO *bio = BIO_new(BIO_s_mem());

            der[at] ^= (uint8_t)(1U << bit);
            assert_true(PEM_write_bio(bio, PEM_STRING_PKCS8, "", der, len) > 0);
            (void)read_text(text_of(bio), "secret");
            der[at] ^= (uint8_t)(1U << bit);
            BIO_free(bio);
        }
    }
    OPENSSL_free(der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rounds_of_pbkdf2_are_judged),
        cmocka_unit_test(the_rounds_of_the_older_encryptions_are_judged),
        cmocka_unit_test(the_cost_of_scrypt_is_judged),
        cmocka_unit_test(what_has_no_cost_that_is_known_is_refused),
        cmocka_unit_test(keys_under_every_derivation_open),
        cmocka_unit_test(a_file_that_costs_too_much_is_not_tried),
        cmocka_unit_test(the_first_private_key_is_the_one_that_counts),
        cmocka_unit_test(every_truncation_of_an_encrypted_key_is_refused),
        cmocka_unit_test(no_flipped_bit_of_an_encrypted_key_does_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
