/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/password_lines.h"

#include "exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char file[] = "# root:$1$no\n"
                           "first:$5$a\r\n"
                           "nobody\n"
                           "locked:!\n"
                           "alice:$y$b:c\n"
                           "alice:$6$second";

static void assert_found(const char *user, const char *hash, bool known)
{
    bool is_known;
    const struct adit_span found = adit_password_hash_find(adit_span_text(file), user, &is_known);

    assert_int_equal(is_known, known);
    assert_true(adit_span_is(found, hash));
}

static void the_first_line_of_a_user_counts(void **state)
{
    (void)state;
    assert_found("first", "$5$a", true);
    assert_found("alice", "$y$b:c", true);
}

/* U12: some hash stands in for those who have none. */
static void who_has_no_hash_gets_the_first_one(void **state)
{
    static const char *const users[] = { "eve", "locked", "nobody", "root", "# root", "" };

    (void)state;
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
        assert_found(users[i], "$5$a", false);
}

static void a_file_without_a_hash_has_none(void **state)
{
    static const char *const files[] = { "", "\n", "alice", "alice:", "alice:x\n", "#a:$\n" };
    bool known;

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_int_equal(adit_password_hash_find(adit_span_text(files[i]), "alice", &known).len, 0);
        assert_false(known);
    }
}

/* Cut anywhere, in a block of exactly that size. */
static void a_truncated_file_is_read_to_its_end(void **state)
{
    static const char own[] = "alice:$";
    const size_t enough = (size_t)(strstr(file, own) - file) + strlen(own);

    (void)state;
    for (size_t len = 0; len < sizeof file; len++) {
        struct adit_span cut = exact_copy(file, len);
        bool known;

        (void)adit_password_hash_find(cut, "alice", &known);
        assert_int_equal(known, len >= enough);
        exact_free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_of_a_user_counts),
        cmocka_unit_test(who_has_no_hash_gets_the_first_one),
        cmocka_unit_test(a_file_without_a_hash_has_none),
        cmocka_unit_test(a_truncated_file_is_read_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
