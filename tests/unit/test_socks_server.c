/* SPDX-License-Identifier: BSD-2-Clause */
/* F10. The expected bytes are those of RFC 1928 and of the SOCKS 4 and 4a papers. */
#include "net/socks_server.h"

#include "exact.h"
#include "wire/numbers.h"

#define BYTES(text) text, sizeof(text) - 1
#define NAME_255                                                                                   \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"        \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"        \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define SAID_5(code) "\5" code "\0\1\0\0\0\0\0\0"
#define GREETING     "\5\1\0"
#define METHOD       "\5\0"
#define REJECTED_4   "\0\x5b\0\0\0\0\0\0"
#define METHODS_64   "1234567812345678123456781234567812345678123456781234567812345678"

struct row {
    const char *bytes;
    size_t len;
    const char *said;
    size_t said_len;
    enum adit_socks_state state;
    const char *host;
    uint16_t port;
};

static const struct row asked[] = {
    { BYTES(GREETING "\5\1\0\1\x0a\0\0\7\x0c\xea"), BYTES(METHOD), ADIT_SOCKS_ASKED, "10.0.0.7",
      3306 },
    { BYTES("\5\3\2\1\0\5\1\0\3\2db\0\1"), BYTES(METHOD), ADIT_SOCKS_ASKED, "db", 1 },
    { BYTES(GREETING "\5\1\0\4\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\xff\xff"), BYTES(METHOD),
      ADIT_SOCKS_ASKED, "2001:db8::1", 65535 },
    { BYTES(GREETING "\5\1\0\3\xff" NAME_255 "\0\x50"), BYTES(METHOD), ADIT_SOCKS_ASKED, NAME_255,
      80 },
    /* The reserved byte is not looked at, and 255 methods are as good as one. */
    { BYTES(GREETING "\5\1\x7f\3\1d\0\1"), BYTES(METHOD), ADIT_SOCKS_ASKED, "d", 1 },
    { BYTES("\5\xff" METHODS_64 METHODS_64 METHODS_64
            "12345678123456781234567812345678123456781234567812345678123456\0"),
      BYTES(METHOD), ADIT_SOCKS_READING, NULL, 0 },
    { BYTES("\4\1\x0c\xea\x0a\0\0\7\0"), BYTES(""), ADIT_SOCKS_ASKED, "10.0.0.7", 3306 },
    { BYTES("\4\1\x0c\xea\x0a\0\0\7root\0"), BYTES(""), ADIT_SOCKS_ASKED, "10.0.0.7", 3306 },
    { BYTES("\4\1\0\x50\0\0\0\1\0db\0"), BYTES(""), ADIT_SOCKS_ASKED, "db", 80 },
    { BYTES("\4\1\0\x50\0\0\0\xffroot\0" NAME_255 "\0"), BYTES(""), ADIT_SOCKS_ASKED, NAME_255,
      80 },
    { BYTES("\4\1\0\x50\0\0\0\0\0"), BYTES(""), ADIT_SOCKS_ASKED, "0.0.0.0", 80 },
};

static const struct row broken[] = {
    { BYTES("\0"), BYTES(""), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("GET / HTTP/1.0"), BYTES(""), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\6\1\0"), BYTES(""), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\5\0"), BYTES("\5\xff"), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\5\2\1\2"), BYTES("\5\xff"), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\4"), BYTES(METHOD), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\5\2\0\1\x0a\0\0\7\x0c\xea"), BYTES(METHOD SAID_5("\7")), ADIT_SOCKS_BROKEN,
      NULL, 0 },
    { BYTES(GREETING "\5\3\0\3\2db\0\1"), BYTES(METHOD SAID_5("\7")), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\5\1\0\2x"), BYTES(METHOD SAID_5("\x8")), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\5\1\0\0x"), BYTES(METHOD SAID_5("\x8")), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\5\1\0\3\0\0\1"), BYTES(METHOD SAID_5("\1")), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\5\1\0\3\2d\0\0\1"), BYTES(METHOD SAID_5("\1")), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\5\1\0\3\2d \0\1"), BYTES(METHOD SAID_5("\1")), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES(GREETING "\5\1\0\3\2d\x80\0\1"), BYTES(METHOD SAID_5("\1")), ADIT_SOCKS_BROKEN, NULL,
      0 },
    /* A socket in the file system is not for SOCKS to ask for. */
    { BYTES(GREETING "\5\1\0\3\6/run/s\0\1"), BYTES(METHOD SAID_5("\1")), ADIT_SOCKS_BROKEN, NULL,
      0 },
    { BYTES(GREETING "\5\1\0\3\2db\0\0"), BYTES(METHOD SAID_5("\1")), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\4\2\0\x50\x0a\0\0\7\0"), BYTES(REJECTED_4), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\4\1\0\0\x0a\0\0\7\0"), BYTES(REJECTED_4), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\4\1\0\x50\0\0\0\1\0\0"), BYTES(REJECTED_4), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\4\1\0\x50\0\0\0\1\0/s\0"), BYTES(REJECTED_4), ADIT_SOCKS_BROKEN, NULL, 0 },
    { BYTES("\4\1\0\x50\0\0\0\1\0" NAME_255 "n\0"), BYTES(REJECTED_4), ADIT_SOCKS_BROKEN, NULL, 0 },
};

/* Hands over `step` bytes at a time, each in a block of exactly its size; gathers what is said. */
static size_t take(struct adit_socks *socks, const char *bytes, size_t len, size_t step,
                   struct adit_socks_answer *said)
{
    size_t taken = 0;

    said->len = 0;
    while (taken < len) {
        const struct adit_span piece =
            exact_copy(bytes + taken, len - taken < step ? len - taken : step);
        struct adit_socks_answer answer;
        const size_t n = adit_socks_take(socks, piece, &answer);

        assert_true(said->len + answer.len <= sizeof said->bytes);
        memcpy(said->bytes + said->len, answer.bytes, answer.len);
        said->len += answer.len;
        exact_free(piece);
        taken += n;
        if (socks->state != ADIT_SOCKS_READING)
            break;
        assert_int_equal(n, piece.len);
    }
    return taken;
}

static void check(const struct row *row, size_t index, size_t step)
{
    struct adit_socks socks = { .state = ADIT_SOCKS_READING };
    struct adit_socks_answer said;
    const size_t taken = take(&socks, row->bytes, row->len, step, &said);

    if (socks.state != row->state)
        fail_msg("row %zu by %zu: state %d", index, step, (int)socks.state);
    if (said.len != row->said_len || memcmp(said.bytes, row->said, said.len) != 0)
        fail_msg("row %zu by %zu: it says something else (%zu bytes)", index, step, said.len);
    if (row->host == NULL)
        return;
    assert_string_equal(socks.host, row->host);
    assert_int_equal(socks.port, row->port);
    assert_int_equal(socks.version, row->bytes[0]);
    assert_int_equal(taken, row->len);
}

static void requests_are_understood_however_they_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(asked); i++)
        for (size_t step = 1; step <= asked[i].len; step++)
            check(&asked[i], i, step);
}

static void what_is_not_offered_is_refused_by_its_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(broken); i++)
        for (size_t step = 1; step <= broken[i].len; step++)
            check(&broken[i], i, step);
}

static void every_truncation_waits_for_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(asked); i++) {
        for (size_t len = 0; len < asked[i].len; len++) {
            struct adit_socks socks = { .state = ADIT_SOCKS_READING };
            struct adit_socks_answer said;

            assert_int_equal(take(&socks, asked[i].bytes, len, len, &said), len);
            assert_int_equal(socks.state, ADIT_SOCKS_READING);
        }
    }
}

static void the_data_behind_a_request_is_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(asked); i++) {
        struct adit_socks socks = { .state = ADIT_SOCKS_READING };
        struct adit_socks_answer said;
        char bytes[1024];

        if (asked[i].state != ADIT_SOCKS_ASKED)
            continue;
        memcpy(bytes, asked[i].bytes, asked[i].len);
        memset(bytes + asked[i].len, 5, 100);
        assert_int_equal(take(&socks, bytes, asked[i].len + 100, sizeof bytes, &said),
                         asked[i].len);
        assert_int_equal(take(&socks, bytes, 1, 1, &said), 0);
        assert_int_equal(socks.state, ADIT_SOCKS_ASKED);
    }
}

static void a_user_without_an_end_is_refused(void **state)
{
    struct adit_socks socks = { .state = ADIT_SOCKS_READING };
    struct adit_socks_answer said;
    char bytes[2 * ADIT_SOCKS_MESSAGE_MAX];

    (void)state;
    memset(bytes, 'u', sizeof bytes);
    memcpy(bytes, "\4\1\0\x50\0\0\0\1", 8);
    assert_int_equal(take(&socks, bytes, sizeof bytes, 7, &said), ADIT_SOCKS_MESSAGE_MAX);
    assert_int_equal(socks.state, ADIT_SOCKS_BROKEN);
    assert_int_equal(said.len, 8);
    assert_int_equal(said.bytes[1], 0x5b);
}

static void outcomes_are_told_in_the_words_of_each_version(void **state)
{
    struct adit_socks_answer answer;

    (void)state;
    for (unsigned outcome = 0; outcome <= ADIT_SOCKS_ADDRESS_UNKNOWN; outcome++) {
        adit_socks_outcome(5, outcome, &answer);
        assert_int_equal(answer.len, 10);
        assert_int_equal(answer.bytes[0], 5);
        assert_int_equal(answer.bytes[1], outcome);
        assert_int_equal(answer.bytes[3], 1);
        adit_socks_outcome(4, outcome, &answer);
        assert_int_equal(answer.len, 8);
        assert_int_equal(answer.bytes[0], 0);
        assert_int_equal(answer.bytes[1], outcome == ADIT_SOCKS_SUCCEEDED ? 0x5a : 0x5b);
    }
}

static void a_refused_channel_becomes_its_real_outcome(void **state)
{
    static const struct {
        uint32_t reason;
        const char *text;
        enum adit_socks_outcome outcome;
    } rows[] = {
        { SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, "Connection refused", ADIT_SOCKS_NOT_ALLOWED },
        { SSH_OPEN_CONNECT_FAILED, "Connection refused", ADIT_SOCKS_REFUSED },
        { SSH_OPEN_CONNECT_FAILED, "server side: connect to db:1 (10.0.0.7): Connection refused",
          ADIT_SOCKS_REFUSED },
        { SSH_OPEN_CONNECT_FAILED,
          "server side: connect to db:1 (::1): Network is unreachable; (10.0.0.7): Connection "
          "refused",
          ADIT_SOCKS_REFUSED },
        { SSH_OPEN_CONNECT_FAILED, "Network is unreachable", ADIT_SOCKS_NETWORK_UNREACHABLE },
        { SSH_OPEN_CONNECT_FAILED, "No route to host", ADIT_SOCKS_HOST_UNREACHABLE },
        { SSH_OPEN_CONNECT_FAILED, "Connection timed out", ADIT_SOCKS_HOST_UNREACHABLE },
        { SSH_OPEN_CONNECT_FAILED, "connect to db:1: no answer in time",
          ADIT_SOCKS_HOST_UNREACHABLE },
        { SSH_OPEN_CONNECT_FAILED, "Name or service not known", ADIT_SOCKS_HOST_UNREACHABLE },
        { SSH_OPEN_CONNECT_FAILED, "server side: look up db: x", ADIT_SOCKS_HOST_UNREACHABLE },
        { SSH_OPEN_CONNECT_FAILED, "", ADIT_SOCKS_FAILED },
        { SSH_OPEN_CONNECT_FAILED, "refuse", ADIT_SOCKS_FAILED },
        { SSH_OPEN_RESOURCE_SHORTAGE, "Connection refused", ADIT_SOCKS_FAILED },
        { SSH_OPEN_UNKNOWN_CHANNEL_TYPE, "", ADIT_SOCKS_FAILED },
        { 77, "", ADIT_SOCKS_FAILED },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span text = exact_copy(rows[i].text, strlen(rows[i].text));

        assert_int_equal(adit_socks_outcome_of(rows[i].reason, text), rows[i].outcome);
        exact_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_understood_however_they_are_cut),
        cmocka_unit_test(what_is_not_offered_is_refused_by_its_code),
        cmocka_unit_test(every_truncation_waits_for_more),
        cmocka_unit_test(the_data_behind_a_request_is_left),
        cmocka_unit_test(a_user_without_an_end_is_refused),
        cmocka_unit_test(outcomes_are_told_in_the_words_of_each_version),
        cmocka_unit_test(a_refused_channel_becomes_its_real_outcome),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
