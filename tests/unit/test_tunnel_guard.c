/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

static void without_a_list_everybody_may(void **state)
{
    const struct adit_tunnel_settings settings = { 0 };
    struct adit_guard guard;

    (void)state;
    assert_int_equal(adit_guard_init(&guard, &settings, NULL), ADIT_OK);
    assert_true(adit_guard_has(&guard, 0));
    assert_true(adit_guard_has(&guard, UINT32_MAX));
}

static void users_have_names_and_numbers(void **state)
{
    const struct adit_tunnel_settings settings = {
        .forward_allow_users = { "root", "4294967294", "self" },
        .forward_allow_user_count = 3,
    };
    struct adit_guard guard;

    (void)state;
    assert_int_equal(adit_guard_init(&guard, &settings, NULL), ADIT_OK);
    assert_true(adit_guard_has(&guard, 0));
    assert_true(adit_guard_has(&guard, UINT32_MAX - 1));
    assert_true(adit_guard_has(&guard, geteuid()));
    assert_false(adit_guard_has(&guard, UINT32_MAX));
    assert_false(adit_guard_has(&guard, geteuid() + 1));
}

static void a_user_whom_nobody_knows_is_an_error(void **state)
{
    static const char *const names[] = { "no-such-user", "", "4294967296", "-1", "Self", "root " };
    struct adit_tunnel_settings settings = { .forward_allow_user_count = 1 };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct adit_failure failure;
        struct adit_guard guard;
        char wanted[128];

        settings.forward_allow_users[0] = names[i];
        assert_int_equal(adit_guard_init(&guard, &settings, &failure), ADIT_ERR_USAGE);
        (void)snprintf(wanted, sizeof wanted,
                       "client side: ForwardAllowUsers: there is no user \"%s\"", names[i]);
        assert_string_equal(failure.text, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_list_everybody_may),
        cmocka_unit_test(users_have_names_and_numbers),
        cmocka_unit_test(a_user_whom_nobody_knows_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
