/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/methods.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Methods by a letter: k publickey, i keyboard-interactive, p password. */
static enum adit_method method(char letter)
{
    if (letter == 'k')
        return ADIT_METHOD_PUBLICKEY;
    return letter == 'i' ? ADIT_METHOD_INTERACTIVE : ADIT_METHOD_PASSWORD;
}

/* U7: what can continue is said after each success, and only those may be tried. */
static void methods_are_walked_in_the_order_of_their_lists(void **state)
{
    static const struct {
        const char *lists[3];
        const char *offered;
        const char *done;
        const char *next;
        bool enough; /* the last of `done` */
    } cases[] = {
        { { NULL }, "kp", "", "publickey,password", false },
        { { NULL }, "kip", "", "publickey,keyboard-interactive,password", false },
        { { NULL }, "k", "k", "publickey", true },
        { { "publickey,password" }, "kp", "", "publickey", false },
        { { "publickey,password" }, "kp", "k", "password", false },
        { { "publickey,password" }, "kp", "kp", "", true },
        { { "publickey,password" }, "kp", "p", "", false },
        { { "publickey,password", "publickey,keyboard-interactive" },
          "kip",
          "k",
          "keyboard-interactive,password",
          false },
        { { "publickey,password", "publickey,keyboard-interactive" }, "kip", "ki", "", true },
        { { "publickey,password", "password" }, "kp", "", "publickey,password", false },
        { { "publickey,password", "password" }, "kp", "p", "", true },
        { { "publickey,publickey" }, "k", "k", "publickey", false },
        { { "publickey,publickey" }, "k", "kk", "", true },
        { { "publickey,password" }, "k", "k", "", false }, /* not offered: never enough */
        { { "publickey", "publickey,password" }, "kp", "k", "password", true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_methods m = { .lists = cases[i].lists };
        char text[ADIT_METHODS_TEXT_SIZE];
        bool enough = false;

        while (m.list_count < 3 && cases[i].lists[m.list_count])
            m.list_count++;
        for (const char *c = cases[i].offered; *c; c++)
            m.offered[method(*c)] = true;
        for (const char *c = cases[i].done; *c; c++)
            enough = adit_methods_succeed(&m, method(*c));
        assert_string_equal(adit_methods_text(&m, text), cases[i].next);
        assert_int_equal(enough, cases[i].enough);
    }
}

static void no_list_is_longer_than_what_is_remembered(void **state)
{
    static const char *const endless[] = {
        "publickey,publickey,publickey,publickey,publickey,publickey,publickey,publickey,publickey"
    };
    struct adit_methods m = { .offered = { true }, .lists = endless, .list_count = 1 };

    (void)state;
    assert_false(adit_methods_list_ok(endless[0]));
    assert_true(adit_methods_list_ok(endless[0] + sizeof "publickey"));
    for (unsigned i = 0; i < 20; i++)
        assert_false(adit_methods_succeed(&m, ADIT_METHOD_PUBLICKEY));
}

static void lists_of_other_names_are_none(void **state)
{
    static const char *const bad[] = { "",
                                       "any",
                                       "hostbased",
                                       "publickey,",
                                       ",password",
                                       "publickey,,password",
                                       "keyboard-interactive:pam",
                                       "PublicKey",
                                       "none" };

    (void)state;
    assert_true(adit_methods_list_ok("publickey,keyboard-interactive,password"));
    for (size_t i = 0; i < ADIT_ARRAY_LEN(bad); i++)
        assert_false(adit_methods_list_ok(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_walked_in_the_order_of_their_lists),
        cmocka_unit_test(no_list_is_longer_than_what_is_remembered),
        cmocka_unit_test(lists_of_other_names_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
