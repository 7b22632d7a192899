/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of an open channel (RFC 4254, 5.2 and 5.3). The numbers are those of docs/conformance.md. */
#include "sim/hostile_channels.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct pair *pair_with_window(uint32_t window, bool keep_credit)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.server.window_initial = window;
    settings.server.window_max = window;
    settings.keep_credit = keep_credit;
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    return pair;
}

/* ---- windows ---- */

/* C7: what may still come is counted to the byte, whatever the pieces; empty ones are free. */
static void a_window_is_exact(void **state)
{
    static const struct {
        size_t pieces[4];
        enum adit_err expected;
    } cases[] = {
        { { 1000, 0, 0, 0 }, ADIT_OK },
        { { 999, 1, 0, 0 }, ADIT_OK },
        { { 1001, 0, 0, 0 }, ADIT_ERR_PROTOCOL },
        { { 500, 500, 0, 1 }, ADIT_ERR_PROTOCOL },
        { { 32768, 0, 0, 0 }, ADIT_ERR_PROTOCOL },
    };
    static const uint8_t numbers[] = { SSH_MSG_CHANNEL_DATA, SSH_MSG_CHANNEL_EXTENDED_DATA };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases) * ADIT_ARRAY_LEN(numbers); i++) {
        const uint8_t number = numbers[i % ADIT_ARRAY_LEN(numbers)];
        const size_t *pieces = cases[i / ADIT_ARRAY_LEN(numbers)].pieces;
        struct pair *pair = pair_with_window(1000, true);

        /* What nobody wants gets its credit at once: here it has to come in one go. */
        pair->server.channel->receive.size = number == SSH_MSG_CHANNEL_DATA ? 1000 : 100000;
        for (size_t k = 0; k < ADIT_ARRAY_LEN(cases[0].pieces); k++)
            hostile_data(&pair->client, number, 0, pieces[k]);
        pair_run(pair);
        assert_int_equal(pair->server.ended, cases[i / ADIT_ARRAY_LEN(numbers)].expected);
        assert_true(pair->server.bytes_received <= 1000);
        pair_free(pair);
    }
}

/* C7: the sum of all credit is below 2^32; the last step over it is fatal, no step wraps. */
static void credit_does_not_wrap(void **state)
{
    static const struct {
        uint32_t initial;
        uint32_t more;
        enum adit_err expected;
    } cases[] = {
        { 0, 0xffffffff, ADIT_OK },           { 1, 0xfffffffe, ADIT_OK },
        { 1, 0xffffffff, ADIT_ERR_PROTOCOL }, { 0x80000000, 0x80000000, ADIT_ERR_PROTOCOL },
        { 0xffffffff, 0, ADIT_OK },           { 0xffffffff, 1, ADIT_ERR_PROTOCOL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair = hostile_pair(false);

        hostile_open(&pair->client, "direct-tcpip", 0, cases[i].initial, 1000);
        hostile_deafen(&pair->client);
        hostile_channel(&pair->client, SSH_MSG_CHANNEL_WINDOW_ADJUST, 0, cases[i].more);
        pair_run(pair);
        assert_int_equal(pair->server.ended, cases[i].expected);
        if (cases[i].expected == ADIT_OK)
            assert_int_equal(adit_channel_window(pair->server.channel),
                             cases[i].initial + cases[i].more);
        pair_free(pair);
    }
}

/* C8: credit comes for what was taken, and not before. */
static void credit_follows_the_consumer(void **state)
{
    struct pair *pair = pair_with_window(100000, true);
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    assert_int_equal(pair_send(&pair->client, 100000, &hash), 100000);
    pair_run(pair);
    assert_int_equal(adit_channel_window(pair->client.channel), 0);
    adit_channel_consumed(pair->server.channel, 32767);
    pair_run(pair);
    assert_int_equal(adit_channel_window(pair->client.channel), 0); /* not worth a message yet */
    adit_channel_consumed(pair->server.channel, 1);
    pair_run(pair);
    assert_int_equal(adit_channel_window(pair->client.channel), 32768);
    adit_channel_consumed(pair->server.channel, 1000000); /* more than came */
    pair_run(pair);
    assert_int_equal(adit_channel_window(pair->client.channel), 100000);
    pair_free(pair);
}

/* C8: what nobody wants counts in the window too, and its credit comes back by itself. */
static void extended_data_is_counted_credited_and_dropped(void **state)
{
    struct pair *pair = pair_with_window(1000, true);

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        hostile_data(&pair->client, SSH_MSG_CHANNEL_EXTENDED_DATA, 0, 500);
        hostile_data(&pair->client, SSH_MSG_CHANNEL_EXTENDED_DATA, 0, 500);
        pair_run(pair);
    }
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_DATA], 0);
    hostile_data(&pair->client, SSH_MSG_CHANNEL_DATA, 0, 600);
    hostile_data(&pair->client, SSH_MSG_CHANNEL_EXTENDED_DATA, 0, 500);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
    pair_free(pair);
}

/* ---- the end of a channel ---- */

/* C9: EOF is said once, and nothing is said after it. */
static void no_data_follows_our_eof(void **state)
{
    static const uint8_t expected[] = { SSH_MSG_CHANNEL_DATA, SSH_MSG_CHANNEL_EOF };
    struct pair *pair = hostile_pair(true);
    uint64_t hash = PAIR_HASH_START;
    uint8_t numbers[8];

    (void)state;
    hostile_deafen(&pair->server);
    assert_int_equal(pair_send(&pair->client, 10, &hash), 10);
    adit_channel_send_eof(pair->client.channel);
    adit_channel_send_eof(pair->client.channel);
    assert_int_equal(pair_send(&pair->client, 10, &hash), 0);
    pair_run(pair);
    assert_int_equal(hostile_numbers(&pair->server, numbers, sizeof numbers), 2);
    assert_memory_equal(numbers, expected, 2);
    pair_free(pair);
}

/* C9: EOF needs no window. */
static void eof_passes_a_closed_window(void **state)
{
    struct pair *pair = pair_with_window(100, true);
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    assert_int_equal(pair_send(&pair->client, 1000, &hash), 100);
    adit_channel_send_eof(pair->client.channel);
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_EOF], 1);
    assert_int_equal(pair->server.ended, ADIT_OK);
    pair_free(pair);
}

/* C10: CLOSE is answered once; without an EOF before it the channel was aborted. */
static void a_close_is_answered_by_one_close(void **state)
{
    (void)state;
    for (int with_eof = 0; with_eof < 2; with_eof++) {
        static const uint8_t expected[] = { SSH_MSG_CHANNEL_CLOSE };
        const struct adit_span nul = { (const uint8_t *)"", 1 };
        struct pair *pair = hostile_pair(true);
        uint8_t numbers[8];

        hostile_deafen(&pair->client);
        if (with_eof)
            hostile_channel(&pair->client, SSH_MSG_CHANNEL_EOF, 0, 0);
        hostile_channel(&pair->client, SSH_MSG_CHANNEL_CLOSE, 0, 0);
        pair_run(pair);
        assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), 1);
        assert_memory_equal(numbers, expected, 1);
        assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_CLOSED], 1);
        assert_int_equal(adit_buffer_append(&pair->transcript, nul), ADIT_OK);
        assert_non_null(strstr((const char *)pair->transcript.data,
                               with_eof ? "server closed\n" : "server closed (aborted)\n"));
        hostile_channel(&pair->client, SSH_MSG_CHANNEL_CLOSE, 0, 0); /* a second one */
        pair_run(pair);
        assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
        pair_free(pair);
    }
}

/* C10: a number is free after both CLOSEs, and not after one. */
static void a_number_is_used_again_after_both_closes(void **state)
{
    struct pair *pair = hostile_pair(true);
    struct adit_channel *first = pair->client.channel;

    (void)state;
    assert_int_equal(first->local_id, 0);
    hostile_deafen(&pair->server);
    adit_channel_close(first);
    pair_run(pair);
    pair_open_channel(pair);
    assert_int_equal(pair->client.channel->local_id, 1);
    hostile_undeafen(&pair->server);
    pair_run(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CLOSED], 1);
    pair_open_channel(pair);
    assert_int_equal(pair->client.channel->local_id, 0);
    pair_free(pair);
}

/* C15, CVE-2026-59850: after our CLOSE nothing of the channel is told but its end. */
static void nothing_is_told_of_a_channel_that_we_closed(void **state)
{
    struct pair *pair = hostile_pair(true);
    uint8_t numbers[8];

    (void)state;
    adit_channel_close(pair->server.channel);
    hostile_deafen(&pair->client); /* which has not heard of it yet */
    hostile_data(&pair->client, SSH_MSG_CHANNEL_DATA, 0, 30000);
    hostile_data(&pair->client, SSH_MSG_CHANNEL_EXTENDED_DATA, 0, 30000);
    hostile_channel_request(&pair->client, 0, "x", true);
    hostile_channel(&pair->client, SSH_MSG_CHANNEL_WINDOW_ADJUST, 0, 10);
    hostile_channel(&pair->client, SSH_MSG_CHANNEL_EOF, 0, 0);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_DATA], 0);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_EOF], 0);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_WRITABLE], 0);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_CLOSED], 0);
    hostile_channel(&pair->client, SSH_MSG_CHANNEL_CLOSE, 0, 0);
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_CLOSED], 1);
    assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), 1);
    assert_int_equal(numbers[0], SSH_MSG_CHANNEL_CLOSE);
    pair_free(pair);
}

/* C10, C13: closed before it was confirmed, by us; whatever the answer is, it ends well. */
static void a_channel_may_be_closed_before_it_is_answered(void **state)
{
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.hold_channels = true;
        pair = pair_new(&settings);
        pair_log_in(pair);
        pair_open_channel(pair);
        adit_channel_close(pair->client.channel);
        pair_run(pair);
        if (refused)
            adit_channel_refuse(pair->server.channel, SSH_OPEN_CONNECT_FAILED, "no");
        else
            adit_channel_accept(pair->server.channel);
        pair_run(pair);
        assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CONFIRMED], 0);
        assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_REFUSED], 0);
        assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CLOSED], 1);
        assert_int_equal(pair->client.session->connection.channel_count, 0);
        assert_int_equal(pair->server.session->connection.channel_count, 0);
        pair_free(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_exact),
        cmocka_unit_test(credit_does_not_wrap),
        cmocka_unit_test(credit_follows_the_consumer),
        cmocka_unit_test(extended_data_is_counted_credited_and_dropped),
        cmocka_unit_test(no_data_follows_our_eof),
        cmocka_unit_test(eof_passes_a_closed_window),
        cmocka_unit_test(a_close_is_answered_by_one_close),
        cmocka_unit_test(a_number_is_used_again_after_both_closes),
        cmocka_unit_test(nothing_is_told_of_a_channel_that_we_closed),
        cmocka_unit_test(a_channel_may_be_closed_before_it_is_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
