/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/span.h"
#include "crypto/random.h"

#include <limits.h>

static void random_bytes_fill_all_and_differ(void **state)
{
    uint8_t a[64] = { 0 };
    uint8_t b[64] = { 0 };

    (void)state;
    assert_int_equal(adit_random_bytes(a, sizeof a), ADIT_OK);
    assert_int_equal(adit_random_bytes(b, sizeof b), ADIT_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + 32, (uint8_t[32]){ 0 }, 32);
}

static void no_bytes_are_no_error(void **state)
{
    uint8_t byte = 7;

    (void)state;
    assert_int_equal(adit_random_bytes(&byte, 0), ADIT_OK);
    assert_int_equal(byte, 7);
}

static void more_than_libcrypto_takes_is_refused(void **state)
{
    uint8_t byte = 7;

    (void)state;
    assert_int_equal(adit_random_bytes(&byte, (size_t)INT_MAX + 1), ADIT_ERR_USAGE);
    assert_int_equal(byte, 7);
}

/* Each length, in blocks of exactly that size; the pool never hands a byte out twice. */
static void padding_of_every_length_comes_from_the_pool_once(void **state)
{
    struct adit_padding_pool pool = { .left = 0 };

    (void)state;
    for (size_t len = 0; len <= sizeof pool.bytes; len++) {
        const size_t before = pool.left;
        uint8_t *out = malloc(len ? len : 1);

        assert_non_null(out);
        assert_int_equal(adit_random_padding(&pool, out, len), ADIT_OK);
        assert_int_equal(pool.left, len <= before ? before - len : sizeof pool.bytes - len);
        assert_memory_equal(out, pool.bytes + pool.left, len);
        free(out);
    }
}

static void padding_beyond_the_pool_is_drawn_directly(void **state)
{
    struct adit_padding_pool pool = { .left = 0 };
    uint8_t out[sizeof pool.bytes + 1] = { 0 };

    (void)state;
    assert_int_equal(adit_random_padding(&pool, out, sizeof out), ADIT_OK);
    assert_int_equal(pool.left, 0);
    assert_memory_not_equal(out + sizeof out - 32, (uint8_t[32]){ 0 }, 32);
}

static void a_refilled_pool_is_new(void **state)
{
    struct adit_padding_pool pool = { .left = 0 };
    uint8_t first[256];
    uint8_t second[256];

    (void)state;
    assert_int_equal(adit_random_padding(&pool, first, sizeof first), ADIT_OK);
    assert_int_equal(adit_random_padding(&pool, second, sizeof second), ADIT_OK);
    assert_memory_not_equal(first, second, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bytes_fill_all_and_differ),
        cmocka_unit_test(no_bytes_are_no_error),
        cmocka_unit_test(more_than_libcrypto_takes_is_refused),
        cmocka_unit_test(padding_of_every_length_comes_from_the_pool_once),
        cmocka_unit_test(padding_beyond_the_pool_is_drawn_directly),
        cmocka_unit_test(a_refilled_pool_is_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
