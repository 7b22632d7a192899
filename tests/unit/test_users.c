/* SPDX-License-Identifier: BSD-2-Clause */
#include "users.h"

#include "exact.h"

static void only_names_that_are_safe_in_a_path_and_a_log_line_are_taken(void **state)
{
    static const struct {
        const char *name;
        bool ok;
    } cases[] = {
        { "tunnel", true },
        { "a", true },
        { "acme.db", true },
        { "a@b", true },
        { "J\xc3\xbcrgen", true },
        { "with space", true },
        { ".hidden", true },
        { "", false },
        { ".", false },
        { "..", false },
        { "a..b", false },
        { "../etc", false },
        { "a/b", false },
        { "/", false },
        { "-oProxy", false },
        { "a\nb", false },
        { "a\033b", false },
        { "a\x7f", false },
    };
    uint8_t name[65];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_span copy = exact_copy(cases[i].name, strlen(cases[i].name));

        if (adit_user_name_ok(copy) != cases[i].ok)
            fail_msg("case %zu", i);
        exact_free(copy);
    }
    memset(name, 'x', sizeof name);
    assert_true(adit_user_name_ok(adit_span_of(name, 64)));
    assert_false(adit_user_name_ok(adit_span_of(name, 65)));
    name[3] = '\0';
    assert_false(adit_user_name_ok(adit_span_of(name, 8)));
}

struct lists_case {
    const char *allow[2];
    const char *deny[2];
    const char *user;
    const char *address;
    bool allowed;
};

static size_t length(const char *const items[2])
{
    return items[0] == NULL ? 0 : items[1] == NULL ? 1 : 2;
}

static void users_are_allowed_by_lists_and_denied_before(void **state)
{
    struct lists_case cases[] = {
        { { NULL }, { NULL }, "any", "192.0.2.1", true },
        { { "tunnel" }, { NULL }, "tunnel", "192.0.2.1", true },
        { { "tunnel" }, { NULL }, "Tunnel", "192.0.2.1", false },
        { { "tunnel" }, { NULL }, "other", "192.0.2.1", false },
        { { "a", "tun*" }, { NULL }, "tunnel", "192.0.2.1", true },
        { { NULL }, { "root" }, "root", "192.0.2.1", false },
        { { NULL }, { "root" }, "tunnel", "192.0.2.1", true },
        { { "*" }, { "root" }, "root", "192.0.2.1", false },
        { { "tunnel@192.0.2.0/24" }, { NULL }, "tunnel", "192.0.2.1", true },
        { { "tunnel@192.0.2.0/24" }, { NULL }, "tunnel", "198.51.100.1", false },
        { { "tunnel@192.0.2.*" }, { NULL }, "tunnel", "192.0.2.77", true },
        { { "tunnel@10.0.0.0/8" }, { NULL }, "tunnel", "UNKNOWN", false },
        { { NULL }, { "*@192.0.2.1" }, "tunnel", "192.0.2.1", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct lists_case *c = &cases[i];
        const struct adit_sshd_config config = {
            .allow_users = { c->allow, length(c->allow) },
            .deny_users = { c->deny, length(c->deny) },
        };

        if (adit_user_allowed(&config, c->user, c->address) != c->allowed)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_names_that_are_safe_in_a_path_and_a_log_line_are_taken),
        cmocka_unit_test(users_are_allowed_by_lists_and_denied_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
