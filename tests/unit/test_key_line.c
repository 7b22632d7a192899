/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../apps/adit/key_command.h"
#include "../../apps/adit/key_formats.h"

#include <string.h>

enum { WORDS_MAX = 8 };

static bool parse(struct adit_key_line *line, unsigned command, const char *const *words)
{
    static char copies[WORDS_MAX][64];
    char *argv[WORDS_MAX + 1] = { NULL };
    int argc = 0;

    *line = (struct adit_key_line){ .command = command };
    argv[argc++] = copies[0];
    for (; *words; words++) {
        (void)snprintf(copies[argc], sizeof copies[argc], "%s", *words);
        argv[argc] = copies[argc];
        argc++;
    }
    return adit_key_line_parse(line, argc, argv);
}

static void options_have_letters_names_and_arguments(void **state)
{
    static const char *const lines[][WORDS_MAX] = {
        { "-t", "rsa", "-b", "4096", "file" },
        { "-trsa", "--bits=4096", "file" },
        { "file", "--type", "rsa", "-b4096" },
        { "-t", "rsa", "--bits", "4096", "--", "file" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct adit_key_line line;

        assert_true(parse(&line, ADIT_KEY_NEW, lines[i]));
        assert_string_equal(line.type, "rsa");
        assert_string_equal(line.bits, "4096");
        assert_int_equal(line.files.count, 1);
        assert_string_equal(line.files.items[0], "file");
        assert_null(line.force);
        assert_null(line.help);
    }
}

static void an_option_may_be_one_of_many(void **state)
{
    static const char *const words[] = {
        "--open", "a:1", "--open=b:2", "--listen", "3", "-", NULL
    };
    static const char *const dashes[] = { "--", "-t", "--help", NULL };
    struct adit_key_line line;

    (void)state;
    assert_true(parse(&line, ADIT_KEY_AUTHORIZE, words));
    assert_int_equal(line.open.count, 2);
    assert_string_equal(line.open.items[1], "b:2");
    assert_int_equal(line.listen.count, 1);
    assert_string_equal(line.files.items[0], "-");
    assert_true(parse(&line, ADIT_KEY_SHOW, dashes));
    assert_int_equal(line.files.count, 2);
    assert_string_equal(line.files.items[0], "-t");
    assert_null(line.help);
}

static void what_does_not_belong_is_refused(void **state)
{
    static const struct {
        unsigned command;
        const char *words[WORDS_MAX];
    } cases[] = {
        { ADIT_KEY_SHOW, { "-t", "rsa", "file" } },
        { ADIT_KEY_SHOW, { "--force", "file" } },
        { ADIT_KEY_NEW, { "-z", "file" } },
        { ADIT_KEY_NEW, { "--", "--", "-t" } },
        { ADIT_KEY_NEW, { "--typ", "rsa" } },
        { ADIT_KEY_NEW, { "--types", "rsa" } },
        { ADIT_KEY_NEW, { "--=x" } },
        { ADIT_KEY_NEW, { "file", "-t" } },
        { ADIT_KEY_NEW, { "file", "--type" } },
        { ADIT_KEY_NEW, { "--force=yes", "file" } },
        { ADIT_KEY_NEW, { "-hx", "file" } },
        { ADIT_KEY_NEW, { "-t", "rsa", "-t", "rsa", "file" } },
        { ADIT_KEY_NEW, { "--no-passphrase", "--passphrase-file", "x", "file" } },
        { ADIT_KEY_CONVERT, { "--no-passphrase", "--new-passphrase-file", "x", "file" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct adit_key_line line;
        const bool taken = parse(&line, cases[i].command, cases[i].words);

        assert_int_equal(taken, i == 3); /* behind "--" all are files */
    }
}

static void every_format_has_its_name(void **state)
{
    static const char *const names[] = { "openssh", "pem",    "pkcs8",  "ppk2",
                                         "ppk3",    "public", "rfc4716" };
    enum adit_key_format format;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(adit_key_format_find(names[i], &format));
        assert_int_equal(format, i);
        assert_string_equal(adit_key_format_words(format)->name, names[i]);
    }
    assert_true(adit_key_format_find("ppk", &format));
    assert_int_equal(format, ADIT_KEY_FORMAT_PPK3);
    assert_false(adit_key_format_find("", &format));
    assert_false(adit_key_format_find("ppk1", &format));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_have_letters_names_and_arguments),
        cmocka_unit_test(an_option_may_be_one_of_many),
        cmocka_unit_test(what_does_not_belong_is_refused),
        cmocka_unit_test(every_format_has_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
