/* SPDX-License-Identifier: BSD-2-Clause */
/* What a channel keeps on its way while somebody wants short questions answered soon. */
#include "sim/pair.h"

#include "base/memory.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    WINDOW = 1024 * 1024,
    IN_FLIGHT = 64 * 1024,  /* what low delay lets a channel have on its way */
    IN_FLIGHT_PER_US = 128, /* and so much for each of a round trip */
    CREDIT = 32 * 1024,     /* what the peer gives at once */
    PATIENCE_MS = 50,
};

/* 0 µs: that time is not told. */
static struct pair *pair_with_credit(uint64_t round_trip_ms, uint64_t round_trip_us)
{
    struct pair_settings settings;
    struct pair *pair;
    uint64_t hash = PAIR_HASH_START;

    pair_settings_init(&settings);
    settings.server.window_initial = WINDOW;
    settings.server.window_max = WINDOW;
    settings.keep_credit = true;
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    /* The peer shows once how much it consumes before it says so, and how far away it is. */
    assert_int_equal(pair_send(&pair->client, CREDIT, &hash), CREDIT);
    pair_run(pair);
    adit_session_set_low_delay(pair->client.session, true);
    if (round_trip_us)
        adit_session_tell_us(pair->client.session, 1);
    pair->now_ms += round_trip_ms;
    adit_session_advance(pair->client.session, pair->now_ms);
    if (round_trip_us)
        adit_session_tell_us(pair->client.session, 1 + round_trip_us);
    pair_run(pair);
    adit_channel_consumed(pair->server.channel, CREDIT);
    pair_run(pair);
    return pair;
}

static size_t send_all(struct pair *pair)
{
    uint64_t hash = PAIR_HASH_START;
    const size_t sent = pair_send(&pair->client, (size_t)2 * WINDOW, &hash);

    pair_run(pair);
    return sent;
}

static void little_is_on_its_way(void **state)
{
    struct pair *pair = pair_with_credit(0, 0);

    (void)state;
    assert_int_equal(adit_channel_window(pair->client.channel), IN_FLIGHT);
    assert_int_equal(send_all(pair), IN_FLIGHT);
    assert_int_equal(send_all(pair), 0);
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_WRITABLE], 0);

    adit_channel_consumed(pair->server.channel, 50000);
    pair_run(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_WRITABLE], 1);
    assert_int_equal(send_all(pair), 50000);
    pair_free(pair);
}

static void the_whole_window_is_back_afterwards(void **state)
{
    struct pair *pair = pair_with_credit(0, 0);

    (void)state;
    assert_int_equal(send_all(pair), IN_FLIGHT);
    adit_session_set_low_delay(pair->client.session, false);
    assert_int_equal(send_all(pair), WINDOW - IN_FLIGHT);
    assert_int_equal(send_all(pair), 0);
    pair_free(pair);
}

/* Two of the peer's credits, or it would wait for us and we for it. */
static void a_peer_that_waits_for_more_gets_more(void **state)
{
    struct pair *pair = pair_with_credit(0, 0);
    size_t sent = IN_FLIGHT;

    (void)state;
    assert_int_equal(send_all(pair), IN_FLIGHT);
    pair->now_ms += PATIENCE_MS - 1;
    adit_session_advance(pair->client.session, pair->now_ms);
    assert_int_equal(send_all(pair), 0);
    for (size_t most = (size_t)4 * CREDIT; most < WINDOW; most *= 2) {
        pair->now_ms += PATIENCE_MS;
        adit_session_advance(pair->client.session, pair->now_ms);
        assert_int_equal(send_all(pair), most - sent);
        assert_int_equal(send_all(pair), 0);
        sent = most;
    }
    pair_free(pair);
}

/* A line of 1 Gbit/s is never idle for it. */
static void a_longer_way_has_more_on_it(void **state)
{
    const uint64_t ways_us[] = { 70, 1000, 2999 };

    (void)state;
    for (size_t i = 0; i < sizeof ways_us / sizeof *ways_us; i++) {
        struct pair *pair = pair_with_credit(ways_us[i] / 1000, ways_us[i]);

        assert_int_equal(send_all(pair), IN_FLIGHT + ways_us[i] * IN_FLIGHT_PER_US);
        assert_int_equal(send_all(pair), 0);
        pair_free(pair);
    }
}

static void a_long_way_is_left_alone(void **state)
{
    struct pair *pair = pair_with_credit(3, 0);

    (void)state;
    assert_int_equal(send_all(pair), WINDOW);
    pair_free(pair);
    pair = pair_with_credit(2, 3000);
    assert_int_equal(send_all(pair), WINDOW);
    pair_free(pair);
}

/* It is switched with each burst of questions: an unanswered one must not become many. */
static void the_way_is_measured_once_at_a_time(void **state)
{
    struct pair *pair = pair_with_credit(1, 1000);
    const struct adit_connection *c = &pair->client.session->connection;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        adit_session_set_low_delay(pair->client.session, false);
        adit_session_set_low_delay(pair->client.session, true);
        assert_int_equal(c->outgoing_count, 1);
    }
    pair->now_ms += 1;
    adit_session_advance(pair->client.session, pair->now_ms);
    pair_run(pair);
    assert_int_equal(c->outgoing_count, 0);
    adit_session_set_low_delay(pair->client.session, true);
    assert_int_equal(c->outgoing_count, 1);
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_is_on_its_way),
        cmocka_unit_test(the_whole_window_is_back_afterwards),
        cmocka_unit_test(a_peer_that_waits_for_more_gets_more),
        cmocka_unit_test(a_longer_way_has_more_on_it),
        cmocka_unit_test(a_long_way_is_left_alone),
        cmocka_unit_test(the_way_is_measured_once_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
