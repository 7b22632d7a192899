/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/deadline.h"

#include "exact.h"

static void what_is_too_long_to_be_said_is_never(void **state)
{
    static const struct {
        uint64_t now_ms;
        uint64_t wait_ms;
        uint64_t due_ms;
    } cases[] = {
        { 0, 0, 0 },
        { 0, 1, 1 },
        { 1000, 0, 1000 },
        { 1000, 30000, 31000 },
        { 0, UINT64_MAX, UINT64_MAX },
        { 1000, UINT64_MAX, UINT64_MAX },
        { 1000, UINT64_MAX - 1000, UINT64_MAX },
        { 1000, UINT64_MAX - 1001, UINT64_MAX - 1 },
        { 1000, UINT64_MAX - 999, UINT64_MAX },
        { UINT64_MAX, 0, UINT64_MAX },
        { UINT64_MAX, 1, UINT64_MAX },
        { UINT64_MAX, UINT64_MAX, UINT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(adit_deadline(cases[i].now_ms, cases[i].wait_ms) == cases[i].due_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_long_to_be_said_is_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
