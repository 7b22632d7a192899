/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures: made, taken, and refused when anything about them is not as it should be (U9). */
#include "exact.h"

#include "crypto/hash.h"
#include "crypto/pkey.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

static const char *const names[] = { "ssh-ed25519",         "ecdsa-sha2-nistp256",
                                     "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
                                     "rsa-sha2-256",        "rsa-sha2-512" };

enum { ALGORITHMS = ADIT_ARRAY_LEN(names), TYPES = ADIT_KEY_RSA + 1 };

static struct adit_pkey *keys[TYPES];
static struct adit_pkey *others[TYPES];

static const struct adit_span text = { (const uint8_t *)"what is signed", 14 };

static int make_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        if (adit_pkey_generate((enum adit_key_type)i, 2048, &keys[i]) ||
            adit_pkey_generate((enum adit_key_type)i, 2048, &others[i]))
            return -1;
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        adit_pkey_free(keys[i]);
        adit_pkey_free(others[i]);
    }
    return 0;
}

static const struct adit_signature_algorithm *find(const char *name)
{
    const struct adit_signature_algorithm *algorithm = adit_signature_find(adit_span_text(name));

    assert_non_null(algorithm);
    return algorithm;
}

static struct adit_buffer sign(const char *name, struct adit_span data)
{
    const struct adit_signature_algorithm *algorithm = find(name);
    struct adit_buffer out = adit_buffer_init(ADIT_SIGNATURE_MAX);

    assert_int_equal(adit_pkey_sign(keys[algorithm->key_type], algorithm, data, &out), ADIT_OK);
    return out;
}

/* The verdict of `key` on a signature in a block of exactly its size. */
static enum adit_err verify_with(const struct adit_pkey *key, const char *name,
                                 struct adit_span data, struct adit_span signature)
{
    const struct adit_span copy = exact_copy(signature.data, signature.len);
    const enum adit_err err = adit_pkey_verify(key, find(name), data, copy);

    assert_int_equal(ERR_peek_error(), 0);
    exact_free(copy);
    return err;
}

static enum adit_err verify(const char *name, struct adit_span data, struct adit_span signature)
{
    return verify_with(keys[find(name)->key_type], name, data, signature);
}

/* A blob around signature bytes of the test's own. */
static enum adit_err verify_bytes(const char *name, struct adit_span bytes)
{
    struct adit_buffer blob = adit_buffer_init(ADIT_SIGNATURE_MAX);
    struct adit_writer w = adit_writer_init(&blob);
    enum adit_err err;

    adit_write_text(&w, name);
    adit_write_string(&w, bytes);
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    err = verify(name, text, adit_buffer_span(&blob));
    adit_buffer_clear(&blob);
    return err;
}

/* The bytes inside a signature blob. */
static struct adit_span inner(const struct adit_buffer *signature)
{
    struct adit_reader r = adit_reader_init(adit_buffer_span(signature));
    struct adit_span bytes;

    (void)adit_read_string(&r);
    bytes = adit_read_string(&r);
    assert_true(adit_reader_finish(&r));
    return bytes;
}

static void every_algorithm_signs_and_verifies(void **state)
{
    static const uint8_t large[100000] = { 1, 2, 3 };
    const struct adit_span data[] = { text, ADIT_SPAN_EMPTY, { large, sizeof large } };

    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        for (size_t k = 0; k < ADIT_ARRAY_LEN(data); k++) {
            struct adit_buffer signature = sign(names[i], data[k]);

            assert_int_equal(verify(names[i], data[k], adit_buffer_span(&signature)), ADIT_OK);
            adit_buffer_clear(&signature);
        }
    }
}

static void a_public_key_verifies_and_does_not_sign(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        const struct adit_pkey *key = keys[find(names[i])->key_type];
        struct adit_buffer blob = adit_buffer_init(ADIT_BLOB_MAX);
        struct adit_buffer out = adit_buffer_init(ADIT_SIGNATURE_MAX);
        struct adit_buffer signature = sign(names[i], text);
        struct adit_pkey *public = NULL;

        assert_int_equal(adit_pkey_write_blob(key, &blob), ADIT_OK);
        assert_int_equal(adit_pkey_from_blob(adit_buffer_span(&blob), &public), ADIT_OK);
        assert_int_equal(verify_with(public, names[i], text, adit_buffer_span(&signature)),
                         ADIT_OK);
        assert_int_equal(adit_pkey_sign(public, find(names[i]), text, &out), ADIT_ERR_USAGE);
        assert_int_equal(out.len, 0);
        adit_pkey_free(public);
        adit_buffer_clear(&blob);
        adit_buffer_clear(&signature);
        adit_buffer_clear(&out);
    }
}

/* Each algorithm against each: the name, the type and the curve must be the negotiated ones. */
static void another_algorithm_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        struct adit_buffer signature = sign(names[i], text);

        for (size_t k = 0; k < ALGORITHMS; k++) {
            const struct adit_pkey *key = keys[find(names[i])->key_type];

            if (k == i)
                continue;
            assert_int_equal(verify(names[k], text, adit_buffer_span(&signature)),
                             ADIT_ERR_SIGNATURE);
            assert_int_equal(verify_with(key, names[k], text, adit_buffer_span(&signature)),
                             ADIT_ERR_SIGNATURE);
            assert_int_equal(verify_bytes(names[k], inner(&signature)), ADIT_ERR_SIGNATURE);
        }
        adit_buffer_clear(&signature);
    }
}

static void a_key_does_not_sign_for_another_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        for (unsigned type = 0; type < TYPES; type++) {
            struct adit_buffer out = adit_buffer_init(ADIT_SIGNATURE_MAX);

            if (find(names[i])->key_type != (enum adit_key_type)type)
                assert_int_equal(adit_pkey_sign(keys[type], find(names[i]), text, &out),
                                 ADIT_ERR_USAGE);
            adit_buffer_clear(&out);
        }
    }
}

static void another_key_or_text_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        struct adit_buffer signature = sign(names[i], text);
        uint8_t changed[14];

        assert_int_equal(verify_with(others[find(names[i])->key_type], names[i], text,
                                     adit_buffer_span(&signature)),
                         ADIT_ERR_SIGNATURE);
        memcpy(changed, text.data, sizeof changed);
        for (size_t bit = 0; bit < sizeof changed * 8; bit += 5) {
            changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_int_equal(verify(names[i], adit_span_of(changed, sizeof changed),
                                    adit_buffer_span(&signature)),
                             ADIT_ERR_SIGNATURE);
            changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_int_equal(
            verify(names[i], adit_span_of(text.data, 13), adit_buffer_span(&signature)),
            ADIT_ERR_SIGNATURE);
        adit_buffer_clear(&signature);
    }
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        struct adit_buffer signature = sign(names[i], text);

        for (size_t bit = 0; bit < signature.len * 8; bit++) {
            signature.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_int_equal(verify(names[i], text, adit_buffer_span(&signature)),
                             ADIT_ERR_SIGNATURE);
            signature.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        adit_buffer_clear(&signature);
    }
}

static void every_truncation_and_trailing_byte_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        struct adit_buffer signature = sign(names[i], text);
        const struct adit_span bytes = inner(&signature);
        uint8_t longer[300] = { 0 };

        for (size_t len = 0; len < signature.len; len++)
            assert_int_equal(verify(names[i], text, adit_span_of(signature.data, len)),
                             ADIT_ERR_SIGNATURE);
        memcpy(longer, bytes.data, bytes.len);
        for (size_t len = 0; len < bytes.len; len++)
            assert_int_equal(verify_bytes(names[i], adit_span_of(longer, len)), ADIT_ERR_SIGNATURE);
        assert_int_equal(verify_bytes(names[i], bytes), ADIT_OK);
        assert_int_equal(verify_bytes(names[i], adit_span_of(longer, bytes.len + 1)),
                         ADIT_ERR_SIGNATURE);

        memcpy(longer, signature.data, signature.len);
        longer[signature.len] = 0;
        assert_int_equal(verify(names[i], text, adit_span_of(longer, signature.len + 1)),
                         ADIT_ERR_SIGNATURE);
        adit_buffer_clear(&signature);
    }
}

/* RFC 8332, 3: as long as the modulus; a verifier bears it when zeros at the front are left out. */
static void rsa_signatures_are_as_long_as_the_modulus(void **state)
{
    struct adit_buffer out = adit_buffer_init(ADIT_SIGNATURE_MAX);
    uint8_t longer[257] = { 0 };
    uint8_t data[4] = { 0 };
    struct adit_span bytes = ADIT_SPAN_EMPTY;
    struct adit_writer w = adit_writer_init(&out);

    (void)state;
    /* One signature in 256 begins with a zero byte. */
    for (unsigned i = 0; i < 10000 && (bytes.len == 0 || bytes.data[0] != 0); i++) {
        adit_buffer_empty(&out);
        adit_put_uint32(data, i);
        assert_int_equal(
            adit_pkey_sign(keys[ADIT_KEY_RSA], find("rsa-sha2-256"), adit_span_of(data, 4), &out),
            ADIT_OK);
        bytes = inner(&out);
        assert_int_equal(bytes.len, 256);
    }
    assert_int_equal(bytes.data[0], 0);
    memcpy(longer + 1, bytes.data, 256);

    /* One zero too many; the right size; the zero left out. */
    for (size_t cut = 0; cut < 3; cut++) {
        adit_buffer_empty(&out);
        adit_write_text(&w, "rsa-sha2-256");
        adit_write_string(&w, adit_span_of(longer + cut, sizeof longer - cut));
        assert_int_equal(adit_writer_finish(&w), ADIT_OK);
        assert_int_equal(verify("rsa-sha2-256", adit_span_of(data, 4), adit_buffer_span(&out)),
                         cut == 0 ? ADIT_ERR_SIGNATURE : ADIT_OK);
    }
    adit_buffer_clear(&out);
}

static void rsa_values_of_no_signature_are_refused(void **state)
{
    uint8_t bytes[256];

    (void)state;
    memset(bytes, 0xff, sizeof bytes); /* above the modulus */
    assert_int_equal(verify_bytes("rsa-sha2-256", adit_span_of(bytes, 256)), ADIT_ERR_SIGNATURE);
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(verify_bytes("rsa-sha2-256", adit_span_of(bytes, 256)), ADIT_ERR_SIGNATURE);
    bytes[255] = 1;
    assert_int_equal(verify_bytes("rsa-sha2-256", adit_span_of(bytes, 256)), ADIT_ERR_SIGNATURE);
    assert_int_equal(verify_bytes("rsa-sha2-256", adit_span_of(bytes + 255, 1)),
                     ADIT_ERR_SIGNATURE);
}

/* r and s must be positive, minimal, and not larger than the group's order. */
static void ecdsa_numbers_out_of_range_are_refused(void **state)
{
    static const uint8_t zero_one[] = { 0, 0, 0, 0, 0, 0, 0, 1, 1 };
    static const uint8_t one_zero[] = { 0, 0, 0, 1, 1, 0, 0, 0, 0 };
    static const uint8_t zero_byte[] = { 0, 0, 0, 1, 0, 0, 0, 0, 1, 1 };
    static const uint8_t negative[] = { 0, 0, 0, 1, 0x80, 0, 0, 0, 1, 1 };
    static const uint8_t one_one[] = { 0, 0, 0, 1, 1, 0, 0, 0, 1, 1 };
    uint8_t large[2 * (4 + 68)] = { 0 };

    (void)state;
    for (size_t i = 1; i <= 3; i++) {
        assert_int_equal(verify_bytes(names[i], adit_span_of(zero_one, sizeof zero_one)),
                         ADIT_ERR_SIGNATURE);
        assert_int_equal(verify_bytes(names[i], adit_span_of(one_zero, sizeof one_zero)),
                         ADIT_ERR_SIGNATURE);
        assert_int_equal(verify_bytes(names[i], adit_span_of(zero_byte, sizeof zero_byte)),
                         ADIT_ERR_SIGNATURE);
        assert_int_equal(verify_bytes(names[i], adit_span_of(negative, sizeof negative)),
                         ADIT_ERR_SIGNATURE);
        assert_int_equal(verify_bytes(names[i], adit_span_of(one_one, sizeof one_one)),
                         ADIT_ERR_SIGNATURE);
        for (size_t size = 32; size <= 68; size++) {
            memset(large, 0x7f, sizeof large);
            adit_put_uint32(large, (uint32_t)size);
            adit_put_uint32(large + 4 + size, (uint32_t)size);
            assert_int_equal(verify_bytes(names[i], adit_span_of(large, 2 * (4 + size))),
                             ADIT_ERR_SIGNATURE);
        }
    }
}

static BIGNUM *number(struct adit_span magnitude)
{
    BIGNUM *out = BN_bin2bn(magnitude.data, (int)magnitude.len, NULL);

    assert_non_null(out);
    return out;
}

/*
 * CVE-2024-31497: nonces of P-521 whose first nine bits were zero gave the key
 * away. With the key, the nonce of a signature can be computed:
 * k = (H(m) + r d) / s. Of 64 good ones half have all 521 bits.
 */
static void p521_nonces_use_all_their_bits(void **state)
{
    struct adit_buffer storage = adit_buffer_init_secret(16384);
    struct adit_private_numbers numbers;
    EC_GROUP *group = EC_GROUP_new_by_curve_name_ex(NULL, NULL, NID_secp521r1);
    const BIGNUM *order = EC_GROUP_get0_order(group);
    BN_CTX *ctx = BN_CTX_new();
    uint8_t hash[ADIT_HASH_MAX];
    int longest = 0;

    (void)state;
    assert_int_equal(adit_pkey_numbers(keys[ADIT_KEY_ECDSA_P521], &storage, &numbers), ADIT_OK);
    assert_int_equal(adit_hash_digest(ADIT_HASH_SHA512, &text, 1, hash), ADIT_OK);
    BIGNUM *d = number(numbers.ec_scalar);
    BIGNUM *h = number(adit_span_of(hash, 64));
    BIGNUM *k = BN_new();

    for (size_t i = 0; i < 64; i++) {
        struct adit_buffer signature = sign("ecdsa-sha2-nistp521", text);
        struct adit_reader reader = adit_reader_init(inner(&signature));
        BIGNUM *r = number(adit_read_mpint(&reader));
        BIGNUM *s = number(adit_read_mpint(&reader));

        assert_int_equal(BN_mod_mul(k, r, d, order, ctx), 1);
        assert_int_equal(BN_mod_add(k, k, h, order, ctx), 1);
        assert_non_null(BN_mod_inverse(s, s, order, ctx));
        assert_int_equal(BN_mod_mul(k, k, s, order, ctx), 1);
        longest = BN_num_bits(k) > longest ? BN_num_bits(k) : longest;
        BN_free(r);
        BN_free(s);
        adit_buffer_clear(&signature);
    }
    assert_int_equal(longest, 521);
    BN_free(d);
    BN_free(h);
    BN_free(k);
    BN_CTX_free(ctx);
    EC_GROUP_free(group);
    adit_buffer_clear(&storage);
}

static void a_signature_that_does_not_fit_leaves_the_buffer_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        struct adit_buffer small = adit_buffer_init(60);
        const struct adit_signature_algorithm *algorithm = find(names[i]);

        assert_int_equal(adit_buffer_append(&small, text), ADIT_OK);
        assert_int_equal(adit_pkey_sign(keys[algorithm->key_type], algorithm, text, &small),
                         ADIT_ERR_LIMIT);
        assert_int_equal(small.len, text.len);
        adit_buffer_clear(&small);
    }
}

static void unknown_names_are_not_found(void **state)
{
    (void)state;
    assert_null(adit_signature_find(ADIT_SPAN_EMPTY));
    assert_null(adit_signature_find(adit_span_text("ssh-rsa")));
    assert_null(adit_signature_find(adit_span_text("ssh-dss")));
    assert_null(adit_signature_find(adit_span_text("rsa-sha2-25")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_signs_and_verifies),
        cmocka_unit_test(a_public_key_verifies_and_does_not_sign),
        cmocka_unit_test(another_algorithm_is_refused),
        cmocka_unit_test(a_key_does_not_sign_for_another_type),
        cmocka_unit_test(another_key_or_text_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(every_truncation_and_trailing_byte_is_refused),
        cmocka_unit_test(rsa_signatures_are_as_long_as_the_modulus),
        cmocka_unit_test(rsa_values_of_no_signature_are_refused),
        cmocka_unit_test(ecdsa_numbers_out_of_range_are_refused),
        cmocka_unit_test(p521_nonces_use_all_their_bits),
        cmocka_unit_test(a_signature_that_does_not_fit_leaves_the_buffer_alone),
        cmocka_unit_test(unknown_names_are_not_found),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
