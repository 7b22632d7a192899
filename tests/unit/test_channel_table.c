/* SPDX-License-Identifier: BSD-2-Clause */
#include "connection/connection.h"

#include "exact.h"

#include <stdbool.h>

static void table_init(struct adit_connection *c, uint32_t channels_max)
{
    *c = (struct adit_connection){ .channels_max = channels_max,
                                   .window_initial = 1000,
                                   .window_max = 2000 };
    adit_connection_init(c, NULL);
}

static struct adit_channel *make(struct adit_connection *c, uint32_t wanted_id)
{
    struct adit_channel *channel;

    assert_int_equal(adit_channel_new(c, &channel), ADIT_OK);
    assert_int_equal(channel->local_id, wanted_id);
    assert_ptr_equal(channel->connection, c);
    assert_ptr_equal(adit_channel_find(c, wanted_id), channel);
    return channel;
}

/* C14: the limit need not be a step of the table's growth. */
static void there_are_as_many_channels_as_the_limit_allows(void **state)
{
    static const uint32_t limits[] = { 0, 1, 2, 7, 8, 9, 16, 20, 31, 32, 33, 1000 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(limits); i++) {
        struct adit_connection c;
        struct adit_channel *over;

        table_init(&c, limits[i]);
        for (uint32_t id = 0; id < limits[i]; id++)
            (void)make(&c, id);
        assert_int_equal(c.channel_count, limits[i]);
        for (unsigned again = 0; again < 2; again++) {
            assert_int_equal(adit_channel_new(&c, &over), ADIT_ERR_LIMIT);
            assert_null(over);
            assert_int_equal(c.channel_count, limits[i]);
        }
        if (limits[i]) {
            adit_channel_free(adit_channel_find(&c, limits[i] / 2));
            (void)make(&c, limits[i] / 2);
            assert_int_equal(adit_channel_new(&c, &over), ADIT_ERR_LIMIT);
        }
        assert_true(c.slots <= limits[i]);
        adit_connection_clear(&c);
    }
}

static void a_new_channel_is_empty_but_for_its_window(void **state)
{
    struct adit_connection c;
    const struct adit_channel *channel;

    (void)state;
    table_init(&c, 4);
    channel = make(&c, 0);
    assert_int_equal(channel->receive.left, 1000);
    assert_int_equal(channel->receive.max, 2000);
    assert_int_equal(channel->send_window, 0);
    assert_int_equal(channel->pending, 0);
    assert_false(channel->eof_sent || channel->eof_received || channel->close_sent ||
                 channel->close_received);
    adit_connection_clear(&c);
}

/* CVE-2002-0083: a number of the peer's is looked up, whatever it is. */
static void a_number_that_is_none_finds_nothing(void **state)
{
    static const uint32_t numbers[] = { 3, 4, 7, 8, 9, 1000, 0x7fffffff, 0x80000000, UINT32_MAX };
    struct adit_connection c;

    (void)state;
    table_init(&c, 100);
    assert_null(adit_channel_find(&c, 0)); /* there is no table yet */
    assert_null(adit_channel_find(&c, UINT32_MAX));
    for (uint32_t id = 0; id < 3; id++)
        (void)make(&c, id);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++)
        assert_null(adit_channel_find(&c, numbers[i]));
    adit_channel_free(adit_channel_find(&c, 1));
    assert_null(adit_channel_find(&c, 1));
    adit_connection_clear(&c);
}

/* A channel that has left the table and waits for its last event has no number any more. */
static void a_number_may_be_another_channels_while_its_last_owner_lives(void **state)
{
    struct adit_connection c;
    struct adit_channel *old;
    struct adit_channel *next;

    (void)state;
    table_init(&c, 10);
    (void)make(&c, 0);
    old = make(&c, 1);
    (void)make(&c, 2);
    adit_channel_detach(old);
    assert_int_equal(c.channel_count, 2);
    assert_null(adit_channel_find(&c, 1));
    next = make(&c, 1);
    adit_channel_detach(old); /* once more: not its number now */
    assert_ptr_equal(adit_channel_find(&c, 1), next);
    adit_channel_free(old);
    assert_ptr_equal(adit_channel_find(&c, 1), next);
    assert_int_equal(c.channel_count, 3);
    adit_channel_free(NULL);
    adit_connection_clear(&c);
}

/* Any order of opening and closing: the lowest free number is taken, no channel moves. */
static void numbers_are_reused_in_any_order(void **state)
{
    enum { LIMIT = 70, STEPS = 20000 };
    struct adit_channel *model[LIMIT] = { NULL };
    struct adit_connection c;
    uint32_t random = 1;
    uint32_t count = 0;

    (void)state;
    table_init(&c, LIMIT);
    for (unsigned step = 0; step < STEPS; step++) {
        uint32_t id;

        random = random * 1664525 + 1013904223;
        id = (random >> 16) % LIMIT;
        if (model[id] && (random & 0x8000)) {
            adit_channel_free(model[id]);
            model[id] = NULL;
            count--;
        } else if (count < LIMIT) {
            for (id = 0; model[id]; id++)
                continue;
            model[id] = make(&c, id);
            count++;
        }
        assert_int_equal(c.channel_count, count);
    }
    for (uint32_t id = 0; id < LIMIT; id++)
        assert_ptr_equal(adit_channel_find(&c, id), model[id]);
    adit_connection_clear(&c);
}

static void what_is_pending_is_told_once_and_in_order(void **state)
{
    struct adit_connection c;
    struct adit_channel *channels[3];
    struct adit_event event;

    (void)state;
    table_init(&c, 10);
    for (uint32_t id = 0; id < 3; id++)
        channels[id] = make(&c, id);
    assert_false(adit_connection_next_event(&c, &event));
    adit_channel_tell(channels[0], ADIT_PENDING_WRITABLE);
    adit_channel_tell(channels[1], ADIT_PENDING_WRITABLE);
    adit_channel_tell(channels[2], ADIT_PENDING_WRITABLE);
    adit_channel_tell(channels[1], ADIT_PENDING_WRITABLE); /* twice is once, and last */
    adit_channel_free(channels[2]);                        /* is not told of any more */
    assert_true(adit_connection_next_event(&c, &event));
    assert_ptr_equal(event.channel, channels[0]);
    assert_int_equal(event.type, ADIT_EVENT_CHANNEL_WRITABLE);
    assert_true(adit_connection_next_event(&c, &event));
    assert_ptr_equal(event.channel, channels[1]);
    assert_false(adit_connection_next_event(&c, &event));
    adit_channel_tell(channels[0], ADIT_PENDING_WRITABLE); /* and again later */
    assert_true(adit_connection_next_event(&c, &event));
    assert_ptr_equal(event.channel, channels[0]);
    adit_connection_clear(&c);
}

/* The end swallows what was to be told before it; the channel lives until it was pulled. */
static void the_last_event_is_the_end(void **state)
{
    (void)state;
    for (int eof_received = 0; eof_received < 2; eof_received++) {
        struct adit_connection c;
        struct adit_channel *channel;
        struct adit_event event;

        table_init(&c, 10);
        channel = make(&c, 0);
        channel->eof_received = eof_received;
        adit_channel_tell(channel, ADIT_PENDING_WRITABLE);
        adit_channel_detach(channel);
        adit_channel_tell(channel, ADIT_PENDING_CLOSED);
        assert_true(adit_connection_next_event(&c, &event));
        assert_int_equal(event.type, ADIT_EVENT_CHANNEL_CLOSED);
        assert_ptr_equal(event.channel, channel);
        assert_int_equal(event.aborted, !eof_received);
        assert_int_equal(channel->local_id, 0); /* may still be looked at */
        assert_false(adit_connection_next_event(&c, &event));
        adit_connection_forget_told(&c);
        assert_null(c.gone);
        adit_connection_clear(&c);
    }
}

/* Wherever a channel stands when the session ends, it is freed once (ASan looks). */
static void clearing_frees_what_is_in_and_out_of_the_table(void **state)
{
    struct adit_connection c;
    struct adit_channel *channels[5];
    struct adit_event event;

    (void)state;
    table_init(&c, 10);
    for (uint32_t id = 0; id < 5; id++)
        channels[id] = make(&c, id);
    adit_channel_tell(channels[1], ADIT_PENDING_WRITABLE); /* in the table, with an event */
    adit_channel_detach(channels[2]);                      /* out of it, with its last event */
    adit_channel_tell(channels[2], ADIT_PENDING_CLOSED);
    adit_channel_detach(channels[3]);
    adit_channel_tell(channels[3], ADIT_PENDING_CLOSED);
    adit_connection_next_event(&c, &event);
    adit_connection_next_event(&c, &event);
    assert_ptr_equal(c.gone, channels[2]); /* pulled, and borrowed by the driver */
    adit_connection_clear(&c);
    assert_null(c.channels);
    assert_int_equal(c.slots, 0);
    assert_null(adit_channel_find(&c, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_as_many_channels_as_the_limit_allows),
        cmocka_unit_test(a_new_channel_is_empty_but_for_its_window),
        cmocka_unit_test(a_number_that_is_none_finds_nothing),
        cmocka_unit_test(a_number_may_be_another_channels_while_its_last_owner_lives),
        cmocka_unit_test(numbers_are_reused_in_any_order),
        cmocka_unit_test(what_is_pending_is_told_once_and_in_order),
        cmocka_unit_test(the_last_event_is_the_end),
        cmocka_unit_test(clearing_frees_what_is_in_and_out_of_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
