/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/identification.h"

#include "exact.h"

/* clang-format off */
#define LINE(literal) (literal), sizeof(literal) - 1
/* clang-format on */

struct line_case {
    const char *bytes;
    size_t len;
    enum adit_line_verdict from_client;
    enum adit_line_verdict from_server;
    const char *line; /* of an identification, or of a server's line before it */
};

/* RFC 4253, 4.2 and 5.1 (T1, T3). What is before the first LF is judged, and nothing behind it. */
static const struct line_case cases[] = {
    { LINE("SSH-2.0-x\r\n"), ADIT_LINE_IDENTIFICATION, ADIT_LINE_IDENTIFICATION, "SSH-2.0-x" },
    { LINE("SSH-2.0-x\n"), ADIT_LINE_IDENTIFICATION, ADIT_LINE_IDENTIFICATION, "SSH-2.0-x" },
    { LINE("SSH-2.0-\r\n"), ADIT_LINE_IDENTIFICATION, ADIT_LINE_IDENTIFICATION, "SSH-2.0-" },
    { LINE("SSH-2.0-x y z\r\nSSH-2.0-z\r\n"), ADIT_LINE_IDENTIFICATION, ADIT_LINE_IDENTIFICATION,
      "SSH-2.0-x y z" },
    { LINE("SSH-1.99-x\r\n"), ADIT_LINE_OLD_VERSION, ADIT_LINE_IDENTIFICATION, "SSH-1.99-x" },
    { LINE("SSH-1.5-x\r\n"), ADIT_LINE_OLD_VERSION, ADIT_LINE_OLD_VERSION, "SSH-1.5-x" },
    { LINE("SSH-2.1-x\r\n"), ADIT_LINE_OLD_VERSION, ADIT_LINE_OLD_VERSION, "SSH-2.1-x" },
    { LINE("SSH-2.0\r\n"), ADIT_LINE_OLD_VERSION, ADIT_LINE_OLD_VERSION, "SSH-2.0" },
    { LINE("SSH-\n"), ADIT_LINE_OLD_VERSION, ADIT_LINE_OLD_VERSION, "SSH-" },

    { LINE("SSH-2.0-x\r\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_NOT_SSH, NULL },
    { LINE("SSH-2.0-x\ry\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_NOT_SSH, NULL },
    { LINE("SSH-2.0-x\0\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_NOT_SSH, NULL },
    { LINE("SSH-2.0-\0x\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_NOT_SSH, NULL },
    { LINE("SSH-1.5-\0\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_NOT_SSH, NULL },

    { LINE("hello\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "hello" },
    { LINE("hello\nSSH-2.0-x\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "hello" },
    { LINE("\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "" },
    { LINE("\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "" },
    { LINE("SSH\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "SSH" },
    { LINE("S\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "S" },
    { LINE("SSH_2.0-x\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "SSH_2.0-x" },
    { LINE("ssh-2.0-x\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, "ssh-2.0-x" },
    { LINE(" SSH-2.0-x\r\n"), ADIT_LINE_NOT_SSH, ADIT_LINE_PRELUDE, " SSH-2.0-x" },
};

static void expect(const void *bytes, size_t len, bool from_server, enum adit_line_verdict wanted,
                   const char *wanted_line)
{
    const struct adit_span copy = exact_copy(bytes, len);
    const uint8_t *newline = len ? memchr(copy.data, '\n', len) : NULL;
    const bool is_taken = wanted != ADIT_LINE_NEEDS_MORE && wanted != ADIT_LINE_NOT_SSH;
    struct adit_span line;
    size_t consumed;
    const enum adit_line_verdict is =
        adit_identification_judge(copy, from_server, &line, &consumed);

    if (is != wanted)
        fail_msg("\"%.*s\" (%zu bytes, from the %s): %d, not %d", (int)(len < 40 ? len : 40),
                 (const char *)bytes, len, from_server ? "server" : "client", (int)is, (int)wanted);
    assert_int_equal(consumed, is_taken ? (size_t)(newline - copy.data) + 1 : 0);
    if (is_taken && wanted_line)
        assert_span_is(line, wanted_line);
    exact_free(copy);
}

static void lines_are_judged_by_who_sent_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        expect(cases[i].bytes, cases[i].len, false, cases[i].from_client, cases[i].line);
        expect(cases[i].bytes, cases[i].len, true, cases[i].from_server, cases[i].line);
    }
}

/* T5: a line that is cut anywhere waits for its end, and a line that cannot become one does not. */
static void a_cut_line_waits_for_its_end(void **state)
{
    static const char good[] = "SSH-2.0-adit_1.0 a comment\r\n";
    static const char prelude[] = "SSH is served here\r\n";
    const size_t len = strlen(good);

    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        expect(good, cut, false, ADIT_LINE_NEEDS_MORE, NULL);
        expect(good, cut, true, ADIT_LINE_NEEDS_MORE, NULL);
    }
    for (size_t cut = 0; cut < strlen(prelude); cut++) {
        expect(prelude, cut, false, cut < 4 ? ADIT_LINE_NEEDS_MORE : ADIT_LINE_NOT_SSH, NULL);
        expect(prelude, cut, true, ADIT_LINE_NEEDS_MORE, NULL);
    }
}

/* A line of `len` bytes with its end, which is "\r\n", "\n" or nothing. */
static void expect_length(const char *start, const char *end, size_t len, bool from_server,
                          enum adit_line_verdict wanted)
{
    static char bytes[ADIT_PRELUDE_LINE_MAX + 16];

    assert_true(len <= sizeof bytes && len >= strlen(start) + strlen(end));
    memset(bytes, 'x', len);
    memcpy(bytes, start, strlen(start));
    memcpy(bytes + len - strlen(end), end, strlen(end));
    expect(bytes, len, from_server, wanted, NULL);
}

/* T1: 255 bytes with the line's end; whoever has sent as many without one is cut off. */
static void an_identification_has_255_bytes_at_most(void **state)
{
    (void)state;
    for (int from_server = 0; from_server < 2; from_server++) {
        expect_length("SSH-2.0-", "\r\n", 255, from_server, ADIT_LINE_IDENTIFICATION);
        expect_length("SSH-2.0-", "\n", 255, from_server, ADIT_LINE_IDENTIFICATION);
        expect_length("SSH-2.0-", "\r\n", 256, from_server, ADIT_LINE_NOT_SSH);
        expect_length("SSH-2.0-", "\n", 256, from_server, ADIT_LINE_NOT_SSH);
        expect_length("SSH-2.0-", "", 254, from_server, ADIT_LINE_NEEDS_MORE);
        expect_length("SSH-2.0-", "", 255, from_server, ADIT_LINE_NOT_SSH);
        expect_length("SSH-2.0-", "\r", 255, from_server, ADIT_LINE_NOT_SSH);
        expect_length("SSH-1.5-", "\r\n", 255, from_server, ADIT_LINE_OLD_VERSION);
        expect_length("SSH-1.5-", "\r\n", 256, from_server, ADIT_LINE_NOT_SSH);
    }
}

/* T2: 8192 bytes each, with the end. */
static void a_line_of_the_server_before_it_is_bounded(void **state)
{
    (void)state;
    expect_length("", "\r\n", 256, true, ADIT_LINE_PRELUDE);
    expect_length("", "\r\n", 8192, true, ADIT_LINE_PRELUDE);
    expect_length("", "\n", 8192, true, ADIT_LINE_PRELUDE);
    expect_length("", "\n", 8193, true, ADIT_LINE_NOT_SSH);
    expect_length("", "", 8191, true, ADIT_LINE_NEEDS_MORE);
    expect_length("", "", 8192, true, ADIT_LINE_NOT_SSH);
    expect_length("", "", 1, false, ADIT_LINE_NOT_SSH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_judged_by_who_sent_them),
        cmocka_unit_test(a_cut_line_waits_for_its_end),
        cmocka_unit_test(an_identification_has_255_bytes_at_most),
        cmocka_unit_test(a_line_of_the_server_before_it_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
