/* SPDX-License-Identifier: BSD-2-Clause */
#include "exact.h"
#include "net/proxy_env.h"

#include <stdlib.h>

static void forget_all(void)
{
    static const char *const names[] = { "HTTPS_PROXY", "https_proxy", "ALL_PROXY",
                                         "all_proxy",   "NO_PROXY",    "no_proxy" };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++)
        assert_int_equal(unsetenv(names[i]), 0);
}

static void check(const char *wanted)
{
    char url[ADIT_PROXY_ENV_SIZE];
    const char *variable;

    if (!adit_proxy_from_environment("gw.example.com", url, &variable))
        assert_null(wanted);
    else if (wanted == NULL)
        fail_msg("%s", url);
    else
        assert_string_equal(url, wanted);
}

static void the_first_variable_that_says_something_counts(void **state)
{
    (void)state;
    forget_all();
    check(NULL);
    assert_int_equal(setenv("all_proxy", "socks5://d", 1), 0);
    check("socks5://d");
    assert_int_equal(setenv("ALL_PROXY", "socks5://c", 1), 0);
    check("socks5://c");
    assert_int_equal(setenv("https_proxy", "b:3128", 1), 0);
    check("http://b:3128");
    assert_int_equal(setenv("HTTPS_PROXY", "http://a:3128", 1), 0);
    check("http://a:3128");
    assert_int_equal(setenv("HTTPS_PROXY", "", 1), 0);
    check("http://b:3128");
    assert_int_equal(setenv("NO_PROXY", "localhost, .example.com", 1), 0);
    check(NULL);
}

static void a_value_that_is_too_long_is_none(void **state)
{
    char value[ADIT_PROXY_ENV_SIZE];
    const char *variable;

    (void)state;
    forget_all();
    memset(value, 'a', sizeof value);
    value[sizeof value - sizeof "http://"] = '\0';
    assert_int_equal(setenv("HTTPS_PROXY", value, 1), 0);
    assert_true(adit_proxy_from_environment("gw", (char[ADIT_PROXY_ENV_SIZE]){ 0 }, &variable));
    assert_string_equal(variable, "HTTPS_PROXY");
    value[sizeof value - sizeof "http://"] = 'a';
    value[sizeof value - sizeof "http://" + 1] = '\0';
    assert_int_equal(setenv("HTTPS_PROXY", value, 1), 0);
    check(NULL);
}

static void hosts_are_exempt_by_name_or_by_the_end_of_it(void **state)
{
    static const struct {
        const char *list;
        const char *host;
        bool is_exempt;
    } rows[] = {
        { "", "gw", false },
        { "gw", "gw", true },
        { "GW", "gw", true },
        { "gw", "gw2", false },
        { "gw", "agw", false },
        { "example.com", "gw.example.com", true },
        { ".example.com", "gw.example.com", true },
        { ".example.com", "example.com", true },
        { "example.com", "notexample.com", false },
        { "other, gw ,", "gw", true },
        { "*", "gw", true },
        { ",", "gw", false },
        { ".", "gw", false },
        { "10.0.0.7", "10.0.0.7", true },
        { "longer.than.gw", "gw", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++)
        if (adit_proxy_is_exempt(rows[i].list, rows[i].host) != rows[i].is_exempt)
            fail_msg("%s in \"%s\"", rows[i].host, rows[i].list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_variable_that_says_something_counts),
        cmocka_unit_test(a_value_that_is_too_long_is_none),
        cmocka_unit_test(hosts_are_exempt_by_name_or_by_the_end_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
