/* SPDX-License-Identifier: BSD-2-Clause */
#include "log_sink.h"

#include "exact.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void a_word_of_the_peer_cannot_pass_for_more_than_a_word(void **state)
{
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        { "tunnel", "tunnel" },
        { "a.b-c_d@e", "a.b-c_d@e" },
        { "", "\"\"" },
        { "a b", "\"a b\"" },
        { "x key=SHA256:y", "\"x key=SHA256:y\"" },
        { "say \"hi\"", "\"say \\\"hi\\\"\"" },
        { "a\nlogin user=root", "\"a\\x0alogin user=root\"" },
        { "a\\", "\"a\\x5c\"" },
        { "\033[2J", "\"\\x1b[2J\"" },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        assert_string_equal(adit_log_word(adit_span_text(cases[i].text), out, sizeof out),
                            cases[i].word);
}

static void what_does_not_fit_is_cut_inside_its_quotes(void **state)
{
    static const char text[] = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";

    (void)state;
    for (size_t size = 4; size < 40; size++) {
        char *out = malloc(size);
        size_t len;

        assert_non_null(out);
        (void)adit_log_quoted(adit_span_text(text), out, size);
        len = strlen(out);
        assert_true(len >= 2 && len < size);
        assert_int_equal(out[0], '"');
        assert_int_equal(out[len - 1], '"');
        assert_int_equal(len % 2, 0); /* no escape is torn apart */
        free(out);
    }
}

/* ---- the file ---- */

static size_t lines_of(const char *path, const char *end)
{
    FILE *file = fopen(path, "re");
    char line[256];
    size_t count = 0;

    assert_non_null(file);
    for (; fgets(line, sizeof line, file); count++) {
        const size_t len = strlen(line);

        assert_true(len > strlen(end));
        assert_string_equal(line + len - strlen(end), end);
    }
    assert_int_equal(fclose(file), 0);
    return count;
}

/* Other threads write to the descriptor that they know. */
static void a_moved_file_is_opened_anew_under_the_same_descriptor(void **state)
{
    char path[] = "/tmp/adit-log.XXXXXX";
    char moved[sizeof path + 2];
    struct adit_gateway_log log;
    char text[256];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    (void)snprintf(moved, sizeof moved, "%s.1", path);
    adit_gateway_log_init(&log);
    assert_int_equal(adit_gateway_log_open(&log, ADIT_SINK_FILE, path, NULL, text, sizeof text),
                     ADIT_OK);
    fd = log.fd;
    adit_log_line(&log.log, ADIT_LOG_INFO, "before");
    assert_int_equal(rename(path, moved), 0);
    adit_log_line(&log.log, ADIT_LOG_INFO, "before");
    adit_gateway_log_reopen(&log);
    assert_int_equal(log.fd, fd);
    adit_log_line(&log.log, ADIT_LOG_INFO, "after");
    assert_int_equal(lines_of(moved, ": before\n"), 2);
    assert_int_equal(lines_of(path, ": after\n"), 1);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(moved), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_of_the_peer_cannot_pass_for_more_than_a_word),
        cmocka_unit_test(what_does_not_fit_is_cut_inside_its_quotes),
        cmocka_unit_test(a_moved_file_is_opened_anew_under_the_same_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
