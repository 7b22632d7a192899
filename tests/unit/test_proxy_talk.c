/* SPDX-License-Identifier: BSD-2-Clause */
#include "exact.h"
#include "net/proxy_talk.h"

#include <stdio.h>

#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

/* One exchange: what must have been written before the answer comes. */
struct turn {
    struct adit_span asked;
    struct adit_span answer;
};

enum { TURNS_MAX = 4 };

struct talk_case {
    const char *url;
    const char *host;
    struct turn turns[TURNS_MAX]; /* up to the first without a question */
    enum adit_err err;
    const char *why;
};

static const struct talk_case cases[] = {
    { .url = "http://proxy",
      .host = "gw.example",
      .turns = { { BYTES("CONNECT gw.example:22 HTTP/1.1\r\nHost: gw.example:22\r\n\r\n"),
                   BYTES("HTTP/1.1 200 OK\r\nVia: me\r\n\r\n") } } },
    { .url = "http://proxy",
      .host = "::1",
      .turns = { { BYTES("CONNECT [::1]:22 HTTP/1.1\r\nHost: [::1]:22\r\n\r\n"),
                   BYTES("HTTP/1.0 299\n\n") } } },
    { .url = "http://Aladdin:open%20sesame@proxy", /* RFC 7617, 2 */
      .host = "gw",
      .turns = { { BYTES("CONNECT gw:22 HTTP/1.1\r\nHost: gw:22\r\n"
                         "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
                   BYTES("HTTP/1.1 200 \r\n\r\n") } } },
    { .url = "http://me:secret@proxy",
      .host = "gw",
      .turns = { { BYTES("CONNECT gw:22 HTTP/1.1\r\nHost: gw:22\r\n"
                         "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n"),
                   BYTES("HTTP/1.1 407 No\x1b[2J\r\nA: b\r\n\r\n") } },
      .err = ADIT_ERR_AUTH,
      .why = "it refuses the user or the password: HTTP/1.1 407 No\\x1b[2J" },
    { .url = "http://proxy",
      .host = "gw",
      .turns = { { BYTES("CONNECT gw:22 HTTP/1.1\r\nHost: gw:22\r\n\r\n"),
                   BYTES("HTTP/1.1 401 Who are you\r\n\r\n") } },
      .err = ADIT_ERR_AUTH,
      .why = "it wants a user and a password: HTTP/1.1 401 Who are you" },
    { .url = "http://proxy",
      .host = "gw",
      .turns = { { BYTES("CONNECT gw:22 HTTP/1.1\r\nHost: gw:22\r\n\r\n"),
                   BYTES("HTTP/1.1 403 Forbidden\r\n\r\n") } },
      .err = ADIT_ERR_REFUSED,
      .why = "it refuses: HTTP/1.1 403 Forbidden" },
    { .url = "http://proxy",
      .host = "gw",
      .turns = { { BYTES("CONNECT gw:22 HTTP/1.1\r\nHost: gw:22\r\n\r\n"), BYTES("S") } },
      .err = ADIT_ERR_MALFORMED,
      .why = "its answer is not HTTP: S" },
    { .url = "http://proxy",
      .host = "gw",
      .turns = { { BYTES("CONNECT gw:22 HTTP/1.1\r\nHost: gw:22\r\n\r\n"),
                   BYTES("HTTP/1.1 2000 OK\r\n\r\n") } },
      .err = ADIT_ERR_MALFORMED,
      .why = "its answer is not HTTP: HTTP/1.1 2000 OK" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\x00") },
                 { BYTES("\x05\x01\x00\x03\x02gw\x00\x16"),
                   BYTES("\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34") } } },
    { .url = "socks5://me:pw@proxy", /* RFC 1929 */
      .host = "10.0.0.7",
      .turns = { { BYTES("\x05\x02\x00\x02"), BYTES("\x05\x02") },
                 { BYTES("\x01\x02me\x02pw"), BYTES("\x01\x00") },
                 { BYTES("\x05\x01\x00\x01\x0a\x00\x00\x07\x00\x16"),
                   BYTES("\x05\x00\x00\x03\x03xyz\x12\x34") } } },
    { .url = "socks5://me:pw@proxy", /* it may well let anybody in */
      .host = "::2",
      .turns = { { BYTES("\x05\x02\x00\x02"), BYTES("\x05\x00") },
                 { BYTES("\x05\x01\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\x00\x16"),
                   BYTES("\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x12\x34") } } },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\x00") },
                 { BYTES("\x05\x01\x00\x03\x02gw\x00\x16"),
                   BYTES("\x05\x00\x00\x03\x00\x12\x34") } } },
    { .url = "socks5://me:pw@proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x02\x00\x02"), BYTES("\x05\x02") },
                 { BYTES("\x01\x02me\x02pw"), BYTES("\x01\x01") } },
      .err = ADIT_ERR_AUTH,
      .why = "it refuses the user or the password" },
    { .url = "socks5://me:pw@proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x02\x00\x02"), BYTES("\x05\xff") } },
      .err = ADIT_ERR_AUTH,
      .why = "it has no login by user and password" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\xff") } },
      .err = ADIT_ERR_AUTH,
      .why = "it wants a user and a password" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\x02") } },
      .err = ADIT_ERR_AUTH,
      .why = "it wants a user and a password" },
    { .url = "socks5://me@proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x02\x00\x02"), BYTES("\x05\x01") } },
      .err = ADIT_ERR_PROTOCOL,
      .why = "it chose a kind of login that was not offered" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("HT") } },
      .err = ADIT_ERR_MALFORMED,
      .why = "its answer is not SOCKS5" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\x00") },
                 { BYTES("\x05\x01\x00\x03\x02gw\x00\x16"), BYTES("\x04\x00\x00\x01\x00") } },
      .err = ADIT_ERR_MALFORMED,
      .why = "its answer is not SOCKS5" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\x00") },
                 { BYTES("\x05\x01\x00\x03\x02gw\x00\x16"), BYTES("\x05\x05\x00\x01\x00") } },
      .err = ADIT_ERR_REFUSED,
      .why = "it refuses: connection refused" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\x00") },
                 { BYTES("\x05\x01\x00\x03\x02gw\x00\x16"), BYTES("\x05\x09\x00\x01\x00") } },
      .err = ADIT_ERR_REFUSED,
      .why = "it refuses with code 9" },
    { .url = "socks5://proxy",
      .host = "gw",
      .turns = { { BYTES("\x05\x01\x00"), BYTES("\x05\x00") },
                 { BYTES("\x05\x01\x00\x03\x02gw\x00\x16"), BYTES("\x05\x00\x00\x02\x00") } },
      .err = ADIT_ERR_MALFORMED,
      .why = "its answer has an unknown kind of address" },
    { .url = "socks4a://me@proxy",
      .host = "gw",
      .turns = { { BYTES("\x04\x01\x00\x16\x00\x00\x00\x01me\x00gw\x00"),
                   BYTES("\x00\x5a\x12\x34\x7f\x00\x00\x01") } } },
    { .url = "socks4a://proxy",
      .host = "gw",
      .turns = { { BYTES("\x04\x01\x00\x16\x00\x00\x00\x01\x00gw\x00"),
                   BYTES("\x00\x5b\x12\x34\x7f\x00\x00\x01") } },
      .err = ADIT_ERR_REFUSED,
      .why = "it refuses with code 91" },
    { .url = "socks4a://proxy",
      .host = "gw",
      .turns = { { BYTES("\x04\x01\x00\x16\x00\x00\x00\x01\x00gw\x00"),
                   BYTES("\x05\x5a\x12\x34\x7f\x00\x00\x01") } },
      .err = ADIT_ERR_MALFORMED,
      .why = "its answer is not SOCKS4" },
};

static void start(struct adit_proxy_talk *talk, const char *text, const char *host)
{
    struct adit_proxy_url url;
    char why[ADIT_PROXY_WHY_SIZE];

    assert_int_equal(adit_proxy_url_parse(text, &url, why), ADIT_OK);
    assert_int_equal(adit_proxy_talk_start(talk, &url, host, 22), ADIT_OK);
    adit_proxy_url_clear(&url);
}

static bool is_over(const struct adit_proxy_talk *talk)
{
    return talk->done || talk->err;
}

/* Gives the answer in pieces of `piece` bytes, with what the gateway says right behind it. */
static void answer(struct adit_proxy_talk *talk, struct adit_span bytes, size_t piece, bool is_last)
{
    static const char gateway[] = "SSH-2.0-x\r\n";
    const struct adit_span behind = { (const uint8_t *)gateway, is_last ? sizeof gateway - 1 : 0 };
    const size_t all = bytes.len + behind.len;
    size_t at = 0;

    while (at < bytes.len && !is_over(talk)) {
        const size_t len = piece < all - at ? piece : all - at;
        uint8_t joined[256];
        struct adit_span exact;
        size_t taken;

        memcpy(joined, bytes.data, bytes.len);
        memcpy(joined + bytes.len, behind.data, behind.len);
        exact = exact_copy(joined + at, len);
        taken = adit_proxy_talk_take(talk, exact);
        exact_free(exact);
        assert_true(taken > 0 && taken <= len);
        at += taken;
    }
    assert_true(at <= bytes.len); /* of the gateway's bytes not one */
    if (talk->done)
        assert_int_equal(at, bytes.len);
}

static void run_case(const struct talk_case *row, size_t piece)
{
    struct adit_proxy_talk talk;

    start(&talk, row->url, row->host);
    for (size_t i = 0; i < TURNS_MAX && row->turns[i].asked.len; i++) {
        const bool is_last = i + 1 == TURNS_MAX || row->turns[i + 1].asked.len == 0;

        assert_false(is_over(&talk));
        assert_int_equal(talk.out.len, row->turns[i].asked.len);
        assert_memory_equal(talk.out.data, row->turns[i].asked.data, talk.out.len);
        adit_buffer_empty(&talk.out);
        answer(&talk, row->turns[i].answer, piece, is_last);
    }
    assert_int_equal(talk.done, row->err == ADIT_OK);
    assert_int_equal(talk.err, row->err);
    if (row->why)
        assert_string_equal(talk.why, row->why);
    assert_int_equal(adit_proxy_talk_take(&talk, adit_span_text("more")), 0);
    adit_proxy_talk_clear(&talk);
}

static void every_talk_goes_as_written_in_any_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (size_t piece = 1; piece < 80; piece++)
            run_case(&cases[i], piece);
}

static void a_cut_answer_is_neither_success_nor_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_proxy_talk talk;
        const struct adit_span whole = cases[i].turns[0].answer;

        for (size_t len = 1; len < whole.len && cases[i].err != ADIT_ERR_MALFORMED; len++) {
            struct adit_span cut = exact_copy(whole.data, len);

            start(&talk, cases[i].url, cases[i].host);
            assert_int_equal(adit_proxy_talk_take(&talk, cut), len);
            assert_false(is_over(&talk));
            adit_proxy_talk_clear(&talk);
            exact_free(cut);
        }
    }
}

static void a_header_has_a_limit(void **state)
{
    struct adit_proxy_talk talk;
    size_t taken = 0;

    (void)state;
    start(&talk, "http://proxy", "gw");
    taken = adit_proxy_talk_take(&talk, adit_span_text("HTTP/1.1 200 OK\r\n"));
    while (!is_over(&talk)) {
        taken += adit_proxy_talk_take(&talk, adit_span_text("A"));
        assert_true(taken <= 16 * 1024 + 1);
    }
    assert_int_equal(talk.err, ADIT_ERR_LIMIT);
    adit_proxy_talk_clear(&talk);
}

static void a_long_status_line_is_cut(void **state)
{
    struct adit_proxy_talk talk;

    (void)state;
    start(&talk, "http://proxy", "gw");
    (void)adit_proxy_talk_take(&talk, adit_span_text("HTTP/1.1 500 "));
    for (int i = 0; i < 1000; i++)
        assert_int_equal(adit_proxy_talk_take(&talk, adit_span_text("x")), 1);
    (void)adit_proxy_talk_take(&talk, adit_span_text("\r\n\r\n"));
    assert_int_equal(talk.err, ADIT_ERR_REFUSED);
    assert_true(strlen(talk.why) < 200);
    adit_proxy_talk_clear(&talk);
}

static void a_host_that_would_break_the_request_is_not_asked_for(void **state)
{
    static const char *const hosts[] = { "", "a b", "a\r\nX: y", "a\tb", "a\x7f" };
    static const char *const urls[] = { "http://p", "socks5://p", "socks4a://p" };
    char long_host[ADIT_PROXY_PART_SIZE + 1];
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_talk talk;
    struct adit_proxy_url url;

    (void)state;
    memset(long_host, 'a', sizeof long_host);
    long_host[ADIT_PROXY_PART_SIZE] = '\0';
    for (size_t i = 0; i < ADIT_ARRAY_LEN(urls); i++) {
        assert_int_equal(adit_proxy_url_parse(urls[i], &url, why), ADIT_OK);
        for (size_t j = 0; j < ADIT_ARRAY_LEN(hosts); j++) {
            assert_int_equal(adit_proxy_talk_start(&talk, &url, hosts[j], 22), ADIT_ERR_USAGE);
            adit_proxy_talk_clear(&talk);
        }
        assert_int_equal(adit_proxy_talk_start(&talk, &url, long_host, 22), ADIT_ERR_USAGE);
        adit_proxy_talk_clear(&talk);
        assert_int_equal(adit_proxy_talk_start(&talk, &url, long_host + 1, 22), ADIT_OK);
        adit_proxy_talk_clear(&talk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_talk_goes_as_written_in_any_pieces),
        cmocka_unit_test(a_cut_answer_is_neither_success_nor_failure),
        cmocka_unit_test(a_header_has_a_limit),
        cmocka_unit_test(a_long_status_line_is_cut),
        cmocka_unit_test(a_host_that_would_break_the_request_is_not_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
