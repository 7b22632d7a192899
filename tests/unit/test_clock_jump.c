/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/clock_jump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_is_more_than_a_busy_machine_is_a_sleep(void **state)
{
    static const struct {
        uint64_t before_ms;
        uint64_t now_ms;
        uint64_t gone_ms;
    } cases[] = {
        { 1000, 2000, 0 },    { 1000, 1000, 0 },       { 1000, 6000, 0 },
        { 1000, 6001, 4001 }, { 0, 3600000, 3599000 }, { 2000, 1000, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(adit_clock_gone_ms(cases[i].before_ms, cases[i].now_ms), cases[i].gone_ms);
}

static void jumped(void *arg, uint64_t gone_ms)
{
    (void)gone_ms;
    *(bool *)arg = true;
}

static void nobody_is_told_of_nothing(void **state)
{
    struct adit_clock_watch *watch;
    struct adit_loop *loop;
    bool told = false;

    (void)state;
    assert_int_equal(adit_loop_new(&loop), ADIT_OK);
    assert_int_equal(adit_clock_watch_new(loop, jumped, &told, &watch), ADIT_OK);
    adit_clock_watch_free(watch);
    adit_clock_watch_free(NULL);
    adit_loop_free(loop);
    assert_false(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_more_than_a_busy_machine_is_a_sleep),
        cmocka_unit_test(nobody_is_told_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
