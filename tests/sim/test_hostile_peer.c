/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer that knows the keys and sends what it likes: each time the session
 * ends, or goes on, as it should, with one sentence, and nothing else happens.
 * The numbers are those of the protocol checklist.
 */
#include "sim/pair.h"

#include "base/span.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Sends one payload as it is, past every check of the sender's own. */
static void inject(struct side *from, const uint8_t *payload, size_t len)
{
    struct adit_transport *t = &from->session->transport;
    struct adit_writer w = adit_transport_message(t);

    adit_write_bytes(&w, adit_span_of(payload, len));
    assert_int_equal(adit_transport_send(t, &w), ADIT_OK);
}

static void inject_number(struct side *from, uint8_t number)
{
    inject(from, &number, 1);
}

/* number, recipient channel, and one more uint32 */
static void inject_channel(struct side *from, uint8_t number, uint32_t channel, uint32_t value)
{
    uint8_t payload[9] = { number };

    adit_put_uint32(payload + 1, channel);
    adit_put_uint32(payload + 5, value);
    inject(from, payload, number == SSH_MSG_CHANNEL_WINDOW_ADJUST ? 9 : 5);
}

static void inject_data(struct side *from, uint32_t channel, uint32_t claimed, size_t len)
{
    static uint8_t payload[9 + ADIT_DATA_TAKEN_MAX + 1];

    memset(payload, 'x', sizeof payload);
    payload[0] = SSH_MSG_CHANNEL_DATA;
    adit_put_uint32(payload + 1, channel);
    adit_put_uint32(payload + 5, claimed);
    inject(from, payload, 9 + len);
}

static void setup(struct pair **pair, bool with_channel)
{
    struct pair_settings settings;

    pair_settings_init(&settings);
    *pair = pair_new(&settings);
    pair_log_in(*pair);
    if (with_channel)
        pair_open_channel(*pair);
}

/* C12, C13, C9, C7 of the receiving side: each in a session of its own. */
static void misuse_of_channels_ends_the_session(void **state)
{
    static const struct {
        uint8_t number;
        uint32_t channel;
        uint32_t value;
        enum adit_err expected; /* of the server */
    } cases[] = {
        { SSH_MSG_CHANNEL_EOF, 99, 0, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_CLOSE, 99, 0, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_CLOSE, 0xffffffff, 0, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_CLOSE, 0x80000000, 0, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_WINDOW_ADJUST, 99, 10, ADIT_OK },
        { SSH_MSG_CHANNEL_SUCCESS, 99, 0, ADIT_OK },
        { SSH_MSG_CHANNEL_FAILURE, 99, 0, ADIT_OK },
        { SSH_MSG_CHANNEL_WINDOW_ADJUST, 0, 0, ADIT_OK },
        { SSH_MSG_CHANNEL_WINDOW_ADJUST, 0, 0xffffffff, ADIT_ERR_PROTOCOL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair;

        setup(&pair, true);
        inject_channel(&pair->client, cases[i].number, cases[i].channel, cases[i].value);
        pair_run(pair);
        assert_int_equal(pair->server.ended, cases[i].expected);
        assert_int_equal(pair->client.ended, cases[i].expected ? ADIT_ERR_DISCONNECTED : ADIT_OK);
        pair_free(pair);
    }
}

static void data_that_nobody_allowed_ends_the_session(void **state)
{
    static const struct {
        uint32_t channel;
        uint32_t claimed;
        size_t len;
    } cases[] = {
        { 99, 5, 5 },                                            /* no such channel */
        { 0, ADIT_DATA_TAKEN_MAX + 1, ADIT_DATA_TAKEN_MAX + 1 }, /* over the maximum packet size */
        { 0, 6, 5 }, /* a string longer than the message */
        { 0, 4, 5 }, /* bytes left over */
        { 0, 0xffffffff, 100 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair;

        setup(&pair, true);
        inject_data(&pair->client, cases[i].channel, cases[i].claimed, cases[i].len);
        pair_run(pair);
        assert_true(pair->server.ended == ADIT_ERR_PROTOCOL ||
                    pair->server.ended == ADIT_ERR_MALFORMED);
        assert_int_equal(pair->server.bytes_received, 0);
        pair_free(pair);
    }
}

/* C7 */
static void data_beyond_the_window_ends_the_session(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.server.window_initial = 40000;
    settings.keep_credit = true;
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    inject_data(&pair->client, 0, 30000, 30000);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    inject_data(&pair->client, 0, 10001, 10001);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
    assert_non_null(strstr(pair->server.ended_text, "window"));
    assert_int_equal(pair->server.bytes_received, 30000);
    pair_free(pair);
}

/* C9: data after EOF is nobody's; a second EOF means nothing. */
static void data_after_eof_is_dropped(void **state)
{
    struct pair *pair;

    (void)state;
    setup(&pair, true);
    inject_channel(&pair->client, SSH_MSG_CHANNEL_EOF, 0, 0);
    inject_channel(&pair->client, SSH_MSG_CHANNEL_EOF, 0, 0);
    inject_data(&pair->client, 0, 5, 5);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_int_equal(pair->server.bytes_received, 0);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_EOF], 1);
    pair_free(pair);
}

/* C10, C15: a number is gone after both CLOSEs; what comes for it then is for no channel. */
static void data_after_close_reaches_nobody(void **state)
{
    struct pair *pair;

    (void)state;
    setup(&pair, true);
    inject_channel(&pair->client, SSH_MSG_CHANNEL_CLOSE, 0, 0);
    inject_data(&pair->client, 0, 5, 5);
    pair_run(pair);
    assert_int_equal(pair->server.bytes_received, 0);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_CLOSED], 1);
    assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
    pair_free(pair);
}

/* The client has keys and has asked for the list of methods; now it tries to skip the login. */
static void inject_when_keys_are_there(struct side *side, const struct adit_event *event)
{
    if (side == &side->pair->client && event->type == ADIT_EVENT_KEYS_CHANGED)
        inject_number(side, *(const uint8_t *)side->pair->settings.user_data);
}

/* U1, U2: what a client may not send before it is in, and never. */
static void messages_before_the_login_open_nothing(void **state)
{
    static uint8_t numbers[] = {
        SSH_MSG_USERAUTH_SUCCESS,
        SSH_MSG_USERAUTH_FAILURE,
        SSH_MSG_USERAUTH_PK_OK,
        SSH_MSG_GLOBAL_REQUEST,
        SSH_MSG_CHANNEL_OPEN,
        SSH_MSG_CHANNEL_DATA,
        SSH_MSG_CHANNEL_REQUEST,
        SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
        101,
        SSH_MSG_KEXINIT,
        255,
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.on_event = inject_when_keys_are_there;
        settings.user_data = &numbers[i];
        pair = pair_new(&settings);
        pair_run(pair);
        assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
        assert_false(adit_session_is_authenticated(pair->server.session));
        assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 0);
        assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_OPEN], 0);
        assert_int_equal(pair->server.events[ADIT_EVENT_FORWARD_REQUEST], 0);
        pair_free(pair);
    }
}

/* U17, U2: a server that claims things nobody asked about, after the login. */
static void login_messages_after_the_login_end_the_client(void **state)
{
    static const uint8_t numbers[] = { SSH_MSG_USERAUTH_REQUEST, SSH_MSG_USERAUTH_FAILURE,
                                       SSH_MSG_USERAUTH_SUCCESS, SSH_MSG_USERAUTH_BANNER,
                                       SSH_MSG_USERAUTH_PK_OK };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++) {
        struct pair *pair;

        setup(&pair, false);
        inject_number(&pair->server, numbers[i]);
        pair_run(pair);
        assert_int_equal(pair->client.ended, ADIT_ERR_PROTOCOL);
        pair_free(pair);
    }
}

/* T47, A.10: whatever their numbers; test_conformance_transport.c reads the answers. */
static void unknown_messages_end_no_session(void **state)
{
    static const uint8_t numbers[] = { 5, 6, 7, 8, 19, 22, 29, 30, 49, 54, 83, 89, 101, 191, 255 };
    struct pair *pair;

    (void)state;
    setup(&pair, true);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++)
        inject_number(&pair->client, numbers[i]);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_int_equal(pair->client.ended, ADIT_OK);
    pair_free(pair);
}

/* C1: replies that nobody waits for; C2: unknown requests get "failure" when one is wanted. */
static void stray_replies_and_unknown_requests_do_no_harm(void **state)
{
    static const uint8_t global[] = { SSH_MSG_GLOBAL_REQUEST, 0, 0, 0, 3, 'x', '@', 'y', 1 };
    static const uint8_t channel[] = {
        SSH_MSG_CHANNEL_REQUEST, 0, 0, 0, 0, 0, 0, 0, 3, 'x', '@', 'y', 1
    };
    struct pair *pair;

    (void)state;
    setup(&pair, true);
    inject_number(&pair->client, SSH_MSG_REQUEST_SUCCESS);
    inject_number(&pair->client, SSH_MSG_REQUEST_FAILURE);
    for (unsigned i = 0; i < 1000; i++) {
        inject(&pair->client, global, sizeof global);
        inject(&pair->client, channel, sizeof channel);
    }
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_int_equal(pair->client.ended, ADIT_OK);
    pair_free(pair);
}

/* C5, C6: what may be opened by whom. */
static void channels_that_make_no_sense_are_refused_and_leave_nothing(void **state)
{
    static const char *const types[] = {
        "session", "x11", "auth-agent@openssh.com", "forwarded-tcpip", "tun@openssh.com", ""
    };
    struct pair *pair;

    (void)state;
    setup(&pair, false);
    for (unsigned round = 0; round < 200; round++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
            const struct adit_msg_channel_open msg = { adit_span_text(types[i]), round, 1000, 1000,
                                                       ADIT_SPAN_EMPTY };
            struct adit_writer w = adit_transport_message(&pair->client.session->transport);
            struct adit_channel *expected;

            /* The client must know of the channel that the refusal is for. */
            assert_int_equal(adit_channel_new(&pair->client.session->connection, &expected),
                             ADIT_OK);
            adit_write_channel_open(&w, &(struct adit_msg_channel_open){ msg.channel_type,
                                                                         expected->local_id, 1000,
                                                                         1000, ADIT_SPAN_EMPTY });
            assert_int_equal(adit_transport_send(&pair->client.session->transport, &w), ADIT_OK);
            pair_run(pair);
        }
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_REFUSED], 200 * ADIT_ARRAY_LEN(types));
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_OPEN], 0);
    assert_int_equal(pair->server.session->connection.channel_count, 0);
    assert_true(pair->server.session->connection.slots <= 8);
    pair_free(pair);
}

/* F6 */
static void a_session_after_no_more_sessions_ends_it(void **state)
{
    const struct adit_msg_channel_open msg = { adit_span_text("session"), 0, 1000, 1000,
                                               ADIT_SPAN_EMPTY };
    struct adit_writer w;
    struct pair *pair;

    (void)state;
    setup(&pair, false);
    adit_session_no_more_sessions(pair->client.session);
    pair_run(pair);
    w = adit_transport_message(&pair->client.session->transport);
    adit_write_channel_open(&w, &msg);
    assert_int_equal(adit_transport_send(&pair->client.session->transport, &w), ADIT_OK);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
    pair_free(pair);
}

/* C4: a maximum packet size of 0 is refused, tiny ones work. */
static void tiny_packets_make_progress(void **state)
{
    static const uint32_t sizes[] = { 1, 8, 9 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(sizes); i++) {
        struct pair *pair;
        uint64_t hash = PAIR_HASH_START;

        setup(&pair, true);
        pair->client.channel->send_packet_max = sizes[i];
        assert_int_equal(pair_send(&pair->client, 1000, &hash), 1000);
        pair_run(pair);
        assert_int_equal(pair->server.hash_received, hash);
        pair_free(pair);
    }
}

/* T22, T21: inside an exchange. */
static void a_second_kexinit_or_data_within_an_exchange_ends_it(void **state)
{
    static const uint8_t numbers[] = { SSH_MSG_KEXINIT, SSH_MSG_CHANNEL_DATA,
                                       SSH_MSG_GLOBAL_REQUEST, SSH_MSG_SERVICE_REQUEST };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++) {
        struct pair *pair;
        struct adit_kex *kex;

        setup(&pair, true);
        adit_session_rekey(pair->client.session);
        kex = &pair->client.session->transport.kex;
        if (numbers[i] == SSH_MSG_KEXINIT) {
            inject(&pair->client, kex->own_kexinit, kex->own_kexinit_len);
        } else {
            kex->step = ADIT_KEX_IDLE; /* so that our own side does not hold it back */
            inject_number(&pair->client, numbers[i]);
            kex->step = ADIT_KEX_OFFERED;
        }
        pair_run(pair);
        assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
        pair_free(pair);
    }
}

/* Faults row 33: a peer that never answers our KEXINIT. */
static void an_exchange_that_is_not_answered_times_out(void **state)
{
    struct pair *pair;

    (void)state;
    setup(&pair, true);
    adit_session_rekey(pair->server.session);
    adit_session_advance(pair->server.session, 59999);
    assert_int_equal(adit_session_error(pair->server.session), ADIT_OK);
    adit_session_advance(pair->server.session, 60001);
    assert_int_equal(adit_session_error(pair->server.session), ADIT_ERR_TIMEOUT);
    pair_free(pair);
}

/* T48, CVE-2025-26466: PINGs cost nothing before the login and are bounded after it. */
static void pings_that_nobody_reads_stop_the_input(void **state)
{
    uint8_t ping[5 + 256] = { SSH_MSG_PING };
    struct pair *pair;
    uint8_t *room;
    size_t cap;
    struct adit_span spans[64];
    struct adit_event event;

    (void)state;
    setup(&pair, false);
    adit_put_uint32(ping + 1, 256);
    for (unsigned i = 0; i < 20000; i++) {
        size_t sent = 0;
        size_t count;

        inject(&pair->client, ping, sizeof ping);
        count = adit_session_output(pair->client.session, spans, ADIT_ARRAY_LEN(spans));
        adit_session_input_buffer(pair->server.session, &room, &cap);
        for (size_t k = 0; k < count && cap; k++) {
            memcpy(room + sent, spans[k].data, spans[k].len);
            sent += spans[k].len;
        }
        adit_session_output_sent(pair->client.session,
                                 cap ? sent : adit_session_output_size(pair->client.session));
        adit_session_input_filled(pair->server.session, sent);
        while (adit_session_next_event(pair->server.session, &event))
            assert_int_not_equal(event.type, ADIT_EVENT_ENDED);
    }
    assert_int_equal(cap, 0);
    assert_true(adit_session_output_size(pair->server.session) < 2 * ADIT_OUTPUT_FULL);
    pair_free(pair);
}

/* Every bit of the first packets after the login, each way: never a wrong byte, always an end. */
static void a_flipped_bit_anywhere_ends_the_session(void **state)
{
    static const char *const ciphers[] = { "aes128-gcm@openssh.com",
                                           "chacha20-poly1305@openssh.com", "aes128-ctr" };

    (void)state;
    for (size_t c = 0; c < ADIT_ARRAY_LEN(ciphers); c++)
        for (size_t bit = 0; bit < 64 * 8; bit += 7) {
            struct pair_settings settings;
            struct pair *pair;
            struct adit_span span;
            uint64_t hash = PAIR_HASH_START;

            pair_settings_init(&settings);
            settings.client.algorithms.ciphers = ciphers[c];
            pair = pair_new(&settings);
            pair_log_in(pair);
            pair_open_channel(pair);
            assert_int_equal(pair_send(&pair->client, 40, &hash), 40);
            assert_int_equal(adit_session_output(pair->client.session, &span, 1), 1);
            if (bit / 8 < span.len)
                ((uint8_t *)(uintptr_t)span.data)[bit / 8] ^= (uint8_t)(1U << bit % 8);
            else
                ((uint8_t *)(uintptr_t)span.data)[span.len - 1] ^= 1;
            /* A longer length only makes the server wait: more bytes decide it. */
            for (unsigned i = 0; i < 20 && pair->server.ended == ADIT_OK; i++) {
                (void)pair_send(&pair->client, 32768, &hash);
                pair_run(pair);
            }
            assert_int_equal(pair->server.ended, ADIT_ERR_INTEGRITY);
            assert_int_equal(pair->server.bytes_received, 0);
            pair_free(pair);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misuse_of_channels_ends_the_session),
        cmocka_unit_test(data_that_nobody_allowed_ends_the_session),
        cmocka_unit_test(data_beyond_the_window_ends_the_session),
        cmocka_unit_test(data_after_eof_is_dropped),
        cmocka_unit_test(data_after_close_reaches_nobody),
        cmocka_unit_test(messages_before_the_login_open_nothing),
        cmocka_unit_test(login_messages_after_the_login_end_the_client),
        cmocka_unit_test(unknown_messages_end_no_session),
        cmocka_unit_test(stray_replies_and_unknown_requests_do_no_harm),
        cmocka_unit_test(channels_that_make_no_sense_are_refused_and_leave_nothing),
        cmocka_unit_test(a_session_after_no_more_sessions_ends_it),
        cmocka_unit_test(tiny_packets_make_progress),
        cmocka_unit_test(a_second_kexinit_or_data_within_an_exchange_ends_it),
        cmocka_unit_test(an_exchange_that_is_not_answered_times_out),
        cmocka_unit_test(pings_that_nobody_reads_stop_the_input),
        cmocka_unit_test(a_flipped_bit_anywhere_ends_the_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
