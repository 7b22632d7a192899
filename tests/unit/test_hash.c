/* SPDX-License-Identifier: BSD-2-Clause */
#include "hex.h"

#include "crypto/hash.h"

#define TEXT(literal) ((struct adit_span){ (const uint8_t *)(literal), sizeof(literal) - 1 })

/* FIPS 180-4, the examples for "abc". */
static const struct {
    enum adit_hash hash;
    size_t size;
    const char *of_abc;
} digests[] = {
    { ADIT_HASH_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d" },
    { ADIT_HASH_SHA256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { ADIT_HASH_SHA384, 48,
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
      "8086072ba1e7cc2358baeca134c825a7" },
    { ADIT_HASH_SHA512, 64,
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

static void every_hash_has_its_published_digest(void **state)
{
    const struct adit_span abc = TEXT("abc");

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(digests); i++) {
        uint8_t out[ADIT_HASH_MAX];

        assert_int_equal(adit_hash_size(digests[i].hash), digests[i].size);
        assert_int_equal(adit_hash_digest(digests[i].hash, &abc, 1, out), ADIT_OK);
        assert_hex(out, digests[i].size, digests[i].of_abc);
    }
}

static void pieces_are_hashed_as_one_text(void **state)
{
    const struct adit_span pieces[] = { TEXT("a"), ADIT_SPAN_EMPTY, TEXT("bc") };
    uint8_t out[ADIT_HASH_MAX];

    (void)state;
    assert_int_equal(adit_hash_digest(ADIT_HASH_SHA256, pieces, 3, out), ADIT_OK);
    assert_hex(out, 32, digests[1].of_abc);
}

static void no_piece_is_the_empty_text(void **state)
{
    uint8_t out[ADIT_HASH_MAX];

    (void)state;
    assert_int_equal(adit_hash_digest(ADIT_HASH_SHA256, NULL, 0, out), ADIT_OK);
    assert_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, 4.3; RFC 2202, 3, test case 2. */
static void hmac_has_its_published_values(void **state)
{
    const struct adit_span key = TEXT("Jefe");
    const struct adit_span data = TEXT("what do ya want for nothing?");
    uint8_t out[ADIT_HASH_MAX];

    (void)state;
    assert_int_equal(adit_hmac(ADIT_HASH_SHA1, key, data, out), ADIT_OK);
    assert_hex(out, 20, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    assert_int_equal(adit_hmac(ADIT_HASH_SHA256, key, data, out), ADIT_OK);
    assert_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_int_equal(adit_hmac(ADIT_HASH_SHA512, key, data, out), ADIT_OK);
    assert_hex(out, 64,
               "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
               "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

/* An empty key is one of zeros (RFC 2104, 2), not "no key". */
static void hmac_takes_an_empty_key_and_empty_data(void **state)
{
    uint8_t empty[ADIT_HASH_MAX];
    uint8_t zero[ADIT_HASH_MAX];

    (void)state;
    assert_int_equal(adit_hmac(ADIT_HASH_SHA256, ADIT_SPAN_EMPTY, ADIT_SPAN_EMPTY, empty), ADIT_OK);
    assert_int_equal(adit_hmac(ADIT_HASH_SHA256, TEXT("\0"), ADIT_SPAN_EMPTY, zero), ADIT_OK);
    assert_memory_equal(empty, zero, 32);
}

static void equal_secret_sees_every_bit(void **state)
{
    const uint8_t a[16] = "0123456789abcde";
    uint8_t b[16];

    (void)state;
    memcpy(b, a, sizeof b);
    assert_true(adit_equal_secret(a, b, sizeof a));
    assert_true(adit_equal_secret(a, b, 0));
    for (size_t bit = 0; bit < sizeof b * 8; bit++) {
        b[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(adit_equal_secret(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hash_has_its_published_digest),
        cmocka_unit_test(pieces_are_hashed_as_one_text),
        cmocka_unit_test(no_piece_is_the_empty_text),
        cmocka_unit_test(hmac_has_its_published_values),
        cmocka_unit_test(hmac_takes_an_empty_key_and_empty_data),
        cmocka_unit_test(equal_secret_sees_every_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
