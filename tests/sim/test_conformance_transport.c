/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transport's generic messages, and how a session ends (RFC 4253, 10 and 11;
 * OpenSSH's PROTOCOL, 1.9). The numbers are those of docs/conformance.md.
 */
#include "sim/hostile.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- the end ---- */

/* Everything that a driver might still call; none of it may put out a byte. */
static void call_after_the_end(struct side *side)
{
    const struct adit_channel_open_event open = { .type = ADIT_CHANNEL_DIRECT_TCPIP,
                                                  .host = adit_span_text("db") };
    struct adit_channel *channel;
    struct adit_room room;

    adit_session_rekey(side->session);
    adit_session_advance(side->session, UINT64_C(1) << 40);
    adit_session_no_more_sessions(side->session);
    adit_session_auth_verdict(side->session, ADIT_VERDICT_YES, NULL);
    adit_session_forward_verdict(side->session, true, 1);
    adit_session_tell_user(side->session, "too late");
    assert_int_equal(adit_session_forward(side->session, "", 1, false, NULL), ADIT_ERR_USAGE);
    assert_int_equal(adit_session_open_channel(side->session, &open, NULL, &channel),
                     ADIT_ERR_USAGE);
    if (side->channel) {
        assert_int_equal(adit_channel_reserve(side->channel, 10, &room, 1), 0);
        adit_channel_consumed(side->channel, 10);
        adit_channel_send_eof(side->channel);
        adit_channel_close(side->channel);
    }
    adit_session_disconnect(side->session, "again");
    assert_int_equal(adit_session_deadline(side->session), UINT64_MAX);
    assert_int_equal(adit_session_output_size(side->session), 0);
}

static void alter_a_packet(struct pair *pair)
{
    uint8_t bytes[256];
    size_t len;

    hostile_send_text(&pair->client, SSH_MSG_IGNORE, "some bytes");
    len = hostile_take(&pair->client, bytes, sizeof bytes);
    bytes[len - 1] ^= 1;
    hostile_deliver(&pair->server, bytes, len);
}

static void break_the_protocol(struct pair *pair)
{
    hostile_send_number(&pair->client, SSH_MSG_NEWKEYS);
}

static void send_half_a_message(struct pair *pair)
{
    hostile_send_number(&pair->client, SSH_MSG_GLOBAL_REQUEST);
}

static void find_no_agreement(struct pair *pair)
{
    pair->client.session->transport.kexinit_lists[ADIT_KEXINIT_KEX] = "none@example.org";
    adit_session_rekey(pair->client.session);
}

static void stay_silent(struct pair *pair)
{
    adit_session_rekey(pair->server.session);
    adit_session_advance(pair->server.session, 100000);
}

/* T37: the peer learns why by the number for it, and hears nothing after that. */
static void a_session_ends_with_the_reason_for_it(void **state)
{
    static const struct {
        void (*cause)(struct pair *pair);
        enum adit_err expected; /* of the server */
        uint32_t reason;
    } cases[] = {
        { break_the_protocol, ADIT_ERR_PROTOCOL, SSH_DISCONNECT_PROTOCOL_ERROR },
        { send_half_a_message, ADIT_ERR_MALFORMED, SSH_DISCONNECT_PROTOCOL_ERROR },
        { find_no_agreement, ADIT_ERR_NO_AGREEMENT, SSH_DISCONNECT_KEY_EXCHANGE_FAILED },
        { alter_a_packet, ADIT_ERR_INTEGRITY, SSH_DISCONNECT_MAC_ERROR },
        { stay_silent, ADIT_ERR_TIMEOUT, SSH_DISCONNECT_CONNECTION_LOST },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair = hostile_pair(true);
        struct adit_msg_disconnect msg = { 0 };
        struct adit_span payload;

        hostile_deafen(&pair->client);
        cases[i].cause(pair);
        pair_run(pair);
        assert_int_equal(pair->server.ended, cases[i].expected);
        while (hostile_next(&pair->client, &payload))
            if (payload.data[0] == SSH_MSG_DISCONNECT) {
                assert_int_equal(msg.reason_code, 0);
                assert_int_equal(adit_parse_disconnect(payload, &msg), ADIT_OK);
            } else {
                assert_int_equal(msg.reason_code, 0); /* nothing comes after it */
            }
        assert_int_equal(msg.reason_code, cases[i].reason);
        assert_true(msg.description.len > 10);
        call_after_the_end(&pair->server);
        pair_free(pair);
    }
}

enum when { AT_THE_START, CONNECTED, REKEY, WITHOUT_TEXT, WHENS };

static const uint8_t disconnect[] = "\x01\0\0\0\x0b\0\0\0\x0b"
                                    "so\x1b[2J\nlong"
                                    "\0\0\0\0";

static void send_disconnect(struct pair *pair, struct side *from, enum when when)
{
    struct side *to = from == &pair->client ? &pair->server : &pair->client;
    uint8_t bytes[8192];

    if (when == AT_THE_START) { /* strict, between KEXINIT and the rest */
        hostile_deliver(to, bytes, hostile_take(from, bytes, sizeof bytes));
        hostile_deliver(to, bytes, hostile_plain_packet(disconnect, sizeof disconnect - 1, bytes));
        return;
    }
    pair_log_in(pair);
    pair_open_channel(pair);
    if (when == REKEY)
        adit_session_rekey(from->session);
    hostile_send(from, disconnect, when == WITHOUT_TEXT ? 1 : sizeof disconnect - 1);
}

/* T45: processed in any phase, never answered; what it says is fit to be shown. */
static void a_disconnect_ends_any_phase_and_is_not_answered(void **state)
{
    static const char *const shown[] = {
        [AT_THE_START] = "so\\x1b[2J",
        [CONNECTED] = "so\\x1b[2J\\x0along",
        [REKEY] = "so\\x1b[2J",
        [WITHOUT_TEXT] = "no text",
    };

    (void)state;
    for (int i = 0; i < 2 * WHENS; i++) {
        const enum when when = (enum when)(i / 2);
        struct pair_settings settings;
        struct pair *pair;
        struct side *from;
        struct side *to;

        pair_settings_init(&settings);
        pair = pair_new(&settings);
        from = i % 2 ? &pair->client : &pair->server;
        to = i % 2 ? &pair->server : &pair->client;
        send_disconnect(pair, from, when);
        hostile_deafen(from);
        pair_run(pair);
        assert_int_equal(to->ended, ADIT_ERR_DISCONNECTED);
        assert_null(strpbrk(to->ended_text, "\x1b\n"));
        assert_non_null(strstr(to->ended_text, shown[when]));
        if (when == CONNECTED)
            assert_int_equal(from->inbox.len, from->inbox_at);
        call_after_the_end(to);
        pair_free(pair);
    }
}

/* ---- messages of no consequence ---- */

static void note_words(struct side *side, const struct adit_event *event)
{
    if (event->type != ADIT_EVENT_DEBUG)
        return;
    assert_ptr_equal(side, &side->pair->client);
    assert_true(event->always_display);
    assert_true(adit_span_is(event->text, "add a line"));
}

/* T46, F1: a refusal to listen has no text, so a sentence for the user goes ahead of it. */
static void the_user_is_told_in_a_debug_message(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.on_event = note_words;
    pair = pair_new(&settings);
    adit_session_tell_user(pair->server.session, "before the login nothing is said");
    pair_log_in(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_DEBUG], 0);
    adit_session_tell_user(pair->server.session, "add a line");
    pair_run(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_DEBUG], 1);
    assert_int_equal(pair->client.ended, ADIT_OK);
    pair_free(pair);
}

/* T46: IGNORE is not even looked into. DEBUG is read strictly, and told to the driver. */
static void ignore_and_debug_cost_nothing(void **state)
{
    static uint8_t ignored[200000] = { SSH_MSG_IGNORE, 0xff, 0xff, 0xff, 0xff };
    static const uint8_t debug[] = { SSH_MSG_DEBUG, 1, 0, 0, 0, 2, 'h', 'i', 0, 0, 0, 0 };
    struct pair *pair = hostile_pair(true);
    uint8_t numbers[4];

    (void)state;
    hostile_deafen(&pair->client);
    hostile_send(&pair->client, ignored, sizeof ignored);
    for (unsigned i = 0; i < 10000; i++)
        hostile_send_number(&pair->client, SSH_MSG_IGNORE);
    hostile_send(&pair->client, debug, sizeof debug);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_int_equal(pair->server.events[ADIT_EVENT_DEBUG], 1);
    assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), 0);
    hostile_send(&pair->client, debug, sizeof debug - 1);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_MALFORMED);
    pair_free(pair);
}

/* T47: one answer for each message that is not known, in its turn, with its number. */
static void unknown_messages_are_answered_by_their_sequence_numbers(void **state)
{
    static const uint8_t numbers[] = { 200, SSH_MSG_IGNORE, 8, 191, 6, 255 };
    static const uint8_t unimplemented[] = { SSH_MSG_UNIMPLEMENTED, 0, 0, 0, 1 };
    struct pair *pair = hostile_pair(false);
    const uint32_t first = pair->client.session->transport.out.sequence_number;
    struct adit_span payload;

    (void)state;
    hostile_deafen(&pair->client);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++)
        hostile_send_number(&pair->client, numbers[i]);
    hostile_send(&pair->client, unimplemented, sizeof unimplemented);
    pair_run(pair);
    for (uint32_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++) {
        uint32_t sequence_number;

        if (numbers[i] == SSH_MSG_IGNORE)
            continue;
        assert_true(hostile_next(&pair->client, &payload));
        assert_int_equal(payload.data[0], SSH_MSG_UNIMPLEMENTED);
        assert_int_equal(adit_parse_unimplemented(payload, &sequence_number), ADIT_OK);
        assert_int_equal(sequence_number, first + i);
    }
    assert_false(hostile_next(&pair->client, &payload));
    pair_free(pair);
}

/* T47: nor do answers pile up: unread output stops the input. */
static void answers_that_nobody_reads_stop_the_input(void **state)
{
    struct pair *pair = hostile_pair(false);
    uint8_t *room;
    size_t cap = 1;

    (void)state;
    for (unsigned i = 0; i < 40 && cap; i++) {
        uint8_t bytes[256 * 1024];
        size_t len;
        struct adit_event event;

        for (unsigned k = 0; k < 5000; k++)
            hostile_send_number(&pair->client, 200);
        len = hostile_take(&pair->client, bytes, sizeof bytes);
        adit_session_input_buffer(pair->server.session, &room, &cap);
        if (cap == 0)
            break;
        assert_true(len <= cap);
        memcpy(room, bytes, len);
        adit_session_input_filled(pair->server.session, len);
        while (adit_session_next_event(pair->server.session, &event))
            assert_int_not_equal(event.type, ADIT_EVENT_ENDED);
    }
    assert_int_equal(cap, 0);
    assert_true(adit_session_output_size(pair->server.session) < (size_t)2 * ADIT_OUTPUT_FULL);
    pair_free(pair);
}

/* ---- PING ---- */

static unsigned count_pongs(struct side *side, const char *text)
{
    struct adit_span payload;
    struct adit_span data;
    unsigned count = 0;

    while (hostile_next(side, &payload))
        if (payload.data[0] == SSH_MSG_PONG) {
            assert_int_equal(adit_parse_ping(payload, &data), ADIT_OK);
            assert_true(adit_span_is(data, text));
            count++;
        }
    return count;
}

static void ping_when_keys_are_there(struct side *side, const struct adit_event *event)
{
    if (side != &side->pair->client || event->type != ADIT_EVENT_KEYS_CHANGED)
        return;
    hostile_deafen(side);
    for (unsigned i = 0; i < 100; i++)
        hostile_send_text(side, SSH_MSG_PING, "early");
}

/* T48, CVE-2025-26466: answered after the login, outside of key exchanges, and as it was. */
static void pings_are_answered_after_the_login_only(void **state)
{
    static const uint8_t cut[] = { SSH_MSG_PING, 0, 0, 0, 2, 'x' };
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.on_event = ping_when_keys_are_there;
    pair = pair_new(&settings);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_false(adit_session_is_authenticated(pair->server.session));
    assert_int_equal(count_pongs(&pair->client, "early"), 0);
    pair_free(pair);

    pair = hostile_pair(false);
    hostile_deafen(&pair->client);
    hostile_send_text(&pair->client, SSH_MSG_PING, "");
    pair_run(pair);
    assert_int_equal(count_pongs(&pair->client, ""), 1);
    adit_session_rekey(pair->server.session);
    hostile_send_text(&pair->client, SSH_MSG_PING, "x");
    pair_run(pair);
    assert_int_equal(count_pongs(&pair->client, "x"), 0);
    assert_int_equal(pair->server.session->transport.held.len, 0); /* nor is one to come */
    hostile_send(&pair->client, cut, sizeof cut);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_MALFORMED);
    pair_free(pair);
}

/* ---- a server that is none of SSH ---- */

static void what_came_before_no_identification_is_quoted(void **state)
{
    static const struct {
        const char *said;
        const char *error;
    } cases[] = {
        { "", "the peer closed the connection without a word" },
        { "\r\n", "the peer closed the connection without a word" },
        { "HTTP/1.1 400 Bad\r\nServer: x\r\n\r\n",
          "the peer closed the connection before it spoke SSH; it said: HTTP/1.1 400 Bad" },
        { "Exceeded MaxStartups\n\x1b[2J",
          "the peer closed the connection before it spoke SSH; it said: Exceeded MaxStartups" },
        { "\x1b[2J\n", "the peer closed the connection before it spoke SSH; it said: \\x1b[2J" },
        { "hello\nSSH-2.0-x\r\n", "the peer closed the connection" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        pair = pair_new(&settings);
        hostile_deliver(&pair->client, (const uint8_t *)cases[i].said, strlen(cases[i].said));
        pair_run_alone(&pair->client);
        adit_session_input_closed(pair->client.session);
        assert_string_equal(adit_session_error_text(pair->client.session), cases[i].error);
        pair_free(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_ends_with_the_reason_for_it),
        cmocka_unit_test(a_disconnect_ends_any_phase_and_is_not_answered),
        cmocka_unit_test(ignore_and_debug_cost_nothing),
        cmocka_unit_test(the_user_is_told_in_a_debug_message),
        cmocka_unit_test(unknown_messages_are_answered_by_their_sequence_numbers),
        cmocka_unit_test(answers_that_nobody_reads_stop_the_input),
        cmocka_unit_test(what_came_before_no_identification_is_quoted),
        cmocka_unit_test(pings_are_answered_after_the_login_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
