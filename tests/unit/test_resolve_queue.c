/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/resolve_queue.h"

#include "exact.h"

#include <stdint.h>

enum { MANY = 2 * ADIT_LOOK_UPS_MAX, HALF = ADIT_LOOK_UPS_MAX / 2 };

struct look_up {
    struct adit_resolve_place place;
    uint64_t asker;
};

static struct adit_resolve_queue queue;

static int begin(void **state)
{
    (void)state;
    adit_resolve_queue_init(&queue);
    return 0;
}

static void ask(struct look_up *look_ups, size_t count, uint64_t asker)
{
    for (size_t i = 0; i < count; i++) {
        look_ups[i].asker = asker;
        assert_int_equal(adit_resolve_queue_add(&queue, asker, &look_ups[i].place), ADIT_OK);
        assert_true(adit_resolve_place_waits(&look_ups[i].place));
    }
}

/* Takes the next one, which is to be this asker's. */
static struct look_up *take_of(uint64_t asker)
{
    struct adit_resolve_place *place;
    struct look_up *next = NULL;

    assert_true(adit_resolve_queue_is_ready(&queue));
    place = adit_resolve_queue_take(&queue);
    assert_non_null(place);
    next = ADIT_LIST_ENTRY(place, struct look_up, place);
    assert_int_equal(next->asker, asker);
    assert_false(adit_resolve_place_waits(&next->place));
    return next;
}

static void assert_none_may_begin(void)
{
    assert_false(adit_resolve_queue_is_ready(&queue));
    assert_null(adit_resolve_queue_take(&queue));
}

static void assert_empty(void)
{
    assert_none_may_begin();
    assert_null(adit_resolve_queue_drop(&queue));
    assert_true(adit_list_is_empty(&queue.askers)); /* nobody is remembered */
}

static void who_asks_alone_has_half_of_them(void **state)
{
    struct look_up many[MANY];
    struct look_up *taken[MANY];
    struct look_up other;
    size_t ended = 0;

    (void)state;
    ask(many, MANY, 7);
    for (size_t i = 0; i < HALF; i++)
        taken[i] = take_of(7);
    assert_none_may_begin();
    ask(&other, 1, 8); /* who does not wait behind them */
    adit_resolve_queue_ended(&queue, &take_of(8)->place);
    assert_none_may_begin();
    for (size_t i = HALF; i < MANY; i++) {
        adit_resolve_queue_ended(&queue, &taken[ended++]->place);
        taken[i] = take_of(7);
        assert_ptr_equal(taken[i], &many[i]); /* in their order */
        assert_none_may_begin();
    }
    while (ended < MANY)
        adit_resolve_queue_ended(&queue, &taken[ended++]->place);
    assert_empty();
}

/* However many names one of them asks for, the next has something left. */
static void each_leaves_as_many_as_it_has(void **state)
{
    struct look_up of[3][MANY];
    struct look_up *taken[ADIT_LOOK_UPS_MAX];
    size_t count = 0;

    (void)state;
    for (unsigned asker = 1; asker <= 3; asker++) {
        ask(of[asker - 1], MANY, asker);
        for (size_t i = 0; i < (size_t)(ADIT_LOOK_UPS_MAX >> asker); i++)
            taken[count++] = take_of(asker);
        assert_none_may_begin();
    }
    while (adit_resolve_queue_drop(&queue)) {
    }
    while (count)
        adit_resolve_queue_ended(&queue, &taken[--count]->place);
    assert_empty();
}

static void nobody_in_particular_may_have_all_of_them(void **state)
{
    struct look_up many[MANY];
    struct look_up *taken[ADIT_LOOK_UPS_MAX];

    (void)state;
    ask(many, MANY, 0);
    for (size_t i = 0; i < ADIT_LOOK_UPS_MAX; i++)
        taken[i] = take_of(0);
    assert_none_may_begin();
    while (adit_resolve_queue_drop(&queue)) {
    }
    for (size_t i = 0; i < ADIT_LOOK_UPS_MAX; i++)
        adit_resolve_queue_ended(&queue, &taken[i]->place);
    assert_empty();
}

static void who_has_the_fewest_is_next_and_equals_take_turns(void **state)
{
    static const uint64_t order[] = { 1, 1, 1, 2, 3, 2, 3, 2, 3, 1, 2, 3 };
    struct look_up of[4][5];
    struct look_up *taken[sizeof order / sizeof order[0]];

    (void)state;
    ask(of[1], 5, 1);
    for (size_t i = 0; i < 3; i++)
        taken[i] = take_of(order[i]);
    ask(of[2], 5, 2);
    ask(of[3], 5, 3);
    for (size_t i = 3; i < ADIT_ARRAY_LEN(order); i++)
        taken[i] = take_of(order[i]);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(order); i++)
        adit_resolve_queue_ended(&queue, &taken[i]->place);
    while (adit_resolve_queue_drop(&queue)) {
    }
    assert_empty();
}

static void one_that_waits_may_leave(void **state)
{
    struct look_up some[3];
    struct look_up *taken;

    (void)state;
    ask(some, 3, 7);
    adit_resolve_place_leave(&some[1].place);
    assert_false(adit_resolve_place_waits(&some[1].place));
    taken = take_of(7);
    assert_ptr_equal(taken, &some[0]);
    adit_resolve_place_leave(&some[2].place);
    assert_none_may_begin();
    assert_false(adit_list_is_empty(&queue.askers)); /* one is under way */
    adit_resolve_queue_ended(&queue, &taken->place);
    assert_empty();
    ask(some, 1, 7);
    adit_resolve_place_leave(&some[0].place);
    assert_empty();
}

static void all_that_wait_may_be_dropped(void **state)
{
    struct look_up some[3][2];
    struct look_up *taken;
    size_t dropped = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        ask(some[i], 2, i);
    taken = take_of(0);
    while (adit_resolve_queue_drop(&queue))
        dropped++;
    assert_int_equal(dropped, 5);
    assert_none_may_begin();
    adit_resolve_queue_ended(&queue, &taken->place);
    assert_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(who_asks_alone_has_half_of_them, begin),
        cmocka_unit_test_setup(each_leaves_as_many_as_it_has, begin),
        cmocka_unit_test_setup(nobody_in_particular_may_have_all_of_them, begin),
        cmocka_unit_test_setup(who_has_the_fewest_is_next_and_equals_take_turns, begin),
        cmocka_unit_test_setup(one_that_waits_may_leave, begin),
        cmocka_unit_test_setup(all_that_wait_may_be_dropped, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
