/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forwarding as far as the engine goes (RFC 4254, 7); who may is asked of the
 * driver. The numbers are those of docs/conformance.md.
 */
#include "sim/hostile_channels.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The last thing that was asked for. */
struct asked {
    char host[64];
    char originator[64];
    uint16_t port;
    uint16_t originator_port;
};

static void copy(struct adit_span text, char out[static 64])
{
    assert_true(text.len < 64);
    (void)snprintf(out, 64, "%.*s", (int)text.len, (const char *)text.data);
}

static void note(struct side *side, const struct adit_event *event)
{
    struct asked *asked = side->pair->settings.user_data;

    if (event->type == ADIT_EVENT_CHANNEL_OPEN) {
        copy(event->open.host, asked->host);
        copy(event->open.originator, asked->originator);
        asked->port = event->open.port;
        asked->originator_port = event->open.originator_port;
    } else if (event->type == ADIT_EVENT_FORWARD_REQUEST ||
               event->type == ADIT_EVENT_FORWARD_CANCEL) {
        copy(event->forward.address, asked->host);
        asked->port = event->forward.port;
    }
}

static struct pair *pair_that_notes(struct asked *asked)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.on_event = note;
    settings.user_data = asked;
    pair = pair_new(&settings);
    pair_log_in(pair);
    return pair;
}

/* direct-tcpip or forwarded-tcpip with any port, and `extra` bytes behind it. */
static void open_to(struct side *from, const char *type, uint32_t port, uint32_t originator_port,
                    size_t extra)
{
    struct adit_writer w = hostile_message(from);

    adit_write_byte(&w, SSH_MSG_CHANNEL_OPEN);
    adit_write_text(&w, type);
    adit_write_uint32(&w, 3);
    adit_write_uint32(&w, 1000);
    adit_write_uint32(&w, 1000);
    adit_write_text(&w, "db.internal");
    adit_write_uint32(&w, port);
    adit_write_text(&w, "192.0.2.1");
    adit_write_uint32(&w, originator_port);
    adit_write_bytes(&w, adit_span_of((const uint8_t *)"bytes", extra));
    hostile_send_written(from, &w);
}

/* F1, F3: told as it was asked for; a port that is none is refused and never cut to one. */
static void a_channel_is_told_as_it_was_asked_for(void **state)
{
    static const struct {
        uint32_t port;
        uint32_t originator_port;
        size_t extra;
        uint32_t reason; /* 0: it opens */
        uint16_t told_originator_port;
    } cases[] = {
        { 3306, 40000, 0, 0, 40000 }, { 65535, 65535, 0, 0, 65535 },
        { 65536, 1, 0, 2, 0 },        { 65536 + 22, 1, 0, 2, 0 },
        { 0xffffffff, 1, 0, 2, 0 },   { 1, 65536 + 22, 0, 0, 0 }, /* only told, never used */
        { 3306, 40000, 1, 2, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int to_server = 0; to_server < 2; to_server++) {
            struct asked asked = { .port = 1 };
            struct pair *pair = pair_that_notes(&asked);
            struct side *from = to_server ? &pair->client : &pair->server;
            struct side *to = to_server ? &pair->server : &pair->client;
            struct adit_msg_channel_open_failure failure = { 0 };
            struct adit_span payload;

            hostile_deafen(from);
            open_to(from, to_server ? "direct-tcpip" : "forwarded-tcpip", cases[i].port,
                    cases[i].originator_port, cases[i].extra);
            pair_run(pair);
            assert_true(hostile_next(from, &payload));
            assert_int_equal(to->events[ADIT_EVENT_CHANNEL_OPEN], cases[i].reason == 0);
            if (cases[i].reason) {
                assert_int_equal(adit_parse_channel_open_failure(payload, &failure), ADIT_OK);
            } else {
                assert_int_equal(payload.data[0], SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
                assert_string_equal(asked.host, "db.internal");
                assert_string_equal(asked.originator, "192.0.2.1");
                assert_int_equal(asked.port, cases[i].port);
                assert_int_equal(asked.originator_port, cases[i].told_originator_port);
            }
            assert_int_equal(failure.reason_code, cases[i].reason);
            pair_free(pair);
        }
}

static void request_listener(struct side *from, const char *name, bool want_reply, uint32_t port,
                             size_t extra)
{
    struct adit_writer w = hostile_message(from);

    adit_write_byte(&w, SSH_MSG_GLOBAL_REQUEST);
    adit_write_text(&w, name);
    adit_write_bool(&w, want_reply);
    adit_write_text(&w, "localhost");
    adit_write_uint32(&w, port);
    adit_write_bytes(&w, adit_span_of((const uint8_t *)"bytes", extra));
    hostile_send_written(from, &w);
}

/* F2, F4: the port is told where it was left to the server, and nowhere else. */
static void a_listener_is_answered_as_it_was_asked_for(void **state)
{
    static const struct {
        const char *name;
        bool want_reply;
        uint32_t port;
        size_t extra;
        bool asks; /* the driver */
        const char *answer;
        size_t answer_len;
    } cases[] = {
        { "tcpip-forward", true, 8080, 0, true, "\x51", 1 },
        { "tcpip-forward", true, 0, 0, true, "\x51\0\0\x1f\x91", 5 },
        { "tcpip-forward", false, 8080, 0, true, "", 0 },
        { "tcpip-forward", false, 0, 0, false, "", 0 },
        { "tcpip-forward", true, 65536, 0, false, "\x52", 1 },
        { "tcpip-forward", false, 65536, 0, false, "", 0 },
        { "tcpip-forward", true, 8080, 5, true, "\x51", 1 }, /* OpenSSH lets it pass too */
        { "cancel-tcpip-forward", true, 8080, 0, true, "\x51", 1 },
        { "cancel-tcpip-forward", true, 0, 0, true, "\x51", 1 },
        { "cancel-tcpip-forward", true, 65536 + 8080, 0, false, "\x52", 1 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct asked asked = { .port = 1 };
        struct pair *pair = pair_that_notes(&asked);
        const uint64_t *events = pair->server.events;
        struct adit_span payload;

        hostile_deafen(&pair->client);
        request_listener(&pair->client, cases[i].name, cases[i].want_reply, cases[i].port,
                         cases[i].extra);
        pair_run(pair);
        assert_int_equal(events[ADIT_EVENT_FORWARD_REQUEST] + events[ADIT_EVENT_FORWARD_CANCEL],
                         cases[i].asks);
        if (cases[i].asks) {
            assert_string_equal(asked.host, "localhost");
            assert_int_equal(asked.port, cases[i].port);
            adit_session_forward_verdict(pair->server.session, true, 8081);
            pair_run(pair);
        }
        if (hostile_next(&pair->client, &payload)) {
            assert_int_equal(payload.len, cases[i].answer_len);
            assert_memory_equal(payload.data, cases[i].answer, payload.len);
        } else {
            assert_int_equal(cases[i].answer_len, 0);
        }
        assert_false(hostile_next(&pair->client, &payload));
        assert_int_equal(pair->server.ended, ADIT_OK);
        pair_free(pair);
    }
}

/* The port in each answer to the client's requests for port 0. */
struct ports {
    unsigned count;
    bool accepted;
    uint16_t port;
};

static void note_port(struct side *side, const struct adit_event *event)
{
    struct ports *ports = side->pair->settings.user_data;

    if (event->type != ADIT_EVENT_FORWARD_ANSWERED)
        return;
    ports->count++;
    ports->accepted = event->forward.accepted;
    ports->port = event->forward.port;
}

/* F2: an answer that names no port, or none that there is, is a refusal. */
static void a_client_takes_no_port_that_makes_no_sense(void **state)
{
    static const struct {
        const char *answer;
        size_t len;
        uint16_t asked;
        bool accepted;
        uint16_t port;
    } cases[] = {
        { "\x51\0\0\x1f\x91", 5, 0, true, 8081 },    { "\x51", 1, 0, false, 0 },
        { "\x51\0\0\0\0", 5, 0, false, 0 },          { "\x51\0\1\0\x16", 5, 0, false, 0 },
        { "\x51\0\0\x1f", 4, 0, false, 0 },          { "\x51", 1, 8080, true, 8080 },
        { "\x51\0\0\x1f\x91", 5, 8080, true, 8080 }, { "\x52", 1, 8080, false, 8080 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct ports ports = { 0 };
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.on_event = note_port;
        settings.user_data = &ports;
        pair = pair_new(&settings);
        pair_log_in(pair);
        hostile_deafen(&pair->server);
        assert_int_equal(
            adit_session_forward(pair->client.session, "", cases[i].asked, false, NULL), ADIT_OK);
        hostile_send(&pair->server, (const uint8_t *)cases[i].answer, cases[i].len);
        pair_run(pair);
        assert_int_equal(ports.count, 1);
        assert_int_equal(ports.accepted, cases[i].accepted);
        assert_int_equal(ports.port, cases[i].port);
        pair_free(pair);
    }
}

/* F2, C2: listeners are a client's to ask for; a client is never asked to make one. */
static void a_client_listens_for_nobody(void **state)
{
    static const char *const names[] = { "tcpip-forward", "cancel-tcpip-forward",
                                         "no-more-sessions@openssh.com",
                                         "streamlocal-forward@openssh.com" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        struct pair *pair = hostile_pair(false);
        uint8_t numbers[2];

        hostile_deafen(&pair->server);
        request_listener(&pair->server, names[i], true, 8080, 0);
        pair_run(pair);
        assert_int_equal(hostile_numbers(&pair->server, numbers, sizeof numbers), 1);
        assert_int_equal(numbers[0], SSH_MSG_REQUEST_FAILURE);
        assert_int_equal(pair->client.events[ADIT_EVENT_FORWARD_REQUEST], 0);
        pair_free(pair);
    }
}

/* F6: taken, with an answer where one is wanted; channels of other types go on. */
static void no_more_sessions_bars_sessions_only(void **state)
{
    (void)state;
    for (int want_reply = 0; want_reply < 2; want_reply++) {
        struct pair *pair = hostile_pair(false);
        uint8_t numbers[2];

        hostile_deafen(&pair->client);
        hostile_global_request(&pair->client, "no-more-sessions@openssh.com", want_reply);
        pair_run(pair);
        assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), want_reply);
        if (want_reply)
            assert_int_equal(numbers[0], SSH_MSG_REQUEST_SUCCESS);
        hostile_undeafen(&pair->client);
        pair_open_channel(pair);
        assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CONFIRMED], 1);
        hostile_open(&pair->client, "session", 5, 1000, 1000);
        pair_run(pair);
        assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
        pair_free(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_channel_is_told_as_it_was_asked_for),
        cmocka_unit_test(a_listener_is_answered_as_it_was_asked_for),
        cmocka_unit_test(a_client_takes_no_port_that_makes_no_sense),
        cmocka_unit_test(a_client_listens_for_nobody),
        cmocka_unit_test(no_more_sessions_bars_sessions_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
