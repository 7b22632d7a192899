/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include "exact.h"

static void what_is_shown_holds_no_control_bytes(void **state)
{
    static const struct {
        const char *bytes;
        const char *shown;
    } rows[] = {
        { "", "" },
        { "plain text, 100%", "plain text, 100%" },
        { "a\nb\r\tc", "a\\x0ab\\x0d\\x09c" },
        { "\x1b[31mred", "\\x1b[31mred" },
        { "back\\slash", "back\\x5cslash" },
        { "\x7f", "\\x7f" },
        { "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
        { "\xe2\x82\xac \xf0\x9f\x90\x9f", "\xe2\x82\xac \xf0\x9f\x90\x9f" },
        { "\xc3", "\\xc3" },                            /* cut short */
        { "\xc3(", "\\xc3(" },                          /* no second byte */
        { "\xc0\xaf", "\\xc0\\xaf" },                   /* longer than needed */
        { "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },          /* longer than needed */
        { "\xed\xa0\x80", "\\xed\\xa0\\x80" },          /* a surrogate */
        { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* over U+10FFFF */
        { "\xc2\x9b", "\\xc2\\x9b" },                   /* CSI as one letter */
        { "\xe2\x80\xae"
          "exe",
          "\\xe2\\x80\\xaeexe" }, /* right to left from here */
        { "\xfe\xff", "\\xfe\\xff" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span bytes = exact_copy(rows[i].bytes, strlen(rows[i].bytes));
        char out[128];

        assert_string_equal(adit_text_printable(bytes, out, sizeof out), rows[i].shown);
        exact_free(bytes);
    }
    {
        char out[16];
        assert_string_equal(adit_text_printable(adit_span_of("a\0b", 3), out, sizeof out),
                            "a\\x00b");
    }
}

/* All that Unicode calls Bidi_Control: a name would read as another one. */
static void no_mark_turns_the_direction_of_a_line(void **state)
{
    static const char *const marks[] = {
        "\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa",
        "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
        "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(marks); i++) {
        char out[16];

        (void)adit_text_printable(adit_span_text(marks[i]), out, sizeof out);
        assert_int_equal(strlen(out), 4 * strlen(marks[i]));
        assert_int_equal(out[0], '\\');
    }
}

static void what_does_not_fit_ends_in_dots(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *shown;
    } rows[] = {
        { "abcdef", 7, "abcdef" },
        { "abcdef", 6, "ab..." },
        { "abcdef", 4, "..." },
        { "abcdef", 3, "" },
        { "abcdef", 1, "" },
        { "a\n\n\n", 9, "a\\x0a..." },
        { "a\n\n\n", 8, "a..." },
        { "\xc3\xbc\xc3\xbc\xc3\xbc", 7, "\xc3\xbc\xc3\xbc\xc3\xbc" },
        { "\xc3\xbc\xc3\xbc\xc3\xbc", 6, "\xc3\xbc..." },
        { "\xc3\xbc\xc3\xbc\xc3\xbc", 5, "..." },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        char *out = malloc(rows[i].size);

        assert_non_null(out);
        adit_text_printable(adit_span_text(rows[i].bytes), out, rows[i].size);
        assert_string_equal(out, rows[i].shown);
        free(out);
    }
}

static void wildcards_match(void **state)
{
    static const struct {
        const char *pattern;
        const char *text;
        bool matches;
    } rows[] = {
        { "", "", true },
        { "", "a", false },
        { "*", "", true },
        { "*", "anything", true },
        { "?", "", false },
        { "?", "a", true },
        { "?", "ab", false },
        { "a*c", "ac", true },
        { "a*c", "abbbc", true },
        { "a*c", "abcd", false },
        { "*.example", "x.example", true },
        { "*.example", "example", false },
        { "**", "ab", true },
        { "a**b", "ab", true },
        { "*a*b*c*", "xxaxxbxxc", true },
        { "*a*b*c*", "xxaxxcxxb", false },
        { "a?c*", "abcde", true },
        { "*ab", "aab", true },
        { "*aab", "aaab", true },
        { "abc", "ab", false },
        { "ab", "abc", false },
        { "A", "a", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span pattern = exact_copy(rows[i].pattern, strlen(rows[i].pattern));
        const struct adit_span text = exact_copy(rows[i].text, strlen(rows[i].text));

        if (adit_text_matches(pattern, text, false) != rows[i].matches)
            fail_msg("pattern \"%s\", text \"%s\"", rows[i].pattern, rows[i].text);
        exact_free(text);
        exact_free(pattern);
    }
    assert_true(adit_text_matches(adit_span_text("DB?.*"), adit_span_text("db1.X"), true));
    assert_false(adit_text_matches(adit_span_text("[a"), adit_span_text("{A"), true));
}

static void many_stars_do_not_make_matching_exponential(void **state)
{
    char pattern[201];
    char text[2001];

    (void)state;
    for (size_t i = 0; i < 200; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[200] = 'b';
    memset(text, 'a', sizeof text);
    assert_false(adit_text_matches(adit_span_of(pattern, sizeof pattern),
                                   adit_span_of(text, sizeof text), false));
}

static void a_negated_pattern_stands_above_the_others(void **state)
{
    static const struct {
        const char *list;
        const char *text;
        int verdict;
    } rows[] = {
        { "a,b,c", "b", 1 }, { "a,b,c", "d", 0 }, { "*,!b", "b", -1 }, { "!b,*", "b", -1 },
        { "!b,*", "c", 1 },  { "!b", "c", 0 },    { "", "", 0 },       { ",,", "", 0 },
        { "!", "", 0 },      { "a,,b", "", 0 },   { "a, b", "b", 0 },  { "!*,a", "a", -1 },
        { "A*", "abc", 1 },  { "!!a", "!a", -1 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span list = exact_copy(rows[i].list, strlen(rows[i].list));
        const int verdict = adit_text_match_list(list, adit_span_text(rows[i].text), true);

        if (verdict != rows[i].verdict)
            fail_msg("\"%s\" of \"%s\": %d", rows[i].text, rows[i].list, verdict);
        exact_free(list);
    }
    assert_int_equal(adit_text_match_list(ADIT_SPAN_EMPTY, adit_span_text("a"), true), 0);
}

static void a_list_hands_out_its_names_also_empty_ones(void **state)
{
    struct adit_span list = adit_span_text("a,,bc,");
    struct adit_span name;

    (void)state;
    assert_true(adit_text_list_next(&list, &name));
    assert_span_is(name, "a");
    assert_true(adit_text_list_next(&list, &name));
    assert_span_is(name, "");
    assert_true(adit_text_list_next(&list, &name));
    assert_span_is(name, "bc");
    assert_true(adit_text_list_next(&list, &name));
    assert_span_is(name, "");
    assert_false(adit_text_list_next(&list, &name));
    assert_false(adit_text_list_next(&list, &name));
}

static void a_list_has_whole_names_only(void **state)
{
    const struct adit_span list = adit_span_text("ssh-rsa,ssh-ed25519,");

    (void)state;
    assert_true(adit_text_list_has(list, adit_span_text("ssh-rsa")));
    assert_true(adit_text_list_has(list, adit_span_text("ssh-ed25519")));
    assert_false(adit_text_list_has(list, adit_span_text("ssh-ed2551")));
    assert_false(adit_text_list_has(list, adit_span_text("ssh-rsa,ssh-ed25519")));
    assert_false(adit_text_list_has(list, adit_span_text("SSH-RSA")));
    assert_false(adit_text_list_has(list, ADIT_SPAN_EMPTY));
}

static void case_is_ignored_for_ascii_letters_alone(void **state)
{
    (void)state;
    assert_true(adit_text_equal_nocase(adit_span_text("PermitOpen"), "permitopen"));
    assert_false(adit_text_equal_nocase(adit_span_text("permitopen"), "permitope"));
    assert_false(adit_text_equal_nocase(adit_span_text("@"), "`"));
    assert_false(adit_text_equal_nocase(adit_span_text("\xc3\x9c"), "\xc3\xbc"));
    assert_true(adit_text_equal_nocase(ADIT_SPAN_EMPTY, ""));
}

static void numbers_are_digits_within_a_maximum(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        enum adit_err err;
        uint64_t number;
    } rows[] = {
        { "0", 0, ADIT_OK, 0 },
        { "1", 0, ADIT_ERR_FORMAT, 0 },
        { "5", 5, ADIT_OK, 5 },
        { "6", 5, ADIT_ERR_FORMAT, 0 },
        { "9", 3, ADIT_ERR_FORMAT, 0 },
        { "00005", 5, ADIT_OK, 5 },
        { "65535", 65535, ADIT_OK, 65535 },
        { "65536", 65535, ADIT_ERR_FORMAT, 0 },
        { "655350", 65535, ADIT_ERR_FORMAT, 0 },
        { "18446744073709551615", UINT64_MAX, ADIT_OK, UINT64_MAX },
        { "18446744073709551616", UINT64_MAX, ADIT_ERR_FORMAT, 0 },
        { "99999999999999999999999", UINT64_MAX, ADIT_ERR_FORMAT, 0 },
        { "", 9, ADIT_ERR_FORMAT, 0 },
        { "-1", 9, ADIT_ERR_FORMAT, 0 },
        { "+1", 9, ADIT_ERR_FORMAT, 0 },
        { " 1", 9, ADIT_ERR_FORMAT, 0 },
        { "1 ", 9, ADIT_ERR_FORMAT, 0 },
        { "0x1", 99, ADIT_ERR_FORMAT, 0 },
        { "1a", 99, ADIT_ERR_FORMAT, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        uint64_t number = 0;

        if (adit_text_to_number(adit_span_text(rows[i].text), rows[i].max, &number) != rows[i].err)
            fail_msg("\"%s\" within %llu", rows[i].text, (unsigned long long)rows[i].max);
        if (rows[i].err == ADIT_OK)
            assert_int_equal(number, rows[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_holds_no_control_bytes),
        cmocka_unit_test(no_mark_turns_the_direction_of_a_line),
        cmocka_unit_test(what_does_not_fit_ends_in_dots),
        cmocka_unit_test(wildcards_match),
        cmocka_unit_test(many_stars_do_not_make_matching_exponential),
        cmocka_unit_test(a_negated_pattern_stands_above_the_others),
        cmocka_unit_test(a_list_hands_out_its_names_also_empty_ones),
        cmocka_unit_test(a_list_has_whole_names_only),
        cmocka_unit_test(case_is_ignored_for_ascii_letters_alone),
        cmocka_unit_test(numbers_are_digits_within_a_maximum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
