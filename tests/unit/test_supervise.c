/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/supervise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MINUTE_MS = 60 * 1000, SOON_MS = 500 };

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed;
}

static struct adit_supervisor up_at(uint64_t now_ms)
{
    struct adit_supervisor s = { 0 };

    adit_supervisor_start(&s, now_ms);
    adit_supervisor_up(&s, now_ms);
    return s;
}

static void states_follow_what_happens(void **state)
{
    struct adit_supervisor s = { 0 };

    (void)state;
    adit_supervisor_start(&s, 1000);
    assert_int_equal(s.state, ADIT_SUPERVISOR_TRYING);
    assert_int_equal(s.started_ms, 1000);
    adit_supervisor_up(&s, 1200);
    assert_int_equal(s.state, ADIT_SUPERVISOR_UP);
    adit_supervisor_fail(&s, 90000, false, 0);
    assert_int_equal(s.state, ADIT_SUPERVISOR_WAITING);
    adit_supervisor_start(&s, s.due_ms);
    assert_int_equal(s.state, ADIT_SUPERVISOR_TRYING);
    adit_supervisor_fail(&s, 91000, false, 0);
    assert_int_equal(s.state, ADIT_SUPERVISOR_WAITING);
}

/* The pauses of an outage: each range is twice the one before, and both ends of it are met. */
static void pauses_double_from_half_a_second_to_a_minute(void **state)
{
    static const struct {
        uint64_t min;
        uint64_t max;
    } pauses[] = {
        { 0, 500 },      { 500, 1000 },    { 1000, 2000 },   { 2000, 4000 },   { 4000, 8000 },
        { 8000, 16000 }, { 16000, 32000 }, { 30000, 60000 }, { 30000, 60000 }, { 30000, 60000 },
    };

    (void)state;
    for (unsigned end = 0; end < 2; end++) {
        struct adit_supervisor s = up_at(0);
        uint64_t now_ms = MINUTE_MS;

        for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
            const uint64_t width = pauses[i].max - pauses[i].min;

            adit_supervisor_fail(&s, now_ms, false, end ? (uint32_t)width : 0);
            assert_int_equal(s.due_ms - now_ms, end ? pauses[i].max : pauses[i].min);
            now_ms = s.due_ms;
            adit_supervisor_start(&s, now_ms);
            now_ms += 1000; /* so long is each try */
        }
    }
}

static void a_pause_is_spread_over_its_range(void **state)
{
    unsigned seen[10] = { 0 };
    uint32_t seed = 1;

    (void)state;
    for (unsigned i = 0; i < 10000; i++) {
        struct adit_supervisor s = { .step = 5, .started_ms = 0 };

        adit_supervisor_fail(&s, 1000, false, next_random(&seed) >> 8);
        assert_in_range(s.due_ms, 1000 + 8000, 1000 + 16000);
        seen[(s.due_ms - 9000) * 10 / 8001]++;
    }
    for (size_t i = 0; i < 10; i++)
        assert_in_range(seen[i], 700, 1300);
}

static void tries_never_begin_within_half_a_second(void **state)
{
    struct adit_supervisor s = up_at(0);
    uint64_t now_ms = 0;
    uint32_t seed = 7;

    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        const uint64_t started_ms = s.started_ms;
        const uint32_t chance = next_random(&seed) >> 16;

        now_ms += chance % 3 ? 0 : chance % 5000;
        if (chance & 1)
            adit_supervisor_up(&s, now_ms);
        adit_supervisor_fail(&s, now_ms, chance % 7 == 0, next_random(&seed));
        for (unsigned j = 0; j < chance % 4; j++)
            adit_supervisor_hurry(&s, now_ms);
        if (chance & 2)
            adit_supervisor_arrival(&s, now_ms);
        if (chance & 4)
            adit_supervisor_wanted(&s, now_ms, next_random(&seed));
        assert_true(s.due_ms >= now_ms);
        assert_true(s.due_ms >= started_ms + SOON_MS);
        assert_true(s.due_ms <= now_ms + 75000);
        now_ms = s.due_ms;
        adit_supervisor_start(&s, now_ms);
    }
}

static void a_good_minute_makes_the_pauses_short_again(void **state)
{
    struct adit_supervisor s = { .step = 7 };

    (void)state;
    adit_supervisor_up(&s, 1000);
    adit_supervisor_fail(&s, 1000 + MINUTE_MS, false, 500);
    assert_int_equal(s.due_ms, 1000 + MINUTE_MS + 500);
}

static void a_gateway_that_dies_at_each_login_is_tried_ever_more_slowly(void **state)
{
    struct adit_supervisor s = up_at(0);
    uint64_t now_ms = 0;
    uint64_t pause_ms = 0;

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        adit_supervisor_fail(&s, now_ms, false, 0);
        pause_ms = s.due_ms - now_ms;
        now_ms = s.due_ms;
        adit_supervisor_start(&s, now_ms);
        adit_supervisor_up(&s, now_ms);
    }
    assert_int_equal(pause_ms, 30000);
}

/* Fifty times up for three seconds, one try in vain, and up again. */
static void a_gateway_that_is_restarted_again_and_again_is_found_soon(void **state)
{
    struct adit_supervisor s = up_at(0);
    uint64_t now_ms = 0;
    uint32_t seed = 3;

    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        now_ms += 3000;
        for (unsigned tries = 0; tries < 2; tries++) {
            adit_supervisor_fail(&s, now_ms, false, next_random(&seed) >> 8);
            assert_true(s.due_ms <= now_ms + 2000);
            now_ms = s.due_ms;
            adit_supervisor_start(&s, now_ms);
        }
        adit_supervisor_up(&s, now_ms);
    }
}

static void a_refusal_is_asked_about_again_after_a_minute_or_so(void **state)
{
    struct adit_supervisor s = up_at(0);
    uint64_t now_ms = 10 * MINUTE_MS;

    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        adit_supervisor_fail(&s, now_ms, true, i * 7500);
        assert_int_equal(s.due_ms, now_ms + 45000 + i * 7500);
        assert_true(s.refused);
        now_ms = s.due_ms;
        adit_supervisor_start(&s, now_ms);
    }
    assert_int_equal(s.step, 0); /* it has nothing to do with the pauses of the network */
    adit_supervisor_up(&s, now_ms);
    assert_false(s.refused);
}

static void a_change_of_the_world_makes_the_next_try_due_at_once(void **state)
{
    struct adit_supervisor s = { .step = 7, .started_ms = 1000 };

    (void)state;
    adit_supervisor_fail(&s, 2000, false, 30000);
    assert_int_equal(s.due_ms, 62000);
    adit_supervisor_hurry(&s, 5000);
    assert_int_equal(s.due_ms, 5000);
    adit_supervisor_hurry(&s, 6000); /* never later */
    assert_int_equal(s.due_ms, 5000);
}

static void a_change_of_the_world_does_not_make_it_spin(void **state)
{
    struct adit_supervisor s = { .step = 3, .started_ms = 1000 };

    (void)state;
    adit_supervisor_fail(&s, 1100, false, 0);
    adit_supervisor_hurry(&s, 1100);
    assert_int_equal(s.due_ms, 1500);
    adit_supervisor_fail(&s, 1100, true, 0);
    adit_supervisor_hurry(&s, 1100);
    assert_int_equal(s.due_ms, 11000); /* a refusal is not that urgent */
}

static void who_needs_the_tunnel_has_it_tried_at_once_and_every_two_seconds(void **state)
{
    struct adit_supervisor s = { .step = 7, .started_ms = 1000 };

    (void)state;
    adit_supervisor_fail(&s, 2000, false, 30000);
    adit_supervisor_arrival(&s, 32000);
    assert_int_equal(s.due_ms, 32000);
    adit_supervisor_start(&s, 32000);
    for (uint32_t random = 0; random <= 1000; random += 1000) {
        adit_supervisor_fail(&s, 33000, false, 30000);
        adit_supervisor_wanted(&s, 33000, random);
        assert_int_equal(s.due_ms, 34000 + random);
    }
    adit_supervisor_wanted(&s, 34500, 1000); /* never later */
    assert_int_equal(s.due_ms, 35000);
}

static void who_needs_the_tunnel_cannot_mend_a_refusal(void **state)
{
    struct adit_supervisor s = { .started_ms = 1000 };

    (void)state;
    adit_supervisor_fail(&s, 2000, true, 0);
    adit_supervisor_arrival(&s, 20000);
    adit_supervisor_wanted(&s, 20000, 0);
    assert_int_equal(s.due_ms, 47000);
}

static void who_is_not_waiting_cannot_be_hurried(void **state)
{
    struct adit_supervisor s = up_at(1000);
    const struct adit_supervisor before = s;

    (void)state;
    adit_supervisor_hurry(&s, 2000);
    adit_supervisor_arrival(&s, 2000);
    adit_supervisor_wanted(&s, 0, 0);
    assert_memory_equal(&s, &before, sizeof s);
    adit_supervisor_start(&s, 3000);
    adit_supervisor_hurry(&s, 9000);
    assert_int_equal(s.state, ADIT_SUPERVISOR_TRYING);
    assert_int_equal(s.due_ms, before.due_ms);
}

static void what_only_people_can_mend_is_a_refusal(void **state)
{
    static const struct {
        enum adit_err err;
        bool refusal;
    } cases[] = {
        { ADIT_ERR_HOST_KEY, true },      { ADIT_ERR_AUTH, true },
        { ADIT_ERR_NO_AGREEMENT, true },  { ADIT_ERR_USAGE, true },
        { ADIT_ERR_FORMAT, true },        { ADIT_ERR_PASSPHRASE, true },
        { ADIT_ERR_DISCONNECTED, false }, { ADIT_ERR_TIMEOUT, false },
        { ADIT_ERR_NOT_FOUND, false },    { ADIT_ERR_SYSTEM, false },
        { ADIT_ERR_LIMIT, false },        { ADIT_ERR_NO_MEMORY, false },
        { ADIT_ERR_PROTOCOL, false },     { ADIT_ERR_MALFORMED, false },
        { ADIT_ERR_INTEGRITY, false },    { ADIT_ERR_REFUSED, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(adit_supervisor_is_refusal(cases[i].err), cases[i].refusal);
}

static void a_held_port_is_asked_for_twice_a_second_then_slowly(void **state)
{
    (void)state;
    assert_int_equal(adit_supervisor_ask_pause(0), 500);
    assert_int_equal(adit_supervisor_ask_pause(9999), 500);
    assert_int_equal(adit_supervisor_ask_pause(10000), 2000);
    assert_int_equal(adit_supervisor_ask_pause(119999), 2000);
    assert_int_equal(adit_supervisor_ask_pause(120000), 60000);
    assert_int_equal(adit_supervisor_ask_pause(UINT64_MAX), 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_follow_what_happens),
        cmocka_unit_test(pauses_double_from_half_a_second_to_a_minute),
        cmocka_unit_test(a_pause_is_spread_over_its_range),
        cmocka_unit_test(tries_never_begin_within_half_a_second),
        cmocka_unit_test(a_good_minute_makes_the_pauses_short_again),
        cmocka_unit_test(a_gateway_that_dies_at_each_login_is_tried_ever_more_slowly),
        cmocka_unit_test(a_gateway_that_is_restarted_again_and_again_is_found_soon),
        cmocka_unit_test(a_refusal_is_asked_about_again_after_a_minute_or_so),
        cmocka_unit_test(a_change_of_the_world_makes_the_next_try_due_at_once),
        cmocka_unit_test(a_change_of_the_world_does_not_make_it_spin),
        cmocka_unit_test(who_needs_the_tunnel_has_it_tried_at_once_and_every_two_seconds),
        cmocka_unit_test(who_needs_the_tunnel_cannot_mend_a_refusal),
        cmocka_unit_test(who_is_not_waiting_cannot_be_hurried),
        cmocka_unit_test(what_only_people_can_mend_is_a_refusal),
        cmocka_unit_test(a_held_port_is_asked_for_twice_a_second_then_slowly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
