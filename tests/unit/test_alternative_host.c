/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/alternative_host.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool parse(const char *word, struct adit_alternative_host *out)
{
    const size_t size = strlen(word) + 1;
    char *exact = malloc(size);
    bool ok;

    assert_non_null(exact);
    memcpy(exact, word, size);
    ok = adit_alternative_host_parse(exact, out);
    free(exact);
    return ok;
}

static void a_host_may_have_a_port(void **state)
{
    static const struct {
        const char *word;
        const char *host;
        uint16_t port;
    } cases[] = {
        { "gw2.example", "gw2.example", 0 },         { "gw2.example:1", "gw2.example", 1 },
        { "192.0.2.7:65535", "192.0.2.7", 65535 },   { "[::1]", "::1", 0 },
        { "[fe80::1%eth0]:22", "fe80::1%eth0", 22 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_alternative_host out;

        assert_true(parse(cases[i].word, &out));
        assert_string_equal(out.host, cases[i].host);
        assert_int_equal(out.port, cases[i].port);
    }
}

static void what_is_no_host_and_port_is_refused(void **state)
{
    static const char *const words[] = { "",
                                         ":22",
                                         "a:",
                                         "a:0",
                                         "a:65536",
                                         "a:1:2",
                                         "::1",
                                         "[::1",
                                         "[::1]22",
                                         "[]:22",
                                         "u@a",
                                         "ssh://a",
                                         "a/",
                                         "a:22/",
                                         "-a",
                                         "[-a]",
                                         "a:-1",
                                         "a:+1",
                                         "a: 1",
                                         "a:1a",
                                         "[::1]:a",
                                         "[::1]:",
                                         "a:000000000000022" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(words); i++) {
        struct adit_alternative_host out;

        if (parse(words[i], &out))
            fail_msg("\"%s\" is taken", words[i]);
    }
}

static void a_host_has_255_bytes_at_most(void **state)
{
    char word[400];
    struct adit_alternative_host out;

    (void)state;
    for (size_t len = 254; len < 400; len++) {
        memset(word, 'a', len);
        word[len < sizeof word ? len : sizeof word - 1] = '\0';
        assert_int_equal(parse(word, &out), len <= 255);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_may_have_a_port),
        cmocka_unit_test(what_is_no_host_and_port_is_refused),
        cmocka_unit_test(a_host_has_255_bytes_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
