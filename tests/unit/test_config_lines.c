/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/lines.h"

#include "exact.h"

#include <stdio.h>

/* Splits an exactly sized copy and shows it as "keyword|word|word". */
static enum adit_err split(const char *text, size_t len, char *shown, size_t size)
{
    struct adit_config_line *line = malloc(sizeof *line);
    const struct adit_span copy = exact_copy(text, len);
    const char *why = NULL;
    enum adit_err err;
    size_t at;

    assert_non_null(line);
    err = adit_config_line_split(copy, line, &why);
    if (err) {
        assert_non_null(why);
        (void)snprintf(shown, size, "%s", why);
    } else {
        at = (size_t)snprintf(shown, size, "%.*s", (int)line->keyword.len,
                              line->keyword.len ? (const char *)line->keyword.data : "");
        for (size_t i = 0; i < line->arg_count; i++)
            at += (size_t)snprintf(shown + at, size - at, "|%.*s", (int)line->args[i].len,
                                   (const char *)line->args[i].data);
    }
    exact_free(copy);
    free(line);
    return err;
}

static void a_line_becomes_a_keyword_and_words(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } rows[] = {
        { "", "" },
        { "   \t ", "" },
        { "# comment", "" },
        { "  # comment", "" },
        { "Port 22", "Port|22" },
        { "Port=22", "Port|22" },
        { "Port = 22", "Port|22" },
        { "Port =22", "Port|22" },
        { "Port= 22", "Port|22" },
        { "\tPort\t22\t\r", "Port|22" },
        { "Port", "Port" },
        { "Port=", "Port" },
        { "SetEnv a=b =c", "SetEnv|a=b|=c" },
        { "Port==22", "Port|=22" },
        { "Host a b c", "Host|a|b|c" },
        { "Host a # b", "Host|a" },
        { "Host a#b", "Host|a#b" },
        { "Host \"#a\" '#b'", "Host|#a|#b" },
        { "IdentityFile \"a b\"", "IdentityFile|a b" },
        { "IdentityFile 'a b'", "IdentityFile|a b" },
        { "IdentityFile=\"a b\"", "IdentityFile|a b" },
        { "IdentityFile a\\ b", "IdentityFile|a b" },
        { "IdentityFile \"a\\ b\"", "IdentityFile|a\\ b" },
        { "IdentityFile a\"b c\"d'e f'", "IdentityFile|ab cde f" },
        { "IdentityFile \"it's\" 'a \"b\"'", "IdentityFile|it's|a \"b\"" },
        { "IdentityFile \"a\\\"b\" \\'c \\\\d", "IdentityFile|a\"b|'c|\\d" },
        { "IdentityFile a\\b \\", "IdentityFile|a\\b|\\" },
        { "User \"\" ''", "User||" },
    };
    char shown[256];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        assert_int_equal(split(rows[i].text, strlen(rows[i].text), shown, sizeof shown), ADIT_OK);
        assert_string_equal(shown, rows[i].shown);
    }
}

static void broken_lines_are_refused(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *why;
    } rows[] = {
        { "User \"a", 7, "a quote has no end" },
        { "User 'a\"", 8, "a quote has no end" },
        { "User a\\\"b\"", 10, "a quote has no end" },
        { "User \"a\\\"", 9, "a quote has no end" },
        { "= 22", 4, "no keyword before \"=\"" },
        { "User a\0b", 8, "a NUL byte or line break inside the line" },
        { "\0", 1, "a NUL byte or line break inside the line" },
        { "# \0", 3, "a NUL byte or line break inside the line" },
        { "User a\nPort 1", 13, "a NUL byte or line break inside the line" },
    };
    char shown[256];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        assert_int_equal(split(rows[i].text, rows[i].len, shown, sizeof shown), ADIT_ERR_FORMAT);
        assert_string_equal(shown, rows[i].why);
    }
}

static void every_truncation_reads_no_byte_too_far(void **state)
{
    static const char text[] = "IdentityFile = \"a \\\"b\" 'c d'e\\ f \\\\ # end";
    char shown[256];

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        const enum adit_err err = split(text, len, shown, sizeof shown);
        assert_true(err == ADIT_OK || err == ADIT_ERR_FORMAT);
    }
}

/* Lengths at the limit and one over. */
static void lines_and_words_have_limits(void **state)
{
    struct adit_config_line *line = malloc(sizeof *line);
    uint8_t *text = malloc(ADIT_CONFIG_LINE_MAX + 1);
    const char *why = NULL;

    (void)state;
    assert_non_null(line);
    assert_non_null(text);
    memset(text, 'a', ADIT_CONFIG_LINE_MAX + 1);
    text[1] = ' ';
    assert_int_equal(adit_config_line_split(adit_span_of(text, ADIT_CONFIG_LINE_MAX), line, &why),
                     ADIT_OK);
    assert_int_equal(line->args[0].len, ADIT_CONFIG_LINE_MAX - 2);
    assert_int_equal(
        adit_config_line_split(adit_span_of(text, ADIT_CONFIG_LINE_MAX + 1), line, &why),
        ADIT_ERR_LIMIT);

    for (size_t i = 1; i < ADIT_CONFIG_LINE_MAX; i += 2)
        text[i] = ' ';
    assert_int_equal(
        adit_config_line_split(adit_span_of(text, 2 * ADIT_CONFIG_ARGS_MAX + 1), line, &why),
        ADIT_OK);
    assert_int_equal(line->arg_count, ADIT_CONFIG_ARGS_MAX);
    assert_int_equal(
        adit_config_line_split(adit_span_of(text, 2 * ADIT_CONFIG_ARGS_MAX + 3), line, &why),
        ADIT_ERR_LIMIT);
    free(text);
    free(line);
}

static void text_is_cut_at_newlines(void **state)
{
    struct adit_span rest = adit_span_text("a\n\nb");
    struct adit_span line;

    (void)state;
    assert_true(adit_config_line_next(&rest, &line));
    assert_span_is(line, "a");
    assert_true(adit_config_line_next(&rest, &line));
    assert_span_is(line, "");
    assert_true(adit_config_line_next(&rest, &line));
    assert_span_is(line, "b");
    assert_false(adit_config_line_next(&rest, &line));

    rest = adit_span_text("a\n");
    assert_true(adit_config_line_next(&rest, &line));
    assert_false(adit_config_line_next(&rest, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_becomes_a_keyword_and_words),
        cmocka_unit_test(broken_lines_are_refused),
        cmocka_unit_test(every_truncation_reads_no_byte_too_far),
        cmocka_unit_test(lines_and_words_have_limits),
        cmocka_unit_test(text_is_cut_at_newlines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
