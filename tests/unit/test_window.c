/* SPDX-License-Identifier: BSD-2-Clause */
#include "connection/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SIZE = 256 * 1024, MAX = 8 * 1024 * 1024, TRIP_MS = 100 };

/* A sender that uses up its window in each round trip, and a reader that keeps up. */
static void run_trips(struct adit_receive_window *w, unsigned trips, uint64_t trip_ms,
                      uint64_t known_trip_ms)
{
    for (unsigned i = 1; i <= trips; i++) {
        const uint32_t len = w->left;

        for (uint32_t done = 0; done < len; done += 32768) {
            assert_true(adit_receive_window_take(w, 32768));
            (void)adit_receive_window_consume(w, 32768, i * trip_ms, known_trip_ms);
        }
    }
}

static void a_sender_that_is_held_up_gets_a_larger_window(void **state)
{
    struct adit_receive_window w;

    (void)state;
    adit_receive_window_init(&w, SIZE, MAX, NULL);
    run_trips(&w, 10, TRIP_MS, TRIP_MS);
    assert_int_equal(w.size, MAX);
}

static void nothing_grows_before_the_round_trip_is_known(void **state)
{
    struct adit_receive_window w;

    (void)state;
    adit_receive_window_init(&w, SIZE, MAX, NULL);
    run_trips(&w, 10, TRIP_MS, UINT64_MAX);
    assert_int_equal(w.size, SIZE);
}

/* The same bytes in the same time over a short way: the window is not what holds them up. */
static void a_short_way_keeps_a_small_window(void **state)
{
    struct adit_receive_window w;

    (void)state;
    adit_receive_window_init(&w, SIZE, MAX, NULL);
    run_trips(&w, 10, TRIP_MS, 1);
    assert_int_equal(w.size, SIZE);
}

/* However fast it is, what it may have on its way is no more than a fast line holds. */
static void the_window_ends_at_what_a_line_can_hold(void **state)
{
    static const struct {
        uint64_t trip_ms;
        uint32_t size;
    } cases[] = {
        { 0, 2 * 1024 * 1024 }, { 1, 2 * 1024 * 1024 }, { 2, 3 * 1024 * 1024 }, { 9, MAX }
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct adit_receive_window w;

        adit_receive_window_init(&w, SIZE, MAX, NULL);
        run_trips(&w, 10, cases[i].trip_ms ? cases[i].trip_ms : 1, cases[i].trip_ms);
        assert_int_equal(w.size, cases[i].size);
    }
}

static void a_reader_that_lags_behind_gets_no_larger_window(void **state)
{
    struct adit_receive_window w;

    (void)state;
    adit_receive_window_init(&w, SIZE, MAX, NULL);
    for (unsigned i = 1; i <= 20; i++) {
        assert_true(adit_receive_window_take(&w, w.left));
        (void)adit_receive_window_consume(&w, SIZE / 2, i * TRIP_MS, TRIP_MS);
    }
    assert_int_equal(w.size, SIZE);
}

/* C7: what came beyond the window is refused, and nothing is counted for it. */
static void bytes_beyond_the_window_are_refused(void **state)
{
    struct adit_receive_window w;

    (void)state;
    adit_receive_window_init(&w, 1000, 1000, NULL);
    assert_true(adit_receive_window_take(&w, 600));
    assert_false(adit_receive_window_take(&w, 401));
    assert_int_equal(w.left, 400);
    assert_true(adit_receive_window_take(&w, 400));
    assert_false(adit_receive_window_take(&w, 1));
}

/* C8: no more credit goes back than came, and in the end all of it. */
static void credit_is_what_was_consumed(void **state)
{
    struct adit_receive_window w;
    uint32_t credit = 0;

    (void)state;
    adit_receive_window_init(&w, 1000, 1000, NULL);
    assert_true(adit_receive_window_take(&w, 1000));
    for (unsigned i = 0; i < 10; i++)
        credit += adit_receive_window_consume(&w, 100, i, UINT64_MAX);
    assert_int_equal(credit, 1000);
    assert_int_equal(adit_receive_window_consume(&w, 100, 11, UINT64_MAX), 0);
    assert_int_equal(w.left, 1000);
}

/* How much is consumed from one credit to the next. */
static size_t between_credits(struct adit_receive_window *w)
{
    enum { STEP = 1024 };
    size_t len = 0;

    while (w->left < STEP || w->consumed)
        (void)adit_receive_window_consume(w, STEP, 0, UINT64_MAX);
    assert_true(adit_receive_window_take(w, w->left));
    do
        len += STEP;
    while (adit_receive_window_consume(w, STEP, 0, UINT64_MAX) == 0);
    return len;
}

/* While questions are asked that is half of what a sender has on a short way (data.c). */
static void credit_comes_before_little_on_its_way_runs_dry(void **state)
{
    (void)state;
    for (uint64_t trip_ms = 0; trip_ms < 3; trip_ms++) {
        struct adit_receive_window w;

        adit_receive_window_init(&w, SIZE, MAX, NULL);
        run_trips(&w, 10, trip_ms ? trip_ms : 1, trip_ms);
        assert_in_range(between_credits(&w), 1, (64 * 1024 + trip_ms * 128000) / 2);
    }
}

static void an_adjustment_past_32_bits_is_refused(void **state)
{
    uint32_t window = 0xfffffff0;

    (void)state;
    assert_true(adit_send_window_adjust(&window, 15));
    assert_false(adit_send_window_adjust(&window, 1));
    assert_int_equal(window, 0xffffffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sender_that_is_held_up_gets_a_larger_window),
        cmocka_unit_test(nothing_grows_before_the_round_trip_is_known),
        cmocka_unit_test(a_short_way_keeps_a_small_window),
        cmocka_unit_test(the_window_ends_at_what_a_line_can_hold),
        cmocka_unit_test(a_reader_that_lags_behind_gets_no_larger_window),
        cmocka_unit_test(bytes_beyond_the_window_are_refused),
        cmocka_unit_test(credit_is_what_was_consumed),
        cmocka_unit_test(credit_comes_before_little_on_its_way_runs_dry),
        cmocka_unit_test(an_adjustment_past_32_bits_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
