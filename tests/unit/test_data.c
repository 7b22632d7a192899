/* SPDX-License-Identifier: BSD-2-Clause */
/* Data and windows (RFC 4254, 5.2), to the byte. */
#include "connection_world.h"

enum { ROOMS = 16 };

static size_t reserve(struct adit_channel *channel, size_t want, size_t *bytes)
{
    struct adit_room rooms[ROOMS];
    size_t count;

    assert_int_equal(adit_connection_reserve(channel, want, rooms, ROOMS, &count), ADIT_OK);
    *bytes = 0;
    for (size_t i = 0; i < count; i++) {
        memset(rooms[i].data, 'x', rooms[i].len);
        *bytes += rooms[i].len;
    }
    return count;
}

static void room_is_what_the_window_and_the_packet_size_allow(void **state)
{
    static const struct {
        uint32_t window;
        uint32_t packet_max;
        size_t want;
        size_t bytes;
        size_t packets;
    } cases[] = {
        { 1000, 100, 50, 50, 1 },
        { 1000, 100, 100, 100, 1 },
        { 1000, 100, 101, 101, 2 },
        { 1000, 100, 5000, 1000, 10 },
        { 1, 100, 5000, 1, 1 },
        { 10, 1, 5000, 10, 10 },
        { 32768, 32768, 32768, 32768, 1 },
        { 32769, 32769, 32769, 32769, 2 }, /* no packet of ours is larger than any peer takes */
        { UINT32_MAX, UINT32_MAX, 32769, 32769, 2 },
        { UINT32_MAX, UINT32_MAX, 100000, 100000, 4 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_channel *channel;
        struct world w;
        size_t bytes;

        world_init(&w, ADIT_CLIENT);
        channel = world_channel(&w, CHANNEL_OPEN);
        channel->send_window = cases[i].window;
        channel->send_packet_max = cases[i].packet_max;
        /* A block in use may have less left at its end; here there is none yet. */
        assert_int_equal(reserve(channel, cases[i].want, &bytes), cases[i].packets);
        assert_int_equal(bytes, cases[i].bytes);
        assert_int_equal(adit_connection_commit(channel, bytes), ADIT_OK);
        assert_int_equal(channel->send_window, cases[i].window - cases[i].bytes);
        for (size_t k = 0; k < cases[i].packets; k++) {
            const struct adit_span data = assert_sent(&w.end, SSH_MSG_CHANNEL_DATA);

            assert_int_equal(adit_get_uint32(data.data + 1), PEER_ID);
            assert_in_range(data.len - 9, 1, cases[i].packet_max);
        }
        assert_nothing_sent(&w.end);
        world_clear(&w);
    }
}

/* C9, T21: and a window that is closed is remembered. */
static void a_channel_that_may_not_send_gets_no_room(void **state)
{
    (void)state;
    for (int s = CHANNEL_ASKED_BY_US; s < CHANNEL_STATES; s++)
        for (int eof_sent = 0; eof_sent < 2; eof_sent++)
            for (int is_held = 0; is_held < 2; is_held++)
                for (int is_shut = 0; is_shut < 2; is_shut++) {
                    const bool may = (s == CHANNEL_OPEN || s == CHANNEL_EOF_CAME) && !eof_sent;
                    struct adit_channel *channel;
                    struct world w;
                    size_t bytes;

                    world_init(&w, ADIT_CLIENT);
                    channel = world_channel(&w, (enum channel_state)s);
                    channel->eof_sent = eof_sent;
                    if (is_held)
                        w.end.transport.kex.step = ADIT_KEX_OFFERED;
                    if (is_shut)
                        channel->send_window = 0;
                    (void)reserve(channel, 10, &bytes);
                    assert_int_equal(bytes, may && !is_held && !is_shut ? 10 : 0);
                    assert_int_equal(channel->starved, may && is_shut);
                    assert_int_equal(adit_connection_commit(channel, 0), ADIT_OK);
                    assert_nothing_sent(&w.end);
                    world_clear(&w);
                }
}

static enum adit_err adjust(struct world *w, uint32_t bytes_to_add)
{
    uint8_t bytes[9] = { SSH_MSG_CHANNEL_WINDOW_ADJUST };
    struct adit_span copy;
    enum adit_err err;

    adit_put_uint32(bytes + 5, bytes_to_add);
    copy = exact_copy(bytes, sizeof bytes);
    err = adit_connection_handle_window_adjust(&w->connection, copy);
    exact_free(copy);
    return err;
}

/* C7: 2^32 - 1 is the largest window, and one byte more is the end. */
static void a_window_grows_to_its_largest_value(void **state)
{
    static const struct {
        uint32_t window;
        uint32_t add;
        enum adit_err wanted;
    } cases[] = {
        { 0, 0, ADIT_OK },
        { 0, UINT32_MAX, ADIT_OK },
        { 1, UINT32_MAX - 1, ADIT_OK },
        { 1, UINT32_MAX, ADIT_ERR_PROTOCOL },
        { UINT32_MAX, 0, ADIT_OK },
        { UINT32_MAX, 1, ADIT_ERR_PROTOCOL },
        { 0x80000000, 0x7fffffff, ADIT_OK },
        { 0x80000000, 0x80000000, ADIT_ERR_PROTOCOL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_channel *channel;
        struct world w;

        world_init(&w, ADIT_CLIENT);
        channel = world_channel(&w, CHANNEL_OPEN);
        channel->send_window = cases[i].window;
        assert_int_equal(adjust(&w, cases[i].add), cases[i].wanted);
        assert_int_equal(channel->send_window,
                         cases[i].wanted ? cases[i].window : cases[i].window + cases[i].add);
        world_clear(&w);
    }
}

/* Who found the window closed is told once that it is open; nobody else is told anything. */
static void an_opened_window_is_told_to_who_waits_for_it(void **state)
{
    struct adit_channel *channel;
    struct adit_event event;
    struct world w;
    size_t bytes;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    channel = world_channel(&w, CHANNEL_OPEN);
    channel->send_window = 0;
    assert_int_equal(adjust(&w, 5), ADIT_OK); /* nobody has asked */
    assert_false(adit_connection_next_event(&w.connection, &event));
    (void)reserve(channel, 10, &bytes);
    assert_int_equal(bytes, 5);
    assert_int_equal(adit_connection_commit(channel, 5), ADIT_OK);
    (void)reserve(channel, 10, &bytes);
    assert_int_equal(bytes, 0);
    assert_int_equal(adjust(&w, 0), ADIT_OK); /* opens nothing */
    assert_false(adit_connection_next_event(&w.connection, &event));
    assert_int_equal(adjust(&w, 1), ADIT_OK);
    assert_int_equal(adjust(&w, 1), ADIT_OK);
    assert_true(adit_connection_next_event(&w.connection, &event));
    assert_int_equal(event.type, ADIT_EVENT_CHANNEL_WRITABLE);
    assert_ptr_equal(event.channel, channel);
    assert_false(adit_connection_next_event(&w.connection, &event));
    assert_int_equal(adjust(&w, 1), ADIT_OK); /* nobody waits any more */
    assert_false(adit_connection_next_event(&w.connection, &event));
    world_clear(&w);

    for (int closes = 0; closes < 2; closes++) { /* and not after our own end */
        world_init(&w, ADIT_CLIENT);
        channel = world_channel(&w, CHANNEL_OPEN);
        channel->send_window = 0;
        (void)reserve(channel, 10, &bytes);
        assert_int_equal(
            closes ? adit_connection_close(channel) : adit_connection_send_eof(channel), ADIT_OK);
        assert_int_equal(adjust(&w, 1), ADIT_OK);
        assert_false(adit_connection_next_event(&w.connection, &event));
        world_clear(&w);
    }
}

/* `len` bytes of data for channel 0; with a data type code, if it is extended data. */
static enum adit_err data_comes(struct world *w, bool extended, size_t len)
{
    const size_t head = extended ? 13 : 9;
    uint8_t *bytes = calloc(1, head + len);
    enum adit_err err;

    assert_non_null(bytes);
    bytes[0] = extended ? SSH_MSG_CHANNEL_EXTENDED_DATA : SSH_MSG_CHANNEL_DATA;
    adit_put_uint32(bytes + head - 4, (uint32_t)len);
    err = extended ? adit_connection_handle_extended_data(&w->connection,
                                                          adit_span_of(bytes, head + len))
                   : adit_connection_handle_data(&w->connection, adit_span_of(bytes, head + len));
    free(bytes);
    return err;
}

/* C7: the packet's size and the window are both exact. */
static void data_beyond_the_packet_size_or_the_window_ends_the_session(void **state)
{
    static const struct {
        uint32_t window;
        size_t len;
        enum adit_err wanted;
    } cases[] = {
        { 100, 0, ADIT_OK },
        { 100, 99, ADIT_OK },
        { 100, 100, ADIT_OK },
        { 100, 101, ADIT_ERR_PROTOCOL },
        { 0, 0, ADIT_OK },
        { 0, 1, ADIT_ERR_PROTOCOL },
        { WINDOW, ADIT_DATA_TAKEN_MAX, ADIT_OK },
        { WINDOW, ADIT_DATA_TAKEN_MAX + 1, ADIT_ERR_PROTOCOL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int extended = 0; extended < 2; extended++) {
            struct adit_channel *channel;
            struct world w;

            world_init(&w, ADIT_SERVER);
            channel = world_channel(&w, CHANNEL_OPEN);
            channel->receive.left = cases[i].window;
            assert_int_equal(data_comes(&w, extended, cases[i].len), cases[i].wanted);
            if (cases[i].wanted)
                assert_non_null(w.end.transport.why);
            else if (!extended && cases[i].len)
                assert_int_equal(assert_told(&w.end, ADIT_EVENT_CHANNEL_DATA).data.len,
                                 cases[i].len);
            assert_nothing_told(&w.end); /* an empty packet is none worth telling */
            world_clear(&w);
        }
}

static uint32_t credit_sent(struct world *w)
{
    struct adit_span payload;
    uint32_t credit = 0;

    while ((payload = one_end_sent(&w->end)).len)
        if (payload.data[0] == SSH_MSG_CHANNEL_WINDOW_ADJUST) {
            assert_int_equal(adit_get_uint32(payload.data + 1), PEER_ID);
            credit += adit_get_uint32(payload.data + 5);
        }
    return credit;
}

/* C8: what nobody reads is credited at once, or the peer would wait for ever. */
static void data_that_nobody_reads_is_credited(void **state)
{
    enum { PACKETS = 32, LEN = 32768 };

    (void)state;
    for (int s = CHANNEL_OPEN; s < CHANNEL_STATES; s++)
        for (int extended = 0; extended < 2; extended++) {
            struct adit_channel *channel;
            struct world w;

            if (s == CHANNEL_OPEN && !extended)
                continue; /* this is read */
            world_init(&w, ADIT_SERVER);
            channel = world_channel(&w, (enum channel_state)s);
            for (unsigned i = 0; i < PACKETS; i++)
                assert_int_equal(data_comes(&w, extended, LEN), ADIT_OK);
            assert_nothing_told(&w.end);
            if (s == CHANNEL_OPEN)
                assert_true(credit_sent(&w) >= PACKETS * LEN - WINDOW);
            else /* the peer has no use for it after its EOF, nor after our CLOSE */
                assert_int_equal(credit_sent(&w), 0);
            assert_true(channel->receive.left <= WINDOW);
            world_clear(&w);
        }
}

/* C8: no more goes back than came and was consumed. */
static void credit_follows_what_was_consumed(void **state)
{
    struct adit_channel *channel;
    struct adit_event event;
    size_t credit = 0;
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    channel = world_channel(&w, CHANNEL_OPEN);
    for (unsigned i = 0; i < WINDOW / 32768; i++) {
        assert_int_equal(data_comes(&w, false, 32768), ADIT_OK);
        assert_true(adit_events_take(&w.end.events, &event));
    }
    assert_int_equal(data_comes(&w, false, 1), ADIT_ERR_PROTOCOL);
    assert_int_equal(credit_sent(&w), 0); /* none while nothing is consumed */
    for (unsigned i = 0; i < WINDOW / 1024; i++) {
        assert_int_equal(adit_connection_consumed(channel, 1024), ADIT_OK);
        credit += credit_sent(&w);
        assert_true(credit <= (i + 1) * 1024);
    }
    assert_int_equal(credit, WINDOW);
    assert_int_equal(channel->receive.left, WINDOW);
    world_clear(&w);
}

/* With the first credit, and not again, the way is measured. */
static void the_first_credit_asks_for_the_round_trip(void **state)
{
    struct adit_channel *channel;
    struct adit_event event;
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    channel = world_channel(&w, CHANNEL_OPEN);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < WINDOW / 32768; i++) {
            assert_int_equal(data_comes(&w, false, 32768), ADIT_OK);
            assert_true(adit_events_take(&w.end.events, &event));
        }
        assert_int_equal(w.connection.outgoing_count, round ? 1 : 0);
        assert_int_equal(adit_connection_consumed(channel, WINDOW), ADIT_OK);
        assert_int_equal(w.connection.outgoing_count, 1);
    }
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(room_is_what_the_window_and_the_packet_size_allow),
        cmocka_unit_test(a_channel_that_may_not_send_gets_no_room),
        cmocka_unit_test(a_window_grows_to_its_largest_value),
        cmocka_unit_test(an_opened_window_is_told_to_who_waits_for_it),
        cmocka_unit_test(data_beyond_the_packet_size_or_the_window_ends_the_session),
        cmocka_unit_test(data_that_nobody_reads_is_credited),
        cmocka_unit_test(credit_follows_what_was_consumed),
        cmocka_unit_test(the_first_credit_asks_for_the_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
