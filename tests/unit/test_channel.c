/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening and closing (RFC 4254, 5.1, 5.3): what each message means in each state of a channel. */
#include "connection_world.h"

/* That a channel was refused without asking. The bytes of the type are the message's, and gone. */
static void assert_denied(struct one_end *end, const char *type)
{
    const struct adit_event event = assert_told(end, ADIT_EVENT_CHANNEL_DENIED);

    assert_null(event.channel);
    assert_int_equal(event.data.len, strlen(type));
    assert_true(event.text.len > 0);
}

/* C5, C6, F1: who may open what, and the reason of each refusal. */
static void openings_are_asked_of_the_driver_or_refused(void **state)
{
    enum { ASKED = 0, PROHIBITED = 1, CONNECT_FAILED = 2, UNKNOWN_TYPE = 3 };
    static const struct {
        enum adit_role role;
        const char *type;
        uint32_t packet_max;
        uint32_t port;
        uint32_t reason;
    } cases[] = {
        { ADIT_SERVER, "direct-tcpip", 32768, 80, ASKED },
        { ADIT_SERVER, "direct-tcpip", 1, 65535, ASKED },
        { ADIT_SERVER, "direct-tcpip", UINT32_MAX, 0, ASKED },
        { ADIT_SERVER, "direct-tcpip", 0, 80, CONNECT_FAILED },
        { ADIT_SERVER, "direct-tcpip", 32768, 65536, CONNECT_FAILED },
        { ADIT_SERVER, "direct-tcpip", 32768, UINT32_MAX, CONNECT_FAILED },
        { ADIT_SERVER, "forwarded-tcpip", 32768, 80, PROHIBITED },
        { ADIT_SERVER, "session", 32768, 80, PROHIBITED },
        { ADIT_SERVER, "x11", 32768, 80, UNKNOWN_TYPE },
        { ADIT_SERVER, "", 32768, 80, UNKNOWN_TYPE },
        { ADIT_SERVER, "direct-tcpip2", 32768, 80, UNKNOWN_TYPE },
        { ADIT_CLIENT, "forwarded-tcpip", 32768, 80, ASKED },
        { ADIT_CLIENT, "forwarded-tcpip", 0, 80, CONNECT_FAILED },
        { ADIT_CLIENT, "direct-tcpip", 32768, 80, PROHIBITED },
        { ADIT_CLIENT, "session", 32768, 80, PROHIBITED },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;

        world_init(&w, cases[i].role);
        assert_int_equal(
            world_peer_opens(&w, cases[i].type, UINT32_MAX, 7, cases[i].packet_max, cases[i].port),
            ADIT_OK);
        if (cases[i].reason == ASKED) {
            const struct adit_event event = assert_told(&w.end, ADIT_EVENT_CHANNEL_OPEN);

            assert_nothing_sent(&w.end);
            assert_int_equal(event.open.port, cases[i].port);
            assert_int_equal(event.channel->peer_id, UINT32_MAX);
            assert_int_equal(event.channel->send_window, 7);
            assert_int_equal(event.channel->send_packet_max, cases[i].packet_max);
        } else {
            const struct adit_span answer = assert_sent(&w.end, SSH_MSG_CHANNEL_OPEN_FAILURE);

            assert_int_equal(adit_get_uint32(answer.data + 1), UINT32_MAX);
            assert_int_equal(adit_get_uint32(answer.data + 5), cases[i].reason);
            assert_denied(&w.end, cases[i].type);
        }
        assert_nothing_told(&w.end);
        assert_int_equal(w.connection.channel_count, cases[i].reason == ASKED); /* C5: no trace */
        world_clear(&w);
    }
}

/* C14 and F6. */
static void openings_end_at_the_limit_and_after_no_more_sessions(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    w.connection.channels_max = 3;
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(world_peer_opens(&w, "direct-tcpip", 10 + i, 1, 1, 80), ADIT_OK);
        if (i < 3) {
            (void)assert_told(&w.end, ADIT_EVENT_CHANNEL_OPEN);
        } else {
            const struct adit_span answer = assert_sent(&w.end, SSH_MSG_CHANNEL_OPEN_FAILURE);

            assert_int_equal(adit_get_uint32(answer.data + 1), 10 + i);
            assert_int_equal(adit_get_uint32(answer.data + 5), SSH_OPEN_RESOURCE_SHORTAGE);
            assert_denied(&w.end, "direct-tcpip");
        }
        assert_nothing_told(&w.end);
    }
    w.connection.no_more_sessions = true;
    assert_int_equal(world_peer_opens(&w, "x11", 1, 1, 1, 80), ADIT_OK);
    (void)assert_sent(&w.end, SSH_MSG_CHANNEL_OPEN_FAILURE);
    assert_denied(&w.end, "x11");
    assert_int_equal(world_peer_opens(&w, "session", 1, 1, 1, 80), ADIT_ERR_PROTOCOL);
    assert_nothing_sent(&w.end);
    world_clear(&w);
}

/* A cut in the part that all types share ends the session; in the type's own it is a refusal. */
static void an_opening_is_cut_anywhere(void **state)
{
    static const uint8_t golden[] = "\x5a\x00\x00\x00\x0c"
                                    "direct-tcpip\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"
                                    "\x00\x00\x00\x01h\x00\x00\x00\x50"
                                    "\x00\x00\x00\x01o\x00\x00\x00\x51";
    const size_t len = sizeof golden - 1;
    const size_t common = 5 + 12 + 12;

    (void)state;
    for (size_t cut = 1; cut <= len; cut++) {
        const struct adit_span copy = exact_copy(golden, cut);
        struct world w;

        world_init(&w, ADIT_SERVER);
        assert_int_equal(adit_connection_handle_open(&w.connection, copy),
                         cut < common ? ADIT_ERR_MALFORMED : ADIT_OK);
        if (cut >= common && cut < len)
            (void)assert_sent(&w.end, SSH_MSG_CHANNEL_OPEN_FAILURE);
        assert_nothing_sent(&w.end);
        assert_int_equal(w.connection.channel_count, cut == len);
        if (cut == len) {
            const struct adit_event event = assert_told(&w.end, ADIT_EVENT_CHANNEL_OPEN);

            assert_span_is(event.open.host, "h");
            assert_span_is(event.open.originator, "o");
            assert_int_equal(event.open.originator_port, 0x51);
            assert_int_equal(event.channel->peer_id, 1);
        }
        world_clear(&w);
        exact_free(copy);
    }
}

static void an_opening_of_ours_is_written_as_the_rfc_draws_it(void **state)
{
    static const char golden[] = "\x5a\x00\x00\x00\x0c"
                                 "direct-tcpip\x00\x00\x00\x00\x00\x04\x00\x00\x00\x03\xc0\x00"
                                 "\x00\x00\x00\x02"
                                 "db\x00\x00\x0c\xea\x00\x00\x00\x01o\x00\x00\xff\xff";
    const struct adit_channel_open_event open = { ADIT_CHANNEL_DIRECT_TCPIP, adit_span_text("db"),
                                                  3306, adit_span_text("o"), 65535 };
    struct adit_channel *channel;
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    assert_int_equal(adit_connection_open(&w.connection, &open, &w, &channel), ADIT_OK);
    assert_true(adit_span_equal(one_end_sent(&w.end), adit_span_of(golden, sizeof golden - 1)));
    assert_ptr_equal(channel->user_data, &w);
    assert_int_equal(channel->state, ADIT_CHANNEL_ASKED_BY_US);
    world_clear(&w);
}

static void an_opening_that_fails_leaves_nothing(void **state)
{
    static uint8_t long_host[ADIT_MESSAGE_MAX];
    struct adit_channel_open_event open = { .host = { long_host, sizeof long_host } };
    struct adit_channel *channel;
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    assert_int_equal(adit_connection_open(&w.connection, &open, NULL, &channel), ADIT_ERR_LIMIT);
    assert_null(channel);
    open.host.len -= 20; /* fits by itself, and not with the rest of the message */
    assert_int_equal(adit_connection_open(&w.connection, &open, NULL, &channel), ADIT_ERR_LIMIT);
    assert_null(channel);
    assert_int_equal(w.connection.channel_count, 0);
    assert_nothing_sent(&w.end);
    world_clear(&w);

    world_init(&w, ADIT_CLIENT);
    open.host = adit_span_text("h");
    w.connection.channels_max = 0;
    assert_int_equal(adit_connection_open(&w.connection, &open, NULL, &channel), ADIT_ERR_LIMIT);
    assert_null(channel);
    assert_nothing_sent(&w.end);
    world_clear(&w);
}

/* What a message for a channel does, by the state that the channel is in (C9, C12, C13, C15). */
enum meeting { ENDS, PASSES, TELLS };

static const struct {
    const char *what;
    const char *payload; /* for channel 0 */
    size_t len;
    enum adit_err (*handle)(struct adit_connection *c, struct adit_span payload);
    /* no channel, asked by us, asked by the peer, open, eof came, close sent */
    enum meeting in_state[CHANNEL_STATES];
} meetings[] = {
#define MESSAGE(literal) (literal), sizeof(literal) - 1
    { "CONFIRMATION",
      MESSAGE("\x5b\0\0\0\0\0\0\0\x09\0\0\0\x0a\0\0\0\x0b"),
      adit_connection_handle_confirmation,
      { ENDS, TELLS, ENDS, ENDS, ENDS, ENDS } },
    { "FAILURE",
      MESSAGE("\x5c\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0"),
      adit_connection_handle_failure,
      { ENDS, TELLS, ENDS, ENDS, ENDS, ENDS } },
    { "WINDOW_ADJUST",
      MESSAGE("\x5d\0\0\0\0\0\0\0\x01"),
      adit_connection_handle_window_adjust,
      { PASSES, PASSES, PASSES, PASSES, PASSES, PASSES } },
    { "DATA",
      MESSAGE("\x5e\0\0\0\0\0\0\0\x01x"),
      adit_connection_handle_data,
      { ENDS, ENDS, ENDS, TELLS, PASSES, PASSES } },
    { "EXTENDED_DATA",
      MESSAGE("\x5f\0\0\0\0\0\0\0\x01\0\0\0\x01x"),
      adit_connection_handle_extended_data,
      { ENDS, ENDS, ENDS, PASSES, PASSES, PASSES } },
    { "EOF",
      MESSAGE("\x60\0\0\0\0"),
      adit_connection_handle_eof,
      { ENDS, ENDS, ENDS, TELLS, PASSES, PASSES } },
    { "CLOSE",
      MESSAGE("\x61\0\0\0\0"),
      adit_connection_handle_close,
      { ENDS, ENDS, ENDS, TELLS, TELLS, TELLS } },
    { "REQUEST",
      MESSAGE("\x62\0\0\0\0\0\0\0\x01x\0"),
      adit_connection_handle_channel_request,
      { ENDS, ENDS, ENDS, PASSES, PASSES, PASSES } },
#undef MESSAGE
};

static bool tells_something(struct world *w)
{
    struct adit_event event;

    return adit_events_take(&w->end.events, &event) ||
           adit_connection_next_event(&w->connection, &event);
}

static void messages_mean_what_the_state_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(meetings); i++)
        for (int s = 0; s < CHANNEL_STATES; s++) {
            const struct adit_span copy = exact_copy(meetings[i].payload, meetings[i].len);
            const enum meeting wanted = meetings[i].in_state[s];
            struct world w;
            enum adit_err err;
            bool told;

            world_init(&w, ADIT_CLIENT);
            (void)world_channel(&w, (enum channel_state)s);
            err = meetings[i].handle(&w.connection, copy);
            told = tells_something(&w);
            if (err != (wanted == ENDS ? ADIT_ERR_PROTOCOL : ADIT_OK) || told != (wanted == TELLS))
                fail_msg("%s in state %d: %s, %s", meetings[i].what, s, adit_err_text(err),
                         told ? "told" : "not told");
            world_clear(&w);
            exact_free(copy);
        }
}

static void a_message_is_cut_anywhere_and_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(meetings); i++)
        for (size_t cut = 1; cut < meetings[i].len; cut++) {
            const struct adit_span copy = exact_copy(meetings[i].payload, cut);
            struct world w;

            /* A FAILURE may come without its language tag. */
            const bool is_good = i == 1 && cut == meetings[i].len - 4;

            world_init(&w, ADIT_CLIENT);
            (void)world_channel(&w, i < 2 ? CHANNEL_ASKED_BY_US : CHANNEL_OPEN);
            assert_int_equal(meetings[i].handle(&w.connection, copy),
                             is_good ? ADIT_OK : ADIT_ERR_MALFORMED);
            world_clear(&w);
            exact_free(copy);
        }
}

/* C10: CLOSE is sent once, and answered once. */
static void a_close_is_sent_once_whoever_begins(void **state)
{
    struct adit_channel *channel;
    struct adit_event event;
    struct world w;

    (void)state;
    for (int we_begin = 0; we_begin < 2; we_begin++) {
        world_init(&w, ADIT_SERVER);
        channel = world_channel(&w, CHANNEL_OPEN);
        if (we_begin) {
            assert_int_equal(adit_connection_close(channel), ADIT_OK);
            assert_int_equal(adit_connection_close(channel), ADIT_OK);
            assert_int_equal(adit_connection_send_eof(channel), ADIT_OK); /* too late for one */
            assert_int_equal(assert_sent(&w.end, SSH_MSG_CHANNEL_CLOSE).len, 5);
            assert_nothing_sent(&w.end);
            assert_ptr_equal(adit_channel_find(&w.connection, 0), channel);
        }
        assert_int_equal(world_peer_says(&w, SSH_MSG_CHANNEL_CLOSE), ADIT_OK);
        if (!we_begin)
            (void)assert_sent(&w.end, SSH_MSG_CHANNEL_CLOSE);
        assert_nothing_sent(&w.end);
        assert_null(adit_channel_find(&w.connection, 0));
        assert_true(adit_connection_next_event(&w.connection, &event));
        assert_int_equal(event.type, ADIT_EVENT_CHANNEL_CLOSED);
        assert_true(event.aborted); /* no EOF came */
        assert_int_equal(adit_connection_close(channel),
                         ADIT_OK); /* borrowed until the next pull */
        assert_nothing_sent(&w.end);
        assert_int_equal(world_peer_says(&w, SSH_MSG_CHANNEL_CLOSE), ADIT_ERR_PROTOCOL);
        world_clear(&w);
    }
}

static void an_eof_is_sent_once_and_only_while_open(void **state)
{
    struct adit_channel *channel;
    struct world w;

    (void)state;
    for (int s = CHANNEL_ASKED_BY_US; s < CHANNEL_STATES; s++) {
        const bool may = s == CHANNEL_OPEN || s == CHANNEL_EOF_CAME;

        world_init(&w, ADIT_CLIENT);
        channel = world_channel(&w, (enum channel_state)s);
        assert_int_equal(adit_connection_send_eof(channel), ADIT_OK);
        assert_int_equal(adit_connection_send_eof(channel), ADIT_OK);
        if (may)
            assert_int_equal(assert_sent(&w.end, SSH_MSG_CHANNEL_EOF).len, 5);
        assert_nothing_sent(&w.end);
        world_clear(&w);
    }
}

/* A channel that the driver has closed before the peer's answer to its opening. */
static void a_channel_may_be_closed_before_its_answer(void **state)
{
    for (int confirmed = 0; confirmed < 2; confirmed++) {
        struct adit_channel *channel;
        struct adit_event event;
        struct world w;

        (void)state;
        world_init(&w, ADIT_CLIENT);
        channel = world_channel(&w, CHANNEL_ASKED_BY_US);
        assert_int_equal(adit_connection_close(channel), ADIT_OK);
        assert_nothing_sent(&w.end); /* it has no number at the peer yet */
        assert_int_equal(meetings[confirmed ? 0 : 1].handle(
                             &w.connection, adit_span_of(meetings[confirmed ? 0 : 1].payload,
                                                         meetings[confirmed ? 0 : 1].len)),
                         ADIT_OK);
        assert_nothing_told(&w.end);
        if (confirmed) {
            const struct adit_span close = assert_sent(&w.end, SSH_MSG_CHANNEL_CLOSE);

            assert_int_equal(adit_get_uint32(close.data + 1), 9);
            assert_int_equal(world_peer_says(&w, SSH_MSG_CHANNEL_CLOSE), ADIT_OK);
        }
        assert_nothing_sent(&w.end);
        assert_true(adit_connection_next_event(&w.connection, &event));
        assert_int_equal(event.type, ADIT_EVENT_CHANNEL_CLOSED);
        world_clear(&w);
    }
}

static void only_what_the_peer_has_asked_for_is_accepted_or_refused(void **state)
{
    struct adit_channel *channel;
    struct adit_span answer;
    struct world w;

    (void)state;
    for (int s = CHANNEL_ASKED_BY_US; s < CHANNEL_STATES; s++) {
        if (s == CHANNEL_ASKED_BY_PEER)
            continue;
        world_init(&w, ADIT_CLIENT);
        channel = world_channel(&w, (enum channel_state)s);
        assert_int_equal(adit_connection_accept(channel), ADIT_ERR_USAGE);
        assert_int_equal(adit_connection_refuse(channel, 1, ""), ADIT_ERR_USAGE);
        assert_ptr_equal(adit_channel_find(&w.connection, 0), channel);
        assert_nothing_sent(&w.end);
        world_clear(&w);
    }

    world_init(&w, ADIT_CLIENT);
    channel = world_channel(&w, CHANNEL_ASKED_BY_PEER);
    assert_int_equal(adit_connection_accept(channel), ADIT_OK);
    answer = assert_sent(&w.end, SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
    assert_int_equal(answer.len, 17);
    assert_int_equal(adit_get_uint32(answer.data + 1), 9); /* the peer's number, then ours */
    assert_int_equal(adit_get_uint32(answer.data + 5), 0);
    assert_int_equal(adit_get_uint32(answer.data + 9), channel->receive.left);
    assert_int_equal(adit_get_uint32(answer.data + 13), ADIT_DATA_TAKEN_MAX);
    world_clear(&w);

    /* To refuse it and to close it is the same: it is gone. */
    for (int closes = 0; closes < 2; closes++) {
        world_init(&w, ADIT_CLIENT);
        channel = world_channel(&w, CHANNEL_ASKED_BY_PEER);
        assert_int_equal(closes ? adit_connection_close(channel)
                                : adit_connection_refuse(channel, 4, "no"),
                         ADIT_OK);
        answer = assert_sent(&w.end, SSH_MSG_CHANNEL_OPEN_FAILURE);
        assert_int_equal(adit_get_uint32(answer.data + 1), 9);
        assert_int_equal(adit_get_uint32(answer.data + 5), closes ? 2 : 4);
        assert_null(adit_channel_find(&w.connection, 0));
        world_clear(&w);
    }
}

/* C2: a request is answered with the peer's number, when an answer is wanted and can be given. */
static void channel_requests_are_refused_when_they_want_an_answer(void **state)
{
    static const uint8_t request[] = "\x62\0\0\0\0\0\0\0\x01x\x01";

    (void)state;
    for (int s = CHANNEL_OPEN; s < CHANNEL_STATES; s++) {
        struct world w;

        world_init(&w, ADIT_CLIENT);
        (void)world_channel(&w, (enum channel_state)s);
        assert_int_equal(adit_connection_handle_channel_request(
                             &w.connection, adit_span_of(request, sizeof request - 1)),
                         ADIT_OK);
        if (s != CHANNEL_CLOSE_SENT) {
            const struct adit_span answer = assert_sent(&w.end, SSH_MSG_CHANNEL_FAILURE);

            assert_int_equal(adit_get_uint32(answer.data + 1), 9);
        }
        assert_nothing_sent(&w.end);
        world_clear(&w);
    }
}

/* C4: into such a channel nothing could ever be sent. */
static void a_confirmation_with_packets_of_nothing_ends_the_session(void **state)
{
    static const uint8_t confirmation[] = "\x5b\0\0\0\0\0\0\0\x09\0\0\0\x0a\0\0\0\0";
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    (void)world_channel(&w, CHANNEL_ASKED_BY_US);
    assert_int_equal(adit_connection_handle_confirmation(
                         &w.connection, adit_span_of(confirmation, sizeof confirmation - 1)),
                     ADIT_ERR_PROTOCOL);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openings_are_asked_of_the_driver_or_refused),
        cmocka_unit_test(openings_end_at_the_limit_and_after_no_more_sessions),
        cmocka_unit_test(an_opening_is_cut_anywhere),
        cmocka_unit_test(an_opening_of_ours_is_written_as_the_rfc_draws_it),
        cmocka_unit_test(an_opening_that_fails_leaves_nothing),
        cmocka_unit_test(messages_mean_what_the_state_says),
        cmocka_unit_test(a_message_is_cut_anywhere_and_refused),
        cmocka_unit_test(a_close_is_sent_once_whoever_begins),
        cmocka_unit_test(an_eof_is_sent_once_and_only_while_open),
        cmocka_unit_test(a_channel_may_be_closed_before_its_answer),
        cmocka_unit_test(only_what_the_peer_has_asked_for_is_accepted_or_refused),
        cmocka_unit_test(channel_requests_are_refused_when_they_want_an_answer),
        cmocka_unit_test(a_confirmation_with_packets_of_nothing_ends_the_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
