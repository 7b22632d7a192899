/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "connection/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MAX   (UINT64_C(256) << 20)
#define FIRST (256U << 10)
#define LEAST (32U << 10)

static struct adit_window_memory *new_memory(uint64_t max)
{
    struct adit_window_memory *memory;

    assert_int_equal(adit_window_memory_new(max, &memory), ADIT_OK);
    return memory;
}

static void without_a_bound_everything_is_granted(void **state)
{
    (void)state;
    assert_int_equal(adit_window_memory_first(NULL, FIRST), FIRST);
    assert_int_equal(adit_window_memory_more(NULL, UINT32_MAX), UINT32_MAX);
    assert_true(adit_window_memory_hold(NULL, INT64_MAX));
    adit_window_memory_give_back(NULL, FIRST);
    assert_null(adit_window_memory_share(NULL));
    adit_window_memory_free(NULL);
}

static void first_windows_shrink_and_leave_half_of_it(void **state)
{
    struct adit_window_memory *memory = new_memory(MAX);
    uint64_t sum = 0;
    uint32_t last = FIRST;
    unsigned count = 0;

    (void)state;
    assert_int_equal(adit_window_memory_first(memory, 1000), 1000);
    adit_window_memory_give_back(memory, 1000);
    for (; last > LEAST; count++) {
        const uint32_t granted = adit_window_memory_first(memory, FIRST);

        assert_true(granted <= last && granted >= LEAST);
        last = granted;
        sum += granted;
        assert_true(count < 10000);
    }
    assert_true(count > 500);
    assert_true(sum <= MAX / 2);
    /* Beyond that a channel still lives, with a packet's window. */
    assert_int_equal(adit_window_memory_first(memory, FIRST), LEAST);
    adit_window_memory_free(memory);
}

static void growth_never_reaches_the_bound(void **state)
{
    struct adit_window_memory *memory = new_memory(MAX);
    uint64_t sum = 0;

    (void)state;
    assert_int_equal(adit_window_memory_more(memory, UINT32_MAX), MAX / 4);
    adit_window_memory_give_back(memory, MAX / 4);
    for (unsigned i = 0; i < 10000; i++)
        sum += adit_window_memory_more(memory, 64U << 20);
    assert_true(sum <= MAX && sum > MAX / 10 * 9);
    adit_window_memory_free(memory);
}

static void what_is_given_back_can_be_had_again(void **state)
{
    struct adit_window_memory *memory = new_memory(MAX);
    uint32_t granted[4096];

    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < ADIT_ARRAY_LEN(granted); i++)
            granted[i] = adit_window_memory_first(memory, FIRST);
        assert_int_equal(granted[0], FIRST);
        assert_int_equal(granted[ADIT_ARRAY_LEN(granted) - 1], LEAST);
        for (size_t i = 0; i < ADIT_ARRAY_LEN(granted); i++)
            adit_window_memory_give_back(memory, granted[i]);
    }
    adit_window_memory_free(memory);
}

static void who_holds_too_much_is_told(void **state)
{
    struct adit_window_memory *memory = new_memory(800);

    (void)state;
    assert_true(adit_window_memory_hold(memory, 0));
    assert_true(adit_window_memory_hold(memory, 699));
    assert_false(adit_window_memory_hold(memory, 1));
    assert_false(adit_window_memory_hold(memory, 0));
    assert_true(adit_window_memory_hold(memory, -1));
    assert_false(adit_window_memory_hold(memory, 1));
    assert_true(adit_window_memory_hold(memory, -700));
    adit_window_memory_free(memory);
}

static void the_bound_can_be_moved(void **state)
{
    struct adit_window_memory *memory = new_memory(MAX);

    (void)state;
    assert_true(adit_window_memory_hold(memory, 1000));
    adit_window_memory_set_max(memory, 1000);
    assert_false(adit_window_memory_hold(memory, 0));
    assert_int_equal(adit_window_memory_first(memory, FIRST), LEAST);
    assert_int_equal(adit_window_memory_more(memory, FIRST), 0); /* 32 KiB are out already */
    adit_window_memory_set_max(memory, MAX);
    assert_true(adit_window_memory_hold(memory, -1000));
    assert_int_equal(adit_window_memory_first(memory, FIRST), FIRST);
    adit_window_memory_free(memory);
}

static void it_lasts_as_long_as_its_last_holder(void **state)
{
    struct adit_window_memory *memory = new_memory(MAX);

    (void)state;
    assert_ptr_equal(adit_window_memory_share(memory), memory);
    adit_window_memory_free(memory);
    assert_true(adit_window_memory_hold(memory, 1)); /* a sanitizer would tell */
    adit_window_memory_free(memory);
}

/* A window is never larger than what was granted, and a small memory keeps it small. */
static void a_window_grows_as_far_as_its_memory_goes(void **state)
{
    enum { SIZE = 64 * 1024, TRIP_MS = 100 };
    static const uint64_t bounds[] = { 4 << 20, 16 << 20, 256 << 20 };
    uint32_t before = 0;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(bounds); i++) {
        struct adit_window_memory *memory = new_memory(bounds[i]);
        struct adit_receive_window w;

        adit_receive_window_init(&w, adit_window_memory_first(memory, SIZE), 64 << 20, memory);
        for (uint64_t n = 1; n <= 30; n++) {
            const uint32_t all = w.left;

            assert_true(adit_receive_window_take(&w, all));
            (void)adit_receive_window_consume(&w, all, n * TRIP_MS, TRIP_MS);
        }
        assert_true(w.size > before && w.size <= bounds[i]);
        before = w.size;
        adit_window_memory_give_back(memory, w.size);
        assert_int_equal(adit_window_memory_more(memory, UINT32_MAX), bounds[i] / 4);
        adit_window_memory_free(memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_bound_everything_is_granted),
        cmocka_unit_test(first_windows_shrink_and_leave_half_of_it),
        cmocka_unit_test(growth_never_reaches_the_bound),
        cmocka_unit_test(what_is_given_back_can_be_had_again),
        cmocka_unit_test(who_holds_too_much_is_told),
        cmocka_unit_test(the_bound_can_be_moved),
        cmocka_unit_test(it_lasts_as_long_as_its_last_holder),
        cmocka_unit_test(a_window_grows_as_far_as_its_memory_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
