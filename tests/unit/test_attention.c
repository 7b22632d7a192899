/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/attention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SHORT_US = 50, LONG_US = 2000 };

static void nothing_is_looked_for_unless_something_went_by(void **state)
{
    struct adit_attention a = { 0 };

    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_false(adit_attention_looks(&a));
        adit_attention_slept(&a, SHORT_US);
    }
}

/* One short sleep after a message shows that it is worth while; two waits are paid by each. */
static void it_begins_with_a_short_sleep_and_ends_with_the_messages(void **state)
{
    struct adit_attention a = { 0 };

    (void)state;
    adit_attention_pay(&a, 0);
    assert_false(adit_attention_looks(&a));
    adit_attention_slept(&a, SHORT_US);
    assert_true(adit_attention_looks(&a));
    adit_attention_looked(&a, true);
    assert_false(adit_attention_looks(&a)); /* the next one has to be paid for */
    adit_attention_pay(&a, 0);
    for (int i = 0; i < 2; i++) {
        assert_true(adit_attention_looks(&a));
        adit_attention_looked(&a, true);
    }
    assert_false(adit_attention_looks(&a));
}

static void slow_answers_are_slept_for(void **state)
{
    struct adit_attention a = { 0 };

    (void)state;
    for (int i = 0; i < 100; i++) {
        adit_attention_pay(&a, 0);
        assert_false(adit_attention_looks(&a));
        adit_attention_slept(&a, LONG_US);
    }
}

/* However lucky it was, a few looks in vain end it. */
static void looks_in_vain_are_counted(void **state)
{
    struct adit_attention a = { 0 };
    unsigned in_vain = 0;

    (void)state;
    adit_attention_pay(&a, 0);
    adit_attention_slept(&a, SHORT_US);
    for (int i = 0; i < 100; i++) {
        adit_attention_pay(&a, 0);
        assert_true(adit_attention_looks(&a));
        adit_attention_looked(&a, true);
    }
    for (int i = 0; i < 100; i++) {
        adit_attention_pay(&a, 0);
        if (adit_attention_looks(&a)) {
            adit_attention_looked(&a, false);
            in_vain++;
        } else {
            adit_attention_slept(&a, LONG_US);
        }
    }
    assert_in_range(in_vain, 1, 8);
}

static void bulk_takes_the_processors(void **state)
{
    struct adit_attention a = { 0 };

    (void)state;
    adit_attention_pay(&a, 1000);
    adit_attention_slept(&a, SHORT_US);
    adit_attention_pay(&a, 1000);
    assert_true(adit_attention_looks(&a));
    adit_attention_yield(&a, 1000);
    assert_false(adit_attention_looks(&a));
    adit_attention_pay(&a, 1050);
    assert_false(adit_attention_looks(&a));
    adit_attention_pay(&a, 1100);
    assert_true(adit_attention_looks(&a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_looked_for_unless_something_went_by),
        cmocka_unit_test(it_begins_with_a_short_sleep_and_ends_with_the_messages),
        cmocka_unit_test(slow_answers_are_slept_for),
        cmocka_unit_test(looks_in_vain_are_counted),
        cmocka_unit_test(bulk_takes_the_processors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
