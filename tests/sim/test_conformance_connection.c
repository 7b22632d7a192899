/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests and channels (RFC 4254, 4 and 5). The numbers are those of docs/conformance.md. */
#include "sim/hostile_channels.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The server's answers are these numbers, in this order. */
static void check_answers(struct pair *pair, const uint8_t *expected, size_t count)
{
    uint8_t numbers[64];

    pair_run(pair);
    assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), count);
    assert_memory_equal(numbers, expected, count);
}

/* ---- requests ---- */

/* C2, C3: a request that means nothing is refused where an answer is wanted (F7, F8). */
static void unknown_requests_are_refused_when_they_want_an_answer(void **state)
{
    static const uint8_t expected[] = { SSH_MSG_REQUEST_FAILURE, SSH_MSG_CHANNEL_FAILURE,
                                        SSH_MSG_CHANNEL_FAILURE, SSH_MSG_REQUEST_FAILURE };
    struct pair *pair = hostile_pair(true);
    struct side *client = &pair->client;

    (void)state;
    hostile_deafen(client);
    hostile_global_request(client, "hostkeys-00@openssh.com", false);
    hostile_global_request(client, "keepalive@openssh.com", true);
    hostile_channel_request(client, 0, "keepalive@openssh.com", true);
    hostile_channel_request(client, 0, "eow@openssh.com", false);
    hostile_channel_request(client, 0, "shell", true);
    hostile_global_request(client, "", true);
    check_answers(pair, expected, sizeof expected);
    assert_int_equal(pair->server.ended, ADIT_OK);
    pair_free(pair);
}

/* C1: the peer's requests are answered in their order, also where one takes its time. */
static void answers_keep_the_order_of_the_requests(void **state)
{
    static const uint8_t expected[] = { SSH_MSG_REQUEST_SUCCESS, SSH_MSG_REQUEST_FAILURE,
                                        SSH_MSG_REQUEST_FAILURE, SSH_MSG_REQUEST_FAILURE,
                                        SSH_MSG_REQUEST_SUCCESS };
    struct pair *pair = hostile_pair(false);
    struct side *client = &pair->client;
    struct adit_session *server = pair->server.session;

    (void)state;
    hostile_deafen(client);
    assert_int_equal(adit_session_forward(client->session, "localhost", 4000, false, NULL),
                     ADIT_OK);
    hostile_global_request(client, "keepalive@openssh.com", true);
    assert_int_equal(adit_session_forward(client->session, "localhost", 4001, false, NULL),
                     ADIT_OK);
    hostile_global_request(client, "x", true);
    hostile_global_request(client, "no-more-sessions@openssh.com", true);
    check_answers(pair, expected, 0);
    assert_int_equal(pair->server.events[ADIT_EVENT_FORWARD_REQUEST], 2);
    adit_session_forward_verdict(server, true, 4000);
    check_answers(pair, expected, 2);
    adit_session_forward_verdict(server, false, 0);
    check_answers(pair, expected + 2, 3);
    pair_free(pair);
}

struct answers {
    unsigned count;
    uint16_t asked[8];
    bool accepted[8];
};

static void note_answer(struct side *side, const struct adit_event *event)
{
    struct answers *answers = side->pair->settings.user_data;

    if (event->type != ADIT_EVENT_FORWARD_ANSWERED)
        return;
    answers->asked[answers->count] = event->forward.asked_port;
    answers->accepted[answers->count++] = event->forward.accepted;
}

/* C1: each reply belongs to the oldest request of ours; a keepalive has its place among them. */
static void replies_are_matched_in_order(void **state)
{
    struct answers answers = { 0 };
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.on_event = note_answer;
    settings.user_data = &answers;
    pair = pair_new(&settings);
    pair_log_in(pair);
    hostile_deafen(&pair->server);
    assert_int_equal(adit_session_forward(pair->client.session, "", 1, false, NULL), ADIT_OK);
    assert_int_equal(adit_connection_ask_alive(&pair->client.session->connection), ADIT_OK);
    assert_int_equal(adit_session_forward(pair->client.session, "", 2, true, NULL), ADIT_OK);
    hostile_send_number(&pair->server, SSH_MSG_REQUEST_SUCCESS);
    hostile_send_number(&pair->server, SSH_MSG_REQUEST_FAILURE);
    hostile_send_number(&pair->server, SSH_MSG_REQUEST_FAILURE);
    hostile_send_number(&pair->server, SSH_MSG_REQUEST_SUCCESS); /* to nothing */
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_OK);
    assert_int_equal(answers.count, 2);
    assert_true(answers.asked[0] == 1 && answers.accepted[0]);
    assert_true(answers.asked[1] == 2 && !answers.accepted[1]);
    pair_free(pair);
}

/* C1: requests that wait for an answer are bounded, and so is what each of them takes. */
static void requests_that_wait_are_bounded(void **state)
{
    static const char address[] = "a name of any length";
    struct pair *pair = hostile_pair(false);
    struct adit_list *waiting = &pair->server.session->connection.incoming;

    (void)state;
    for (unsigned i = 0; i < 4096; i++)
        assert_int_equal(adit_session_forward(pair->client.session, address, 1, false, NULL),
                         ADIT_OK);
    assert_int_equal(adit_session_forward(pair->client.session, address, 1, false, NULL),
                     ADIT_ERR_LIMIT);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_false(adit_list_is_empty(waiting));
    for (struct adit_list *node = waiting->next; node != waiting; node = node->next)
        assert_string_equal(ADIT_LIST_ENTRY(node, struct adit_request, node)->address, "");
    hostile_global_request(&pair->client, "x", true);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_LIMIT);
    pair_free(pair);
}

/* ---- opening ---- */

/* C4: the peer's number is any number; a window of 0 waits; packets that hold nothing are refused. */
static void openings_are_taken_by_their_numbers(void **state)
{
    struct pair *pair = hostile_pair(false);
    struct adit_msg_channel_open_confirmation confirmation;
    struct adit_msg_channel_open_failure failure;
    struct adit_span payload;
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    hostile_deafen(&pair->client);
    hostile_open(&pair->client, "direct-tcpip", 7, 1000, 0);
    pair_run(pair);
    assert_true(hostile_next(&pair->client, &payload));
    assert_int_equal(payload.data[0], SSH_MSG_CHANNEL_OPEN_FAILURE);
    assert_int_equal(adit_parse_channel_open_failure(payload, &failure), ADIT_OK);
    assert_int_equal(failure.recipient_channel, 7);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_OPEN], 0);

    hostile_open(&pair->client, "direct-tcpip", 0xfffffffe, 0, 0xffffffff);
    pair_run(pair);
    assert_true(hostile_next(&pair->client, &payload));
    assert_int_equal(adit_parse_channel_open_confirmation(payload, &confirmation), ADIT_OK);
    assert_int_equal(confirmation.recipient_channel, 0xfffffffe);
    assert_int_equal(pair_send(&pair->server, 10, &hash), 0);
    hostile_channel(&pair->client, SSH_MSG_CHANNEL_WINDOW_ADJUST, confirmation.sender_channel, 6);
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_WRITABLE], 1);
    assert_int_equal(pair_send(&pair->server, 10, &hash), 6);
    pair_free(pair);
}

/* C4: the largest window there is does not make us keep that much. */
static void a_huge_window_is_not_buffered_for(void **state)
{
    struct pair *pair = hostile_pair(true);
    const size_t most = (size_t)2 * ADIT_OUTPUT_FULL;
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    pair->client.channel->send_window = UINT32_MAX;
    pair->client.channel->send_packet_max = UINT32_MAX;
    assert_true(pair_send(&pair->client, 100000000, &hash) < most);
    assert_true(adit_session_output_size(pair->client.session) < most);
    pair_run(pair);
    assert_int_equal(pair->server.hash_received, hash);
    pair_free(pair);
}

/* C5, C6, C14: who may open what, and the reason for each refusal. */
static void refused_openings_have_their_reasons(void **state)
{
    static const struct {
        const char *type;
        uint32_t to_server;
        uint32_t to_client;
    } cases[] = {
        { "session", 1, 1 },
        { "direct-tcpip", 0, 1 },
        { "forwarded-tcpip", 1, 0 },
        { "x11", 3, 3 },
        { "auth-agent@openssh.com", 3, 3 },
        /* What is behind the name is no path: only the right role gets as far as that. */
        { "direct-streamlocal@openssh.com", 2, 1 },
        { "forwarded-streamlocal@openssh.com", 1, 2 },
        { "tun@openssh.com", 3, 3 },
        { "", 3, 3 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int to_server = 0; to_server < 2; to_server++) {
            struct pair *pair = hostile_pair(false);
            struct side *from = to_server ? &pair->client : &pair->server;
            struct side *to = to_server ? &pair->server : &pair->client;
            const uint32_t reason = to_server ? cases[i].to_server : cases[i].to_client;
            struct adit_msg_channel_open_failure failure = { 0 };
            struct adit_span payload;

            hostile_deafen(from);
            hostile_open(from, cases[i].type, 5, 1000, 1000);
            pair_run(pair);
            assert_true(hostile_next(from, &payload));
            assert_int_equal(payload.data[0], reason ? SSH_MSG_CHANNEL_OPEN_FAILURE
                                                     : SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
            assert_int_equal(to->events[ADIT_EVENT_CHANNEL_OPEN], reason == 0);
            assert_int_equal(to->events[ADIT_EVENT_CHANNEL_DENIED], reason != 0);
            if (reason) {
                assert_int_equal(adit_parse_channel_open_failure(payload, &failure), ADIT_OK);
                assert_int_equal(failure.recipient_channel, 5);
                assert_int_equal(to->session->connection.channel_count, 0);
            }
            assert_int_equal(failure.reason_code, reason);
            pair_free(pair);
        }
}

/* C14, C5: one channel too many is refused for want of resources, and room comes back. */
static void the_number_of_channels_is_bounded(void **state)
{
    struct adit_msg_channel_open_failure failure;
    struct adit_span payload;
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.server.channels_max = 20;
    pair = pair_new(&settings);
    pair_log_in(pair);
    for (unsigned i = 0; i < 20; i++)
        pair_open_channel(pair);
    hostile_deafen(&pair->client);
    hostile_open(&pair->client, "direct-tcpip", 99, 1000, 1000);
    pair_run(pair);
    assert_true(hostile_next(&pair->client, &payload));
    assert_int_equal(adit_parse_channel_open_failure(payload, &failure), ADIT_OK);
    assert_int_equal(failure.reason_code, SSH_OPEN_RESOURCE_SHORTAGE);
    hostile_undeafen(&pair->client);
    adit_channel_close(pair->client.channel);
    pair_run(pair);
    pair_open_channel(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CONFIRMED], 21);
    pair_free(pair);
}

/* C12, C13: messages for a channel that is not there, only asked for, or open already. */
static void messages_meet_a_channel_in_the_right_state_only(void **state)
{
    enum { NONE = 9, ASKED = 1, OPEN = 0 }; /* the client's channels */
    static const struct {
        uint8_t number;
        uint32_t channel;
        enum adit_err expected;
    } cases[] = {
        { SSH_MSG_CHANNEL_OPEN_CONFIRMATION, NONE, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_OPEN_CONFIRMATION, OPEN, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_OPEN_CONFIRMATION, ASKED, ADIT_OK },
        { SSH_MSG_CHANNEL_OPEN_FAILURE, NONE, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_OPEN_FAILURE, OPEN, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_OPEN_FAILURE, ASKED, ADIT_OK },
        { SSH_MSG_CHANNEL_DATA, NONE, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_DATA, ASKED, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_DATA, OPEN, ADIT_OK },
        { SSH_MSG_CHANNEL_EXTENDED_DATA, NONE, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_EXTENDED_DATA, ASKED, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_EXTENDED_DATA, OPEN, ADIT_OK },
        { SSH_MSG_CHANNEL_EOF, ASKED, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_EOF, OPEN, ADIT_OK },
        { SSH_MSG_CHANNEL_CLOSE, ASKED, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_CLOSE, OPEN, ADIT_OK },
        { SSH_MSG_CHANNEL_WINDOW_ADJUST, NONE, ADIT_OK },
        { SSH_MSG_CHANNEL_WINDOW_ADJUST, ASKED, ADIT_OK },
        { SSH_MSG_CHANNEL_REQUEST, NONE, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_REQUEST, ASKED, ADIT_ERR_PROTOCOL },
        { SSH_MSG_CHANNEL_REQUEST, OPEN, ADIT_OK },
        { SSH_MSG_CHANNEL_SUCCESS, NONE, ADIT_OK },
        { SSH_MSG_CHANNEL_FAILURE, ASKED, ADIT_OK },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair = hostile_pair(true);
        const uint32_t one = cases[i].number == SSH_MSG_CHANNEL_OPEN_CONFIRMATION;

        hostile_deafen(&pair->server);
        pair_open_channel(pair);
        if (cases[i].number == SSH_MSG_CHANNEL_REQUEST)
            hostile_channel_request(&pair->server, cases[i].channel, "x", true);
        else
            hostile_channel(&pair->server, cases[i].number, cases[i].channel, one);
        pair_run(pair);
        if (pair->client.ended != cases[i].expected)
            fail_msg("message %u for channel %u: %s", cases[i].number, cases[i].channel,
                     pair->client.ended_text);
        pair_free(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_requests_are_refused_when_they_want_an_answer),
        cmocka_unit_test(answers_keep_the_order_of_the_requests),
        cmocka_unit_test(replies_are_matched_in_order),
        cmocka_unit_test(requests_that_wait_are_bounded),
        cmocka_unit_test(openings_are_taken_by_their_numbers),
        cmocka_unit_test(a_huge_window_is_not_buffered_for),
        cmocka_unit_test(refused_openings_have_their_reasons),
        cmocka_unit_test(the_number_of_channels_is_bounded),
        cmocka_unit_test(messages_meet_a_channel_in_the_right_state_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
