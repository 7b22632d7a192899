/* SPDX-License-Identifier: BSD-2-Clause */
/* Private keys from their numbers: only from those that fit each other. */
#include "exact.h"

#include "crypto/pkey.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

enum { TYPES = ADIT_KEY_RSA + 1, STORAGE = 16384, FIELDS = 10 };

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

/* The spans of `n` one after the other. */
static void fields_of(struct adit_private_numbers *n, struct adit_span *fields[static FIELDS])
{
    struct adit_span *const all[FIELDS] = { &n->ed25519_seed, &n->ed25519_public, &n->ec_point,
                                            &n->ec_scalar,    &n->rsa_n,          &n->rsa_e,
                                            &n->rsa_d,        &n->rsa_p,          &n->rsa_q,
                                            &n->rsa_iqmp };

    memcpy(fields, all, sizeof all);
}

static struct adit_private_numbers numbers_of(const struct adit_pkey *key,
                                              struct adit_buffer *storage)
{
    struct adit_private_numbers numbers;

    *storage = adit_buffer_init_secret(STORAGE);
    assert_int_equal(adit_pkey_numbers(key, storage, &numbers), ADIT_OK);
    return numbers;
}

static enum adit_err try_numbers(enum adit_key_type type,
                                 const struct adit_private_numbers *numbers)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_numbers(type, numbers, &pkey);

    assert_int_equal(pkey != NULL, err == ADIT_OK);
    assert_int_equal(ERR_peek_error(), 0);
    adit_pkey_free(pkey);
    return err;
}

static void every_key_comes_back_and_signs(void **state)
{
    static const char *const names[TYPES] = { "ssh-ed25519", "ecdsa-sha2-nistp256",
                                              "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
                                              "rsa-sha2-512" };
    const struct adit_span text = adit_span_text("text");

    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        const struct adit_signature_algorithm *algorithm =
            adit_signature_find(adit_span_text(names[i]));
        struct adit_buffer storage;
        const struct adit_private_numbers numbers = numbers_of(keys[i], &storage);
        struct adit_buffer signature = adit_buffer_init(ADIT_SIGNATURE_MAX);
        struct adit_pkey *again = NULL;

        assert_int_equal(adit_pkey_from_numbers((enum adit_key_type)i, &numbers, &again), ADIT_OK);
        assert_true(adit_pkey_is_private(again));
        assert_int_equal(adit_pkey_bits(again), adit_pkey_bits(keys[i]));
        assert_int_equal(adit_pkey_sign(again, algorithm, text, &signature), ADIT_OK);
        assert_int_equal(adit_pkey_verify(keys[i], algorithm, text, adit_buffer_span(&signature)),
                         ADIT_OK);
        adit_pkey_free(again);
        adit_buffer_clear(&signature);
        adit_buffer_clear(&storage);
    }
}

/* Files write numbers as mpints or in full width; both are the same number. */
static void zeros_at_the_front_do_not_matter(void **state)
{
    struct adit_buffer storage;
    struct adit_private_numbers numbers = numbers_of(keys[ADIT_KEY_RSA], &storage);
    uint8_t wide[257] = { 0 };

    (void)state;
    memcpy(wide + 257 - numbers.rsa_n.len, numbers.rsa_n.data, numbers.rsa_n.len);
    numbers.rsa_n = adit_span_of(wide, sizeof wide);
    assert_int_equal(try_numbers(ADIT_KEY_RSA, &numbers), ADIT_OK);
    adit_buffer_clear(&storage);
}

/* In every number, and over its whole length. */
static void every_changed_number_is_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        struct adit_buffer storage;
        struct adit_private_numbers numbers = numbers_of(keys[i], &storage);

        for (size_t byte = 0; byte < storage.len; byte += i == ADIT_KEY_RSA ? 7 : 3) {
            const uint8_t bit = (uint8_t)(1U << byte % 8);
            enum adit_err err;

            storage.data[byte] ^= bit;
            err = try_numbers((enum adit_key_type)i, &numbers);
            assert_true(err == ADIT_ERR_FORMAT || err == ADIT_ERR_LIMIT);
            storage.data[byte] ^= bit;
        }
        assert_int_equal(try_numbers((enum adit_key_type)i, &numbers), ADIT_OK);
        adit_buffer_clear(&storage);
    }
}

static void every_missing_or_cut_number_is_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        struct adit_buffer storage;
        struct adit_private_numbers numbers = numbers_of(keys[i], &storage);
        struct adit_span *fields[FIELDS];

        fields_of(&numbers, fields);
        for (size_t f = 0; f < FIELDS; f++) {
            const struct adit_span good = *fields[f];

            if (good.len == 0)
                continue; /* another type's */
            *fields[f] = ADIT_SPAN_EMPTY;
            assert_int_not_equal(try_numbers((enum adit_key_type)i, &numbers), ADIT_OK);
            *fields[f] = adit_span_of(good.data, good.len - 1);
            assert_int_not_equal(try_numbers((enum adit_key_type)i, &numbers), ADIT_OK);
            *fields[f] = good;
        }
        adit_buffer_clear(&storage);
    }
}

static void the_numbers_of_another_key_are_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        struct adit_pkey *other = NULL;
        struct adit_buffer storage;
        struct adit_buffer other_storage;
        struct adit_private_numbers numbers = numbers_of(keys[i], &storage);
        struct adit_private_numbers strange;
        struct adit_span *fields[FIELDS];
        struct adit_span *strangers[FIELDS];

        assert_int_equal(adit_pkey_generate((enum adit_key_type)i, 2048, &other), ADIT_OK);
        strange = numbers_of(other, &other_storage);
        fields_of(&numbers, fields);
        fields_of(&strange, strangers);
        for (size_t f = 0; f < FIELDS; f++) {
            const struct adit_span good = *fields[f];

            if (good.len == 0 || fields[f] == &numbers.rsa_e)
                continue;
            *fields[f] = *strangers[f];
            assert_int_equal(try_numbers((enum adit_key_type)i, &numbers), ADIT_ERR_FORMAT);
            *fields[f] = good;
        }
        adit_pkey_free(other);
        adit_buffer_clear(&storage);
        adit_buffer_clear(&other_storage);
    }
}

/* Factors that multiply to n and still are none. */
static void rsa_factors_must_be_the_right_ones(void **state)
{
    static const uint8_t one = 1;
    struct adit_buffer storage;
    struct adit_private_numbers numbers = numbers_of(keys[ADIT_KEY_RSA], &storage);
    const struct adit_span p = numbers.rsa_p;

    (void)state;
    numbers.rsa_p = numbers.rsa_q;
    numbers.rsa_q = p;
    assert_int_equal(try_numbers(ADIT_KEY_RSA, &numbers), ADIT_ERR_FORMAT); /* iqmp is p's */
    numbers.rsa_p = numbers.rsa_n;
    numbers.rsa_q = adit_span_of(&one, 1);
    assert_int_equal(try_numbers(ADIT_KEY_RSA, &numbers), ADIT_ERR_FORMAT);
    numbers.rsa_p = adit_span_of(&one, 1);
    numbers.rsa_q = numbers.rsa_n;
    assert_int_equal(try_numbers(ADIT_KEY_RSA, &numbers), ADIT_ERR_FORMAT);
    adit_buffer_clear(&storage);
}

/* d + p - 1 is as good as d modulo p - 1, and wrong modulo q - 1; so the other way round. */
static void rsa_exponents_must_fit_both_factors(void **state)
{
    struct adit_buffer storage;
    struct adit_private_numbers numbers = numbers_of(keys[ADIT_KEY_RSA], &storage);
    const struct adit_span factors[] = { numbers.rsa_p, numbers.rsa_q };
    const struct adit_span good = numbers.rsa_d;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(factors); i++) {
        BIGNUM *d = BN_bin2bn(good.data, (int)good.len, NULL);
        BIGNUM *factor = BN_bin2bn(factors[i].data, (int)factors[i].len, NULL);
        uint8_t bytes[256];

        assert_int_equal(BN_add(d, d, factor), 1);
        assert_int_equal(BN_sub_word(d, 1), 1);
        assert_int_equal(BN_bn2binpad(d, bytes, sizeof bytes), sizeof bytes);
        numbers.rsa_d = adit_span_of(bytes, sizeof bytes);
        assert_int_equal(try_numbers(ADIT_KEY_RSA, &numbers), ADIT_ERR_FORMAT);
        BN_free(d);
        BN_free(factor);
    }
    adit_buffer_clear(&storage);
}

static void rsa_out_of_size_is_refused(void **state)
{
    static const size_t wrong[] = { 64, 128, 255, 2049, 125000 };
    static uint8_t n[125000];
    struct adit_buffer storage;
    struct adit_private_numbers numbers = numbers_of(keys[ADIT_KEY_RSA], &storage);

    (void)state;
    memset(n, 0xff, sizeof n);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(wrong); i++) {
        numbers.rsa_n = adit_span_of(n, wrong[i]);
        assert_int_equal(try_numbers(ADIT_KEY_RSA, &numbers), ADIT_ERR_LIMIT);
    }
    adit_buffer_clear(&storage);
}

/* 1, and what is 1 again modulo the group's order: G belongs to both, and only 1 is a key. */
static void ec_scalars_out_of_range_are_refused(void **state)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name_ex(NULL, NULL, NID_X9_62_prime256v1);
    const EC_POINT *generator = EC_GROUP_get0_generator(group);
    BIGNUM *scalar = BN_dup(EC_GROUP_get0_order(group));
    uint8_t point[65];
    uint8_t bytes[32] = { 0 };
    const struct adit_private_numbers numbers = { .ec_point = { point, 65 },
                                                  .ec_scalar = { bytes, 32 } };

    (void)state;
    assert_int_equal(EC_POINT_point2oct(group, generator, POINT_CONVERSION_UNCOMPRESSED, point,
                                        sizeof point, NULL),
                     sizeof point);
    assert_int_equal(try_numbers(ADIT_KEY_ECDSA_P256, &numbers), ADIT_ERR_FORMAT);
    bytes[31] = 1;
    assert_int_equal(try_numbers(ADIT_KEY_ECDSA_P256, &numbers), ADIT_OK);
    assert_int_equal(BN_bn2binpad(scalar, bytes, 32), 32);
    assert_int_equal(try_numbers(ADIT_KEY_ECDSA_P256, &numbers), ADIT_ERR_FORMAT);
    assert_int_equal(BN_add_word(scalar, 1), 1);
    assert_int_equal(BN_bn2binpad(scalar, bytes, 32), 32);
    assert_int_equal(try_numbers(ADIT_KEY_ECDSA_P256, &numbers), ADIT_ERR_FORMAT);
    BN_free(scalar);
    EC_GROUP_free(group);
}

static void a_point_is_taken_in_one_form_only(void **state)
{
    struct adit_buffer storage;
    struct adit_private_numbers numbers = numbers_of(keys[ADIT_KEY_ECDSA_P384], &storage);
    uint8_t point[97];

    (void)state;
    memcpy(point, numbers.ec_point.data, sizeof point);
    numbers.ec_point = adit_span_of(point, sizeof point);
    for (unsigned form = 0; form < 256; form++) {
        point[0] = (uint8_t)form;
        assert_int_equal(try_numbers(ADIT_KEY_ECDSA_P384, &numbers),
                         form == 4 ? ADIT_OK : ADIT_ERR_FORMAT);
    }
    point[0] = (uint8_t)(2 + (point[96] & 1));
    numbers.ec_point.len = 49;
    assert_int_equal(try_numbers(ADIT_KEY_ECDSA_P384, &numbers), ADIT_ERR_FORMAT);
    adit_buffer_clear(&storage);
}

static void a_public_key_has_no_private_numbers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        struct adit_buffer storage = adit_buffer_init_secret(STORAGE);
        struct adit_buffer blob = adit_buffer_init(ADIT_BLOB_MAX);
        struct adit_private_numbers numbers;
        struct adit_pkey *public = NULL;

        assert_int_equal(adit_pkey_write_blob(keys[i], &blob), ADIT_OK);
        assert_int_equal(adit_pkey_from_blob(adit_buffer_span(&blob), &public), ADIT_OK);
        assert_int_equal(adit_pkey_numbers(public, &storage, &numbers), ADIT_ERR_USAGE);
        assert_int_equal(storage.len, 0);
        adit_pkey_free(public);
        adit_buffer_clear(&blob);
        adit_buffer_clear(&storage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_comes_back_and_signs),
        cmocka_unit_test(zeros_at_the_front_do_not_matter),
        cmocka_unit_test(every_changed_number_is_refused),
        cmocka_unit_test(every_missing_or_cut_number_is_refused),
        cmocka_unit_test(the_numbers_of_another_key_are_refused),
        cmocka_unit_test(rsa_factors_must_be_the_right_ones),
        cmocka_unit_test(rsa_exponents_must_fit_both_factors),
        cmocka_unit_test(rsa_out_of_size_is_refused),
        cmocka_unit_test(ec_scalars_out_of_range_are_refused),
        cmocka_unit_test(a_point_is_taken_in_one_form_only),
        cmocka_unit_test(a_public_key_has_no_private_numbers),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
