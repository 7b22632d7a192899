/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/destination.h"

#include <string.h>

static const struct {
    const char *word;
    struct adit_destination wanted;
} good[] = {
    { "gw", { "", "gw", "" } },
    { "::1", { "", "::1", "" } },
    { "gw:22", { "", "gw:22", "" } }, /* no port outside of a URI, as with ssh */
    { "u@gw", { "u", "gw", "" } },
    { "u@corp@gw", { "u@corp", "gw", "" } },
    { "ssh://gw", { "", "gw", "" } },
    { "ssh://gw/", { "", "gw", "" } },
    { "ssh://u@gw:2222", { "u", "gw", "2222" } },
    { "ssh://u@gw:2222/", { "u", "gw", "2222" } },
    { "ssh://[::1]", { "", "::1", "" } },
    { "ssh://u@[fe80::1%eth0]:22", { "u", "fe80::1%eth0", "22" } },
};

static void good_destinations_are_split(void **state)
{
    struct adit_destination out;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!adit_destination_parse(&out, good[i].word))
            fail_msg("%s", good[i].word);
        assert_string_equal(out.user, good[i].wanted.user);
        assert_string_equal(out.host, good[i].wanted.host);
        assert_string_equal(out.port, good[i].wanted.port);
    }
}

static void bad_destinations_are_refused(void **state)
{
    static const char *const words[] = {
        "",
        "@gw",
        "u@",
        "-gw",
        "u@-gw",
        "ssh://",
        "ssh://u@",
        "ssh://gw:",
        "ssh://gw:/",
        "ssh://:22",
        "ssh://[::1",
        "ssh://[]:22",
        "ssh://[::1]x",
        "ssh://gw/path",
        "ssh://gw:22/path",
        "ssh://@gw",
        "ssh://-x@-gw",
        "ssh://gw:12345678",
    };
    struct adit_destination out;

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (adit_destination_parse(&out, words[i]))
            fail_msg("%s", words[i]);
}

static void names_that_do_not_fit_are_refused(void **state)
{
    struct adit_destination out;
    char word[2 * sizeof out.host];

    (void)state;
    memset(word, 'a', sizeof word);
    word[sizeof out.host - 1] = '\0';
    assert_true(adit_destination_parse(&out, word));
    word[sizeof out.host - 1] = 'a';
    word[sizeof out.host] = '\0';
    assert_false(adit_destination_parse(&out, word));
    word[sizeof out.user] = '@';
    word[sizeof out.user + 2] = '\0';
    assert_false(adit_destination_parse(&out, word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_destinations_are_split),
        cmocka_unit_test(bad_destinations_are_refused),
        cmocka_unit_test(names_that_do_not_fit_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
