/* SPDX-License-Identifier: BSD-2-Clause */
#include "startups.h"

#include "exact.h"

static const struct adit_max_startups standard = { .start = 10, .rate = 30, .full = 100 };

/* Of the hundred dice, how many would have the connection dropped. */
static unsigned dropped_of_100(unsigned pending, const struct adit_max_startups *max)
{
    unsigned dropped = 0;

    for (uint32_t random = 0; random < 100; random++) {
        struct adit_startups startups = { .dropped = 0 };

        atomic_init(&startups.pending, pending);
        dropped += !adit_startups_admit(&startups, max, random);
    }
    return dropped;
}

static void the_chance_to_be_dropped_rises_from_start_to_full(void **state)
{
    static const struct {
        unsigned pending;
        unsigned dropped;
    } cases[] = {
        { 0, 0 }, { 9, 0 }, { 10, 30 }, { 55, 65 }, { 99, 99 }, { 100, 100 }, { 1000, 100 },
    };
    static const struct adit_max_startups strict = { .start = 3, .rate = 100, .full = 3 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        assert_int_equal(dropped_of_100(cases[i].pending, &standard), cases[i].dropped);
    assert_int_equal(dropped_of_100(2, &strict), 0);
    assert_int_equal(dropped_of_100(3, &strict), 100);
}

static void a_slot_is_held_from_admission_to_release_and_drops_hold_none(void **state)
{
    struct adit_startups startups = { 0 };

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        assert_true(adit_startups_admit(&startups, &standard, 99));
    assert_int_equal(startups.pending, 100);
    assert_false(adit_startups_admit(&startups, &standard, 99));
    assert_int_equal(startups.pending, 100);
    assert_int_equal(startups.dropped, 1);
    for (unsigned i = 0; i < 100; i++)
        adit_startups_release(&startups);
    assert_int_equal(startups.pending, 0);
    adit_startups_take(&startups); /* one that nobody may drop */
    assert_int_equal(startups.pending, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chance_to_be_dropped_rises_from_start_to_full),
        cmocka_unit_test(a_slot_is_held_from_admission_to_release_and_drops_hold_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
