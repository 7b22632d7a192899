/* SPDX-License-Identifier: BSD-2-Clause */
/* Data and windows (RFC 4254, 5.2): this is on the way of every byte. */
#include "connection/connection.h"

enum {
    /*
     * With low delay wanted, this much of a channel is on its way at most, and
     * what a line of 1 Gbit/s carries in a round trip; but twice what the peer
     * consumes before it says so.
     */
    IN_FLIGHT_MIN = 64 * 1024,
    IN_FLIGHT_PER_US = 128,
    /* On a longer way it is the distance that delays. */
    SHORT_WAY_US = 3000,
    /* A peer that gives no credit for so long waits for more. */
    PATIENCE_MS = 50,
};

static enum adit_err fault(struct adit_connection *c, const char *why)
{
    return adit_transport_fault(c->transport, ADIT_ERR_PROTOCOL, why);
}

/* UINT64_MAX: not known. */
static uint64_t round_trip_us(const struct adit_connection *c)
{
    if (c->round_trip_us != UINT64_MAX || c->round_trip_ms == UINT64_MAX)
        return c->round_trip_us;
    return c->round_trip_ms * 1000;
}

uint32_t adit_connection_allowance(const struct adit_channel *channel)
{
    const struct adit_connection *c = channel->connection;
    const uint64_t way_us = round_trip_us(c);
    const uint64_t twice = (uint64_t)channel->credit * 2;
    uint64_t most;
    uint64_t rest;

    if (!c->low_delay || way_us >= SHORT_WAY_US || channel->credit == 0)
        return channel->send_window;
    most = IN_FLIGHT_MIN + way_us * IN_FLIGHT_PER_US;
    if (most < twice)
        most = twice;
    rest = most > channel->in_flight ? most - channel->in_flight : 0;
    return rest < channel->send_window ? (uint32_t)rest : channel->send_window;
}

/* Whether it may send: no more than low delay allows, unless the peer seems to wait for that. */
static uint32_t take_allowance(struct adit_channel *channel)
{
    const uint64_t now_ms = channel->connection->transport->now_ms;

    if (channel->limited_ms && now_ms - channel->limited_ms >= PATIENCE_MS) {
        channel->credit = channel->credit < UINT32_MAX / 2 ? channel->credit * 2 : UINT32_MAX;
        channel->limited_ms = 0;
    }
    if (adit_connection_allowance(channel) == 0 && channel->send_window && channel->limited_ms == 0)
        channel->limited_ms = now_ms;
    return adit_connection_allowance(channel);
}

enum adit_err adit_connection_reserve(struct adit_channel *channel, size_t want,
                                      struct adit_room *rooms, size_t max, size_t *count)
{
    struct adit_transport *t = channel->connection->transport;
    const size_t per_packet = channel->send_packet_max < ADIT_DATA_PER_PACKET
                                  ? channel->send_packet_max
                                  : ADIT_DATA_PER_PACKET;
    uint32_t allowance;

    *count = 0;
    if (channel->state != ADIT_CHANNEL_IS_OPEN || channel->eof_sent || channel->close_sent)
        return ADIT_OK;
    allowance = take_allowance(channel);
    if (allowance == 0) {
        channel->starved = true;
        return ADIT_OK;
    }
    if (adit_transport_is_held(t))
        return ADIT_OK;
    if (want > allowance)
        want = allowance;
    return adit_transport_reserve_data(t, want, per_packet, rooms, max, count);
}

enum adit_err adit_connection_commit(struct adit_channel *channel, size_t len)
{
    channel->send_window -= (uint32_t)len;
    channel->in_flight += (uint32_t)len;
    return adit_transport_commit_data(channel->connection->transport, channel->peer_id, len);
}

enum adit_err adit_connection_consumed(struct adit_channel *channel, size_t len)
{
    struct adit_connection *c = channel->connection;
    const uint32_t credit =
        adit_receive_window_consume(&channel->receive, len, c->transport->now_ms, c->round_trip_ms);
    const struct adit_msg_channel_window_adjust msg = { channel->peer_id, credit };
    struct adit_writer w;
    enum adit_err err;

    if (credit == 0 || channel->eof_received || channel->close_sent)
        return ADIT_OK;
    w = adit_transport_message(c->transport);
    adit_write_channel_window_adjust(&w, &msg);
    err = adit_transport_send(c->transport, &w);
    /* The first data that is worth a window tells how long the way is. */
    if (!err && c->round_trip_ms == UINT64_MAX && !c->round_trip_asked) {
        c->round_trip_asked = true;
        err = adit_connection_ask_alive(c);
    }
    return err;
}

/* The open channel that data came for; NULL, with the reason noted, when the peer may not send it. */
static struct adit_channel *receive(struct adit_connection *c, uint32_t id, size_t len)
{
    struct adit_channel *channel = adit_channel_find(c, id);
    const char *why = NULL;

    if (channel == NULL || channel->state != ADIT_CHANNEL_IS_OPEN)
        why = "data for a channel that is not open";
    else if (len > ADIT_DATA_TAKEN_MAX)
        why = "more data in one packet than the channel allows";
    else if (!adit_receive_window_take(&channel->receive, len))
        why = "data beyond the channel's window";
    c->transport->why = why;
    return why ? NULL : channel;
}

enum adit_err adit_connection_handle_data(struct adit_connection *c, struct adit_span payload)
{
    struct adit_msg_channel_data msg;
    struct adit_channel *channel;
    struct adit_event *event;
    const enum adit_err err = adit_parse_channel_data(payload, &msg);

    if (err)
        return adit_transport_fault(c->transport, err, "CHANNEL_DATA is malformed");
    channel = receive(c, msg.recipient_channel, msg.data.len);
    if (channel == NULL)
        return ADIT_ERR_PROTOCOL;
    /* After its EOF the peer has nothing to say (C9), after our CLOSE nobody listens. */
    if (msg.data.len == 0 || channel->eof_received || channel->close_sent)
        return adit_connection_consumed(channel, msg.data.len);
    adit_transport_keep_data(c->transport);
    event = adit_events_add(c->transport->events, ADIT_EVENT_CHANNEL_DATA);
    event->channel = channel;
    event->data = msg.data;
    return ADIT_OK;
}

/* No tunnel has a second stream: counted, given credit for, dropped (C8). */
enum adit_err adit_connection_handle_extended_data(struct adit_connection *c,
                                                   struct adit_span payload)
{
    struct adit_msg_channel_extended_data msg;
    struct adit_channel *channel;
    const enum adit_err err = adit_parse_channel_extended_data(payload, &msg);

    if (err)
        return adit_transport_fault(c->transport, err, "CHANNEL_EXTENDED_DATA is malformed");
    channel = receive(c, msg.recipient_channel, msg.data.len);
    return channel ? adit_connection_consumed(channel, msg.data.len) : ADIT_ERR_PROTOCOL;
}

static void note_credit(struct adit_channel *channel, uint32_t credit)
{
    if (channel->credit == 0 || credit < channel->credit)
        channel->credit = credit;
    channel->in_flight -= credit < channel->in_flight ? credit : channel->in_flight;
    channel->limited_ms = 0;
}

enum adit_err adit_connection_handle_window_adjust(struct adit_connection *c,
                                                   struct adit_span payload)
{
    struct adit_msg_channel_window_adjust msg;
    struct adit_channel *channel;
    const enum adit_err err = adit_parse_channel_window_adjust(payload, &msg);

    if (err)
        return adit_transport_fault(c->transport, err, "CHANNEL_WINDOW_ADJUST is malformed");
    channel = adit_channel_find(c, msg.recipient_channel);
    if (channel == NULL || channel->state != ADIT_CHANNEL_IS_OPEN)
        return ADIT_OK; /* it may have crossed our CLOSE on its way (C12) */
    if (!adit_send_window_adjust(&channel->send_window, msg.bytes_to_add))
        return fault(c, "a channel's window grew beyond 2^32 - 1");
    if (msg.bytes_to_add)
        note_credit(channel, msg.bytes_to_add);
    if (channel->starved && msg.bytes_to_add && !channel->close_sent && !channel->eof_sent) {
        channel->starved = false;
        adit_channel_tell(channel, ADIT_PENDING_WRITABLE);
    }
    return ADIT_OK;
}
