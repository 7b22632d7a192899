/* SPDX-License-Identifier: BSD-2-Clause */
/* Global requests (RFC 4254, 4 and 7.1): the order of answers, and what each request is owed. */
#include "connection/connection.h"

#include "one_end.h"

enum { REQUESTS_MAX = 4096, ALIVE_WAITING_MAX = 64 };

struct world {
    struct one_end end;
    struct adit_connection connection;
};

static void world_init(struct world *w, enum adit_role role)
{
    memset(w, 0, sizeof *w);
    one_end_init(&w->end, role, &protections[1]);
    adit_connection_init(&w->connection, &w->end.transport);
}

static void world_clear(struct world *w)
{
    adit_connection_clear(&w->connection);
    one_end_clear(&w->end);
}

/* A GLOBAL_REQUEST of the peer's; `address` NULL: without data. */
static void request(struct world *w, const char *name, bool want_reply, const char *address,
                    uint32_t port, enum adit_err wanted)
{
    struct adit_buffer payload = adit_buffer_init(1 << 16);
    struct adit_writer writer = adit_writer_init(&payload);
    struct adit_span copy;

    adit_write_byte(&writer, SSH_MSG_GLOBAL_REQUEST);
    adit_write_text(&writer, name);
    adit_write_bool(&writer, want_reply);
    if (address) {
        adit_write_text(&writer, address);
        adit_write_uint32(&writer, port);
    }
    copy = exact_copy(payload.data, payload.len);
    assert_int_equal(adit_connection_handle_global_request(&w->connection, copy), wanted);
    exact_free(copy);
    adit_buffer_clear(&payload);
}

static void reply(struct world *w, const void *bytes, size_t len, enum adit_err wanted)
{
    const struct adit_span copy = exact_copy(bytes, len);

    assert_int_equal(adit_connection_handle_reply(&w->connection, copy), wanted);
    exact_free(copy);
}

static void reply_success(struct world *w)
{
    reply(w, "\x51", 1, ADIT_OK);
}

static void reply_failure(struct world *w)
{
    reply(w, "\x52", 1, ADIT_OK);
}

static void assert_answer(struct world *w, uint8_t number, size_t len)
{
    assert_int_equal(assert_sent(&w->end, number).len, len);
}

/* F2, F6, C2: what is asked of the driver, and what is answered at once. */
static void requests_are_asked_of_the_driver_or_answered(void **state)
{
    enum { NOTHING, FAILURE = SSH_MSG_REQUEST_FAILURE, SUCCESS = SSH_MSG_REQUEST_SUCCESS };
    static const struct {
        enum adit_role role;
        const char *name;
        bool want_reply;
        const char *address;
        uint32_t port;
        int event; /* 0: none */
        int answer;
    } cases[] = {
        { ADIT_SERVER, "tcpip-forward", true, "::", 80, ADIT_EVENT_FORWARD_REQUEST, 0 },
        { ADIT_SERVER, "tcpip-forward", false, "", 80, ADIT_EVENT_FORWARD_REQUEST, 0 },
        { ADIT_SERVER, "tcpip-forward", true, "", 0, ADIT_EVENT_FORWARD_REQUEST, 0 },
        { ADIT_SERVER, "tcpip-forward", true, "", 65535, ADIT_EVENT_FORWARD_REQUEST, 0 },
        { ADIT_SERVER, "cancel-tcpip-forward", true, "x", 80, ADIT_EVENT_FORWARD_CANCEL, 0 },
        { ADIT_SERVER, "cancel-tcpip-forward", false, "x", 0, ADIT_EVENT_FORWARD_CANCEL, 0 },
        /* Which port it became could not be told. */
        { ADIT_SERVER, "tcpip-forward", false, "", 0, 0, NOTHING },
        { ADIT_SERVER, "tcpip-forward", true, "", 65536, 0, FAILURE },
        { ADIT_SERVER, "tcpip-forward", true, "", UINT32_MAX, 0, FAILURE },
        { ADIT_SERVER, "tcpip-forward", false, "", 65536, 0, NOTHING },
        { ADIT_SERVER, "tcpip-forward", true, NULL, 0, 0, FAILURE },
        { ADIT_SERVER, "cancel-tcpip-forward", true, NULL, 0, 0, FAILURE },
        { ADIT_SERVER, "no-more-sessions@openssh.com", true, NULL, 0, 0, SUCCESS },
        { ADIT_SERVER, "no-more-sessions@openssh.com", false, NULL, 0, 0, NOTHING },
        { ADIT_SERVER, "keepalive@openssh.com", true, NULL, 0, 0, FAILURE },
        { ADIT_SERVER, "keepalive@openssh.com", false, NULL, 0, 0, NOTHING },
        { ADIT_SERVER, "", true, NULL, 0, 0, FAILURE },
        { ADIT_SERVER, "tcpip-forwards", true, "", 80, 0, FAILURE },
        { ADIT_SERVER, "TCPIP-forward", true, "", 80, 0, FAILURE },
        /* A client listens for nobody. */
        { ADIT_CLIENT, "tcpip-forward", true, "", 80, 0, FAILURE },
        { ADIT_CLIENT, "tcpip-forward", false, "", 80, 0, NOTHING },
        { ADIT_CLIENT, "cancel-tcpip-forward", true, "", 80, 0, FAILURE },
        { ADIT_CLIENT, "no-more-sessions@openssh.com", true, NULL, 0, 0, FAILURE },
        { ADIT_CLIENT, "hostkeys-00@openssh.com", false, NULL, 0, 0, NOTHING },
        { ADIT_CLIENT, "keepalive@openssh.com", true, NULL, 0, 0, FAILURE },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;

        world_init(&w, cases[i].role);
        request(&w, cases[i].name, cases[i].want_reply, cases[i].address, cases[i].port, ADIT_OK);
        if (cases[i].event) {
            struct adit_event event;

            assert_true(adit_events_take(&w.end.events, &event));
            assert_int_equal(event.type, cases[i].event);
            assert_int_equal(event.forward.port, cases[i].port);
            assert_int_equal(event.forward.asked_port, cases[i].port);
        }
        assert_nothing_told(&w.end);
        if (cases[i].answer)
            assert_answer(&w, (uint8_t)cases[i].answer, 1);
        assert_nothing_sent(&w.end);
        assert_int_equal(w.connection.incoming_count, cases[i].event != 0);
        world_clear(&w);
    }
}

/* RFC 4254, 7.1: the port stands in the answer only to who asked for port 0. */
static void a_verdict_is_told_as_the_request_wants(void **state)
{
    static const struct {
        const char *name;
        bool want_reply;
        uint32_t port;
        bool accepted;
        uint8_t number; /* 0: no answer */
        size_t len;
    } cases[] = {
        { "tcpip-forward", true, 80, true, SSH_MSG_REQUEST_SUCCESS, 1 },
        { "tcpip-forward", true, 0, true, SSH_MSG_REQUEST_SUCCESS, 5 },
        { "tcpip-forward", true, 80, false, SSH_MSG_REQUEST_FAILURE, 1 },
        { "tcpip-forward", true, 0, false, SSH_MSG_REQUEST_FAILURE, 1 },
        { "tcpip-forward", false, 80, true, 0, 0 },
        { "tcpip-forward", false, 80, false, 0, 0 },
        { "cancel-tcpip-forward", true, 0, true, SSH_MSG_REQUEST_SUCCESS, 1 },
        { "cancel-tcpip-forward", true, 80, false, SSH_MSG_REQUEST_FAILURE, 1 },
        { "cancel-tcpip-forward", false, 0, true, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;

        world_init(&w, ADIT_SERVER);
        request(&w, cases[i].name, cases[i].want_reply, "x", cases[i].port, ADIT_OK);
        assert_int_equal(adit_connection_forward_verdict(&w.connection, cases[i].accepted, 40000),
                         ADIT_OK);
        if (cases[i].number) {
            const struct adit_span answer = assert_sent(&w.end, cases[i].number);

            assert_int_equal(answer.len, cases[i].len);
            if (answer.len == 5)
                assert_int_equal(adit_get_uint32(answer.data + 1), 40000);
        }
        assert_nothing_sent(&w.end);
        assert_int_equal(w.connection.incoming_count, 0);
        assert_int_equal(adit_connection_forward_verdict(&w.connection, true, 1), ADIT_ERR_USAGE);
        world_clear(&w);
    }
}

/* C1: an answer that is known waits for the ones before it. */
static void answers_go_out_in_the_order_of_the_requests(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    request(&w, "tcpip-forward", true, "a", 0, ADIT_OK);   /* asked: success, with a port */
    request(&w, "unknown@x", true, NULL, 0, ADIT_OK);      /* known: failure */
    request(&w, "unknown@x", false, NULL, 0, ADIT_OK);     /* none */
    request(&w, "tcpip-forward", false, "b", 90, ADIT_OK); /* asked, and no answer wanted */
    request(&w, "no-more-sessions@openssh.com", true, NULL, 0, ADIT_OK); /* known: success */
    request(&w, "cancel-tcpip-forward", true, "c", 70, ADIT_OK);         /* asked: failure */
    assert_nothing_sent(&w.end);
    assert_int_equal(adit_connection_forward_verdict(&w.connection, true, 1234), ADIT_OK);
    assert_answer(&w, SSH_MSG_REQUEST_SUCCESS, 5);
    assert_answer(&w, SSH_MSG_REQUEST_FAILURE, 1);
    assert_nothing_sent(&w.end);
    assert_int_equal(adit_connection_forward_verdict(&w.connection, true, 90), ADIT_OK);
    assert_answer(&w, SSH_MSG_REQUEST_SUCCESS, 1);
    assert_nothing_sent(&w.end);
    assert_int_equal(adit_connection_forward_verdict(&w.connection, false, 0), ADIT_OK);
    assert_answer(&w, SSH_MSG_REQUEST_FAILURE, 1);
    assert_nothing_sent(&w.end);
    assert_int_equal(w.connection.incoming_count, 0);
    world_clear(&w);
}

static void requests_that_wait_are_bounded_on_both_sides(void **state)
{
    struct world w;
    struct adit_event event;

    (void)state;
    world_init(&w, ADIT_SERVER);
    for (unsigned i = 0; i < REQUESTS_MAX; i++) {
        request(&w, "tcpip-forward", true, "a", 80, ADIT_OK);
        assert_true(adit_events_take(&w.end.events, &event));
    }
    request(&w, "tcpip-forward", true, "a", 80, ADIT_ERR_LIMIT);
    request(&w, "unknown@x", true, NULL, 0, ADIT_ERR_LIMIT);
    assert_nothing_told(&w.end);
    world_clear(&w);

    world_init(&w, ADIT_CLIENT);
    for (unsigned i = 0; i < REQUESTS_MAX; i++)
        assert_int_equal(adit_connection_forward(&w.connection, "a", 80, false, NULL), ADIT_OK);
    assert_int_equal(adit_connection_forward(&w.connection, "a", 80, false, NULL), ADIT_ERR_LIMIT);
    assert_int_equal(w.connection.outgoing_count, REQUESTS_MAX);
    reply_success(&w);
    assert_int_equal(adit_connection_forward(&w.connection, "a", 80, false, NULL), ADIT_OK);
    world_clear(&w);
}

static void each_request_is_cut_anywhere_and_refused(void **state)
{
    static const uint8_t golden[] = "\x50\x00\x00\x00\x0dtcpip-forward\x01"
                                    "\x00\x00\x00\x01x\x00\x00\x00\x50";
    const size_t len = sizeof golden - 1;
    const size_t name_ends = 1 + 4 + 13 + 1; /* what follows is the request's own */

    (void)state;
    for (size_t cut = 1; cut <= len; cut++) {
        const struct adit_span copy = exact_copy(golden, cut);
        struct world w;
        const bool is_request = cut >= name_ends;

        world_init(&w, ADIT_SERVER);
        assert_int_equal(adit_connection_handle_global_request(&w.connection, copy),
                         is_request ? ADIT_OK : ADIT_ERR_MALFORMED);
        if (is_request && cut < len)
            assert_answer(&w, SSH_MSG_REQUEST_FAILURE, 1);
        assert_int_equal(w.connection.incoming_count, cut == len);
        world_clear(&w);
        exact_free(copy);
    }
}

/* What is sent, as the RFC draws it. */
static void our_requests_are_written_as_the_rfc_draws_them(void **state)
{
    static const char forward[] = "\x50\x00\x00\x00\x0dtcpip-forward\x01"
                                  "\x00\x00\x00\x04host\x00\x00\x00\x50";
    static const char cancel[] = "\x50\x00\x00\x00\x14"
                                 "cancel-tcpip-forward\x01\x00\x00\x00\x00\x00\x00\xff\xff";
    static const char alive[] = "\x50\x00\x00\x00\x15keepalive@openssh.com\x01";
    static const char sessions[] = "\x50\x00\x00\x00\x1cno-more-sessions@openssh.com\x00";
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    assert_int_equal(adit_connection_forward(&w.connection, "host", 80, false, NULL), ADIT_OK);
    assert_int_equal(adit_connection_forward(&w.connection, "", 65535, true, NULL), ADIT_OK);
    assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    assert_int_equal(adit_connection_send_no_more_sessions(&w.connection), ADIT_OK);
    assert_true(adit_span_equal(one_end_sent(&w.end), adit_span_of(forward, sizeof forward - 1)));
    assert_true(adit_span_equal(one_end_sent(&w.end), adit_span_of(cancel, sizeof cancel - 1)));
    assert_true(adit_span_equal(one_end_sent(&w.end), adit_span_of(alive, sizeof alive - 1)));
    assert_true(adit_span_equal(one_end_sent(&w.end), adit_span_of(sessions, sizeof sessions - 1)));
    assert_int_equal(w.connection.outgoing_count, 3); /* the last one wants no answer */
    world_clear(&w);
}

/* C1: replies have no name; the keepalive between takes its own and tells nobody. */
static void replies_are_given_to_the_requests_in_order(void **state)
{
    int first = 0;
    int second = 0;
    struct adit_event event;
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    w.end.transport.now_ms = 1000;
    assert_int_equal(adit_connection_forward(&w.connection, "a", 80, false, &first), ADIT_OK);
    assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    assert_int_equal(adit_connection_forward(&w.connection, "b", 90, true, &second), ADIT_OK);
    w.end.transport.now_ms = 1070;
    reply_failure(&w);
    event = assert_told(&w.end, ADIT_EVENT_FORWARD_ANSWERED);
    assert_ptr_equal(event.forward.user_data, &first);
    assert_span_is(event.forward.address, "a");
    assert_int_equal(event.forward.asked_port, 80);
    assert_false(event.forward.accepted);
    assert_int_equal(w.connection.round_trip_ms, UINT64_MAX); /* a forward takes its time */
    reply_failure(&w);                                        /* a sign of life all the same */
    assert_nothing_told(&w.end);
    assert_int_equal(w.connection.round_trip_ms, 70);
    reply_success(&w);
    event = assert_told(&w.end, ADIT_EVENT_FORWARD_ANSWERED);
    assert_ptr_equal(event.forward.user_data, &second);
    assert_span_is(event.forward.address, "b");
    assert_int_equal(event.forward.port, 90);
    assert_true(event.forward.accepted);
    for (unsigned i = 0; i < 3; i++) { /* answers to nothing */
        reply_success(&w);
        reply_failure(&w);
        assert_nothing_told(&w.end);
    }
    assert_int_equal(w.connection.outgoing_count, 0);
    world_clear(&w);
}

/* A peer that never answers makes nothing grow; a forward has its place all the same. */
static void unanswered_signs_of_life_are_bounded(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    for (unsigned i = 0; i < 2 * ALIVE_WAITING_MAX; i++)
        assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    assert_int_equal(w.connection.outgoing_count, ALIVE_WAITING_MAX);
    for (unsigned i = 0; i < ALIVE_WAITING_MAX; i++)
        assert_sent(&w.end, SSH_MSG_GLOBAL_REQUEST);
    assert_nothing_sent(&w.end);
    assert_int_equal(adit_connection_forward(&w.connection, "a", 80, false, NULL), ADIT_OK);
    reply_failure(&w);
    assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    assert_int_equal(w.connection.outgoing_count, ALIVE_WAITING_MAX + 1);
    world_clear(&w);
}

/* The shortest is kept: what the way takes, without what waited on it. */
static void the_shortest_round_trip_counts(void **state)
{
    static const uint64_t trips[] = { 70, 200, 30, 31, 0, 5 };
    static const uint64_t shortest[] = { 70, 70, 30, 30, 0, 0 };
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(trips); i++) {
        assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
        w.end.transport.now_ms += trips[i];
        reply_success(&w);
        assert_int_equal(w.connection.round_trip_ms, shortest[i]);
    }
    world_clear(&w);
}

/* Of a request that went out before the time was told, nothing is known. */
static void a_finer_clock_measures_what_it_has_seen_go_out(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    assert_false(adit_connection_measures(&w.connection));
    assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    assert_true(adit_connection_measures(&w.connection));
    reply_success(&w);
    assert_false(adit_connection_measures(&w.connection));
    assert_int_equal(w.connection.round_trip_us, UINT64_MAX);
    assert_int_equal(w.connection.round_trip_ms, 0);

    assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    adit_connection_tell_us(&w.connection, 1000);
    assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    adit_connection_tell_us(&w.connection, 1400);
    reply_success(&w);
    assert_int_equal(w.connection.round_trip_us, 400);
    assert_true(adit_connection_measures(&w.connection));
    adit_connection_tell_us(&w.connection, 1610);
    reply_failure(&w);
    assert_int_equal(w.connection.round_trip_us, 210);
    assert_int_equal(adit_connection_ask_alive(&w.connection), ADIT_OK);
    adit_connection_tell_us(&w.connection, 2000);
    adit_connection_tell_us(&w.connection, 2300);
    reply_success(&w);
    assert_int_equal(w.connection.round_trip_us, 210); /* the shortest one */
    assert_false(adit_connection_measures(&w.connection));
    world_clear(&w);
}

/* F2: a port is looked for where port 0 was asked for, and nowhere else. */
static void the_port_of_an_answer_must_make_sense(void **state)
{
    static const struct {
        bool cancel;
        uint16_t asked;
        const char *answer; /* after the number */
        size_t len;
        bool accepted;
        uint16_t port;
    } cases[] = {
        { false, 0, "\x00\x00\x04\xd2", 4, true, 1234 },
        { false, 0, "\x00\x00\xff\xff", 4, true, 65535 },
        { false, 0, "\x00\x01\x00\x00", 4, false, 0 },
        { false, 0, "\xff\xff\xff\xff", 4, false, 0 },
        { false, 0, "\x00\x00\x00\x00", 4, false, 0 },
        { false, 0, "", 0, false, 0 },
        { false, 0, "\x00\x00\x04", 3, false, 0 },
        { false, 0, "\x00\x00\x04\xd2more", 8, true, 1234 },
        { false, 80, "", 0, true, 80 },
        { false, 80, "\x00\x00\x04\xd2", 4, true, 80 },
        { true, 0, "", 0, true, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        uint8_t bytes[16] = { SSH_MSG_REQUEST_SUCCESS };
        struct adit_event event;
        struct world w;

        world_init(&w, ADIT_CLIENT);
        assert_int_equal(
            adit_connection_forward(&w.connection, "x", cases[i].asked, cases[i].cancel, NULL),
            ADIT_OK);
        memcpy(bytes + 1, cases[i].answer, cases[i].len);
        reply(&w, bytes, 1 + cases[i].len, ADIT_OK);
        event = assert_told(&w.end, ADIT_EVENT_FORWARD_ANSWERED);
        assert_int_equal(event.forward.accepted, cases[i].accepted);
        assert_int_equal(event.forward.port, cases[i].port);
        assert_int_equal(event.forward.asked_port, cases[i].asked);
        world_clear(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_asked_of_the_driver_or_answered),
        cmocka_unit_test(a_verdict_is_told_as_the_request_wants),
        cmocka_unit_test(answers_go_out_in_the_order_of_the_requests),
        cmocka_unit_test(requests_that_wait_are_bounded_on_both_sides),
        cmocka_unit_test(each_request_is_cut_anywhere_and_refused),
        cmocka_unit_test(our_requests_are_written_as_the_rfc_draws_them),
        cmocka_unit_test(replies_are_given_to_the_requests_in_order),
        cmocka_unit_test(unanswered_signs_of_life_are_bounded),
        cmocka_unit_test(the_shortest_round_trip_counts),
        cmocka_unit_test(a_finer_clock_measures_what_it_has_seen_go_out),
        cmocka_unit_test(the_port_of_an_answer_must_make_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
