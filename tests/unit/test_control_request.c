/* SPDX-License-Identifier: BSD-2-Clause */
#include "exact.h"

#include "../../apps/adit/control_request.h"

#include <string.h>

static bool parse(const char *text, size_t len, struct adit_control_request *out)
{
    const struct adit_span line = exact_copy(text, len);
    const bool parsed = adit_control_request_parse(line, out);

    exact_free(line);
    return parsed;
}

static const struct {
    const char *line;
    enum adit_control_verb verb;
    const char *words[ADIT_CONTROL_WORDS];
} good[] = {
    { "status\ttext\t", ADIT_CONTROL_STATUS, { "text", "", "" } },
    { "status\tjson\tdb", ADIT_CONTROL_STATUS, { "json", "db", "" } },
    { "ready\tdb", ADIT_CONTROL_READY, { "db", "", "" } },
    { "down\t", ADIT_CONTROL_DOWN, { "", "", "" } },
    { "add\tdb\tL\t[::1]:3307:db:3306", ADIT_CONTROL_ADD, { "db", "L", "[::1]:3307:db:3306" } },
    { "remove\ta b\tD\t1080", ADIT_CONTROL_REMOVE, { "a b", "D", "1080" } },
    { "check", ADIT_CONTROL_CHECK, { "", "", "" } },
    { "stop", ADIT_CONTROL_STOP, { "", "", "" } },
    { "ready\t\xc3\xa4", ADIT_CONTROL_READY, { "\xc3\xa4", "", "" } },
};

static void requests_read_back_as_they_were_written(void **state)
{
    struct adit_control_request request;
    char line[ADIT_CONTROL_LINE_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const size_t len = strlen(good[i].line);

        assert_true(parse(good[i].line, len, &request));
        assert_int_equal(request.verb, good[i].verb);
        for (size_t w = 0; w < ADIT_CONTROL_WORDS; w++)
            assert_string_equal(request.words[w], good[i].words[w]);
        assert_int_equal(adit_control_request_print(good[i].verb, good[i].words, line), len + 1);
        assert_memory_equal(line, good[i].line, len);
        assert_int_equal(line[len], '\n');
    }
}

/* A word may end anywhere, but all of them must be there. */
static void truncated_requests_lack_a_word_or_are_shorter(void **state)
{
    struct adit_control_request request;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *line = good[i].line;
        size_t tabs = adit_control_word_count(good[i].verb);
        size_t needed = 0;

        while (tabs > 0)
            tabs -= line[needed++] == '\t';
        if (adit_control_word_count(good[i].verb) == 0)
            needed = strlen(line);
        for (size_t len = 0; len < strlen(line); len++)
            assert_int_equal(parse(line, len, &request), len >= needed);
    }
}

static void what_is_no_request_is_refused(void **state)
{
    static const struct {
        const char *line;
        size_t len;
    } bad[] = {
        { "", 0 },
        { "\t", 1 },
        { "statu", 5 },
        { "status", 6 },
        { "status\ttext", 11 },
        { "Check", 5 },
        { "check\t", 6 },
        { "check\n", 6 },
        { "check\r", 6 },
        { " check", 6 },
        { "ready\ta\tb", 9 },
        { "ready\ta\0b", 9 },
        { "ready\ta\x1b[m", 10 },
        { "ready\ta\x7f", 8 },
        { "add\tdb\tL\t1:a:1\t", 15 },
    };
    struct adit_control_request request;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(parse(bad[i].line, bad[i].len, &request));
}

static void a_line_has_a_limit(void **state)
{
    char long_line[ADIT_CONTROL_LINE_MAX + 1];
    char out[ADIT_CONTROL_LINE_MAX];
    char *name = long_line + strlen("ready\t");
    const char *words[] = { name };
    struct adit_control_request request;

    (void)state;
    memset(long_line, 'a', sizeof long_line);
    memcpy(long_line, "ready\t", strlen("ready\t"));
    assert_true(parse(long_line, ADIT_CONTROL_LINE_MAX - 1, &request));
    assert_false(parse(long_line, ADIT_CONTROL_LINE_MAX, &request));
    assert_false(parse(long_line, ADIT_CONTROL_LINE_MAX + 1, &request));

    long_line[ADIT_CONTROL_LINE_MAX - 1] = '\0';
    assert_int_equal(adit_control_request_print(ADIT_CONTROL_READY, words, out),
                     ADIT_CONTROL_LINE_MAX);
    long_line[ADIT_CONTROL_LINE_MAX - 1] = 'a';
    long_line[ADIT_CONTROL_LINE_MAX] = '\0';
    assert_int_equal(adit_control_request_print(ADIT_CONTROL_READY, words, out), 0);
}

static void no_control_byte_goes_into_a_request(void **state)
{
    static const char *const words[] = { "a\tb", "a\nb", "\x01", "a\x7f" };
    char out[ADIT_CONTROL_LINE_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_int_equal(adit_control_request_print(ADIT_CONTROL_READY, &words[i], out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_read_back_as_they_were_written),
        cmocka_unit_test(truncated_requests_lack_a_word_or_are_shorter),
        cmocka_unit_test(what_is_no_request_is_refused),
        cmocka_unit_test(a_line_has_a_limit),
        cmocka_unit_test(no_control_byte_goes_into_a_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
