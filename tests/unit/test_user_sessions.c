/* SPDX-License-Identifier: BSD-2-Clause */
#include "user_sessions.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MANY = 3000 };

static struct adit_user_sessions table;

static int set_up(void **state)
{
    (void)state;
    adit_user_sessions_init(&table);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    adit_user_sessions_clear(&table);
    return 0;
}

static void each_user_has_as_many_as_the_limit_allows(void **state)
{
    static const char *const users[] = { "cassie", "cass", "cassie2", "" };
    struct adit_user_session sessions[ADIT_ARRAY_LEN(users)][4];

    (void)state;
    for (size_t u = 0; u < ADIT_ARRAY_LEN(users); u++) {
        for (size_t i = 0; i < 4; i++) {
            adit_user_session_init(&sessions[u][i]);
            assert_int_equal(adit_user_session_enter(&table, &sessions[u][i], users[u], 3), i < 3);
        }
    }
    for (size_t u = 0; u < ADIT_ARRAY_LEN(users); u++) {
        adit_user_session_leave(&table, &sessions[u][3]); /* never entered */
        assert_false(adit_user_session_enter(&table, &sessions[u][3], users[u], 3));
        adit_user_session_leave(&table, &sessions[u][1]);
        adit_user_session_leave(&table, &sessions[u][1]); /* twice gives one place */
        assert_true(adit_user_session_enter(&table, &sessions[u][3], users[u], 3));
        assert_false(adit_user_session_enter(&table, &sessions[u][1], users[u], 3));
    }
}

/* Those that came without a limit count when there is one. */
static void a_limit_may_come_later(void **state)
{
    static struct adit_user_session sessions[MANY];
    struct adit_user_session next;

    (void)state;
    adit_user_session_init(&next);
    for (size_t i = 0; i < MANY; i++) {
        adit_user_session_init(&sessions[i]);
        assert_true(adit_user_session_enter(&table, &sessions[i], "cassie", 0));
    }
    assert_false(adit_user_session_enter(&table, &next, "cassie", 1));
    assert_false(adit_user_session_enter(&table, &next, "cassie", MANY));
    for (size_t i = 0; i < MANY; i++)
        adit_user_session_leave(&table, &sessions[i]);
    assert_true(adit_user_session_enter(&table, &next, "cassie", 1));
    adit_user_session_leave(&table, &next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_user_has_as_many_as_the_limit_allows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_limit_may_come_later, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
