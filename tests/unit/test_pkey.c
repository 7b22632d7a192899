/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and their public blobs: T36, and the sizes that are refused before any maths. */
#include "exact.h"

#include "crypto/pkey.h"
#include "wire/writer.h"

#include <openssl/err.h>

static const struct {
    enum adit_key_type type;
    const char *name;
    unsigned bits;
} types[] = {
    { ADIT_KEY_ED25519, "ssh-ed25519", 256 },
    { ADIT_KEY_ECDSA_P256, "ecdsa-sha2-nistp256", 256 },
    { ADIT_KEY_ECDSA_P384, "ecdsa-sha2-nistp384", 384 },
    { ADIT_KEY_ECDSA_P521, "ecdsa-sha2-nistp521", 521 },
    { ADIT_KEY_RSA, "ssh-rsa", 2048 },
};

static struct adit_pkey *keys[ADIT_ARRAY_LEN(types)];
static struct adit_buffer blobs[ADIT_ARRAY_LEN(types)];

static int make_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        blobs[i] = adit_buffer_init(ADIT_BLOB_MAX);
        if (adit_pkey_generate(types[i].type, 2048, &keys[i]) ||
            adit_pkey_write_blob(keys[i], &blobs[i]))
            return -1;
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        adit_pkey_free(keys[i]);
        adit_buffer_clear(&blobs[i]);
    }
    return 0;
}

/*
 * What becomes of a blob, in a block of exactly its size. What is taken must be
 * written again as it came: no key has two blobs.
 */
static enum adit_err read_blob(struct adit_span blob)
{
    const struct adit_span copy = exact_copy(blob.data, blob.len);
    struct adit_buffer again = adit_buffer_init(ADIT_BLOB_MAX);
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_blob(copy, &pkey);

    assert_int_equal(ERR_peek_error(), 0);
    if (err) {
        assert_null(pkey);
    } else {
        assert_false(adit_pkey_is_private(pkey));
        assert_int_equal(adit_pkey_write_blob(pkey, &again), ADIT_OK);
        assert_true(adit_span_equal(adit_buffer_span(&again), copy));
    }
    adit_pkey_free(pkey);
    adit_buffer_clear(&again);
    exact_free(copy);
    return err;
}

static void a_generated_key_says_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        assert_int_equal(adit_pkey_type(keys[i]), types[i].type);
        assert_int_equal(adit_pkey_bits(keys[i]), types[i].bits);
        assert_true(adit_pkey_is_private(keys[i]));
        assert_string_equal(adit_key_type_name(types[i].type), types[i].name);
    }
}

static void rsa_is_generated_in_its_limits_only(void **state)
{
    static const unsigned wrong[] = { 1, 512, 1024, 2047, 16385, 1U << 31 };
    struct adit_pkey *pkey = NULL;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(wrong); i++) {
        assert_int_equal(adit_pkey_generate(ADIT_KEY_RSA, wrong[i], &pkey), ADIT_ERR_LIMIT);
        assert_null(pkey);
    }
    assert_int_equal(adit_pkey_generate(ADIT_KEY_RSA, 0, &pkey), ADIT_OK);
    assert_int_equal(adit_pkey_bits(pkey), 3072);
    adit_pkey_free(pkey);
    adit_pkey_free(NULL);
}

static void every_blob_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++)
        assert_int_equal(read_blob(adit_buffer_span(&blobs[i])), ADIT_OK);
}

static void every_truncation_and_a_trailing_byte_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        uint8_t longer[ADIT_BLOB_MAX + 1] = { 0 };

        memcpy(longer, blobs[i].data, blobs[i].len);
        for (size_t len = 0; len < blobs[i].len; len++)
            assert_int_equal(read_blob(adit_span_of(longer, len)), ADIT_ERR_MALFORMED);
        assert_int_equal(read_blob(adit_span_of(longer, blobs[i].len + 1)), ADIT_ERR_MALFORMED);
    }
}

static void every_length_field_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        uint8_t *bytes = blobs[i].data;

        for (size_t at = 0; at < blobs[i].len; at += 4 + adit_get_uint32(bytes + at)) {
            const uint32_t good = adit_get_uint32(bytes + at);
            const uint32_t left = (uint32_t)(blobs[i].len - at - 4);
            const uint32_t wrong[] = { 0, good - 1, good + 1, left, left + 1, UINT32_MAX };

            for (size_t k = 0; k < ADIT_ARRAY_LEN(wrong); k++) {
                if (wrong[k] == good)
                    continue;
                adit_put_uint32(bytes + at, wrong[k]);
                assert_int_not_equal(read_blob(adit_buffer_span(&blobs[i])), ADIT_OK);
            }
            adit_put_uint32(bytes + at, good);
        }
    }
}

/* A flipped bit gives another key or none; read_blob() sees to the rest. */
static void every_flipped_bit_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        for (size_t bit = 0; bit < blobs[i].len * 8; bit++) {
            enum adit_err err;

            blobs[i].data[bit / 8] ^= (uint8_t)(1U << bit % 8);
            err = read_blob(adit_buffer_span(&blobs[i]));
            assert_true(err == ADIT_OK || err == ADIT_ERR_MALFORMED ||
                        err == ADIT_ERR_UNSUPPORTED || err == ADIT_ERR_LIMIT);
            blobs[i].data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
}

/* T28: off the curve; U9: a curve that is not the name's. */
static void ecdsa_blobs_hold_a_point_of_their_own_curve(void **state)
{
    (void)state;
    for (size_t i = 1; i <= 3; i++) {
        uint8_t *last = blobs[i].data + blobs[i].len - 1;
        uint8_t *form = blobs[i].data + 4 + 19 + 4 + 8 + 4;
        uint8_t *curve = blobs[i].data + 4 + 19 + 4;

        *last ^= 1;
        assert_int_equal(read_blob(adit_buffer_span(&blobs[i])), ADIT_ERR_MALFORMED);
        *last ^= 1;
        assert_int_equal(*form, 4);
        *form = 6;
        assert_int_equal(read_blob(adit_buffer_span(&blobs[i])), ADIT_ERR_MALFORMED);
        *form = 4;
        curve[5] ^= 1;
        assert_int_equal(read_blob(adit_buffer_span(&blobs[i])), ADIT_ERR_MALFORMED);
        curve[5] ^= 1;
    }
}

static void unknown_types_are_unsupported(void **state)
{
    static const char *const names[] = {
        "", "ssh-dss", "ssh-ed448", "ssh-ed2551", "rsa-sha2-256", "ssh-rsa-cert-v01@openssh.com"
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        struct adit_buffer blob = adit_buffer_init(100);
        struct adit_writer w = adit_writer_init(&blob);

        adit_write_text(&w, names[i]);
        adit_write_text(&w, "and what is behind it");
        assert_int_equal(adit_writer_finish(&w), ADIT_OK);
        assert_int_equal(read_blob(adit_buffer_span(&blob)), ADIT_ERR_UNSUPPORTED);
        adit_buffer_clear(&blob);
    }
}

enum { MODULUS_ROOM = 125000 };

/* An "ssh-rsa" blob with a modulus of this many bits, the last byte being `end`. */
static enum adit_err read_rsa(size_t bits, uint8_t end, struct adit_span e)
{
    static uint8_t n[MODULUS_ROOM];
    const size_t len = (bits + 7) / 8;
    struct adit_buffer blob = adit_buffer_init(MODULUS_ROOM + 100);
    struct adit_writer w = adit_writer_init(&blob);
    enum adit_err err;

    assert_true(len > 1 && len <= sizeof n);
    memset(n, 0x5a, len);
    n[0] = (uint8_t)(1U << (bits - 1) % 8);
    n[len - 1] = end;
    adit_write_text(&w, "ssh-rsa");
    adit_write_mpint(&w, e);
    adit_write_mpint(&w, adit_span_of(n, len));
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    err = read_blob(adit_buffer_span(&blob));
    adit_buffer_clear(&blob);
    return err;
}

static const uint8_t f4[] = { 1, 0, 1 };

static void rsa_out_of_size_is_refused(void **state)
{
    static const size_t wrong[] = { 9, 512, 1024, 2040, 2047, 16385, 16392, 32768, 1000000 };
    static const size_t good[] = { 2048, 2049, 3072, 16377, 16384 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(wrong); i++)
        assert_int_equal(read_rsa(wrong[i], 1, adit_span_of(f4, 3)), ADIT_ERR_LIMIT);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(good); i++)
        assert_int_equal(read_rsa(good[i], 1, adit_span_of(f4, 3)), ADIT_OK);
}

static void rsa_numbers_that_no_key_has_are_refused(void **state)
{
    static const uint8_t three[] = { 3 };
    static const uint8_t even[] = { 1, 0, 2 };
    static const uint8_t two[] = { 2 };
    static const uint8_t one[] = { 1 };
    static const uint8_t bits_64[8] = { 0x80, 0, 0, 0, 0, 0, 0, 1 };
    static const uint8_t bits_65[9] = { 1, 0, 0, 0, 0, 0, 0, 0, 1 };

    (void)state;
    assert_int_equal(read_rsa(2048, 1, adit_span_of(three, 1)), ADIT_OK);
    assert_int_equal(read_rsa(2048, 1, adit_span_of(bits_64, 8)), ADIT_OK);
    assert_int_equal(read_rsa(2048, 1, adit_span_of(bits_65, 9)), ADIT_ERR_LIMIT);
    assert_int_equal(read_rsa(2048, 1, adit_span_of(even, 3)), ADIT_ERR_MALFORMED);
    assert_int_equal(read_rsa(2048, 1, adit_span_of(two, 1)), ADIT_ERR_MALFORMED);
    assert_int_equal(read_rsa(2048, 1, adit_span_of(one, 1)), ADIT_ERR_MALFORMED);
    assert_int_equal(read_rsa(2048, 1, ADIT_SPAN_EMPTY), ADIT_ERR_MALFORMED);
    assert_int_equal(read_rsa(2048, 2, adit_span_of(f4, 3)), ADIT_ERR_MALFORMED);
}

static void a_blob_that_does_not_fit_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        for (size_t limit = 0; limit < blobs[i].len; limit += 5) {
            struct adit_buffer small = adit_buffer_init(limit);

            assert_int_equal(adit_pkey_write_blob(keys[i], &small), ADIT_ERR_LIMIT);
            adit_buffer_clear(&small);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_generated_key_says_what_it_is),
        cmocka_unit_test(rsa_is_generated_in_its_limits_only),
        cmocka_unit_test(every_blob_comes_back),
        cmocka_unit_test(every_truncation_and_a_trailing_byte_are_refused),
        cmocka_unit_test(every_length_field_is_checked),
        cmocka_unit_test(every_flipped_bit_is_survived),
        cmocka_unit_test(ecdsa_blobs_hold_a_point_of_their_own_curve),
        cmocka_unit_test(unknown_types_are_unsupported),
        cmocka_unit_test(rsa_out_of_size_is_refused),
        cmocka_unit_test(rsa_numbers_that_no_key_has_are_refused),
        cmocka_unit_test(a_blob_that_does_not_fit_is_told),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
