/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection over one end of a session, with channel 0 in any state. */
#ifndef ADIT_TESTS_CONNECTION_WORLD_H
#define ADIT_TESTS_CONNECTION_WORLD_H

#include "one_end.h"

#include "connection/connection.h"

enum { WINDOW = 256 * 1024, PEER_ID = 9, PEER_WINDOW = 1000, PEER_PACKET_MAX = 100 };

struct world {
    struct one_end end;
    struct adit_connection connection;
};

enum channel_state {
    CHANNEL_NONE,
    CHANNEL_ASKED_BY_US,
    CHANNEL_ASKED_BY_PEER,
    CHANNEL_OPEN,
    CHANNEL_EOF_CAME,
    CHANNEL_CLOSE_SENT,
};
#define CHANNEL_STATES 6

static inline void world_init(struct world *w, enum adit_role role)
{
    memset(w, 0, sizeof *w);
    one_end_init(&w->end, role, &protections[1]);
    adit_connection_init(&w->connection, &w->end.transport);
    w->connection.channels_max = 100;
    w->connection.window_initial = WINDOW;
    w->connection.window_max = WINDOW;
}

static inline void world_clear(struct world *w)
{
    adit_connection_clear(&w->connection);
    one_end_clear(&w->end);
}

/* A CHANNEL_OPEN of the peer's. The event's spans are not to be looked at. */
static inline enum adit_err world_peer_opens(struct world *w, const char *type, uint32_t id,
                                             uint32_t window, uint32_t packet_max, uint32_t port)
{
    struct adit_buffer payload = adit_buffer_init(1 << 16);
    struct adit_writer writer = adit_writer_init(&payload);
    struct adit_span copy;
    enum adit_err err;

    adit_write_byte(&writer, SSH_MSG_CHANNEL_OPEN);
    adit_write_text(&writer, type);
    adit_write_uint32(&writer, id);
    adit_write_uint32(&writer, window);
    adit_write_uint32(&writer, packet_max);
    adit_write_text(&writer, "host");
    adit_write_uint32(&writer, port);
    adit_write_text(&writer, "originator");
    adit_write_uint32(&writer, 1);
    copy = exact_copy(payload.data, payload.len);
    err = adit_connection_handle_open(&w->connection, copy);
    exact_free(copy);
    adit_buffer_clear(&payload);
    return err;
}

/* Channel 0 in this state, which nothing has been sent or told of; NULL for NONE. */
static inline struct adit_channel *world_channel(struct world *w, enum channel_state channel_state)
{
    struct adit_channel *channel;

    if (channel_state == CHANNEL_NONE)
        return NULL;
    assert_int_equal(adit_channel_new(&w->connection, &channel), ADIT_OK);
    channel->state = channel_state == CHANNEL_ASKED_BY_US     ? ADIT_CHANNEL_ASKED_BY_US
                     : channel_state == CHANNEL_ASKED_BY_PEER ? ADIT_CHANNEL_ASKED_BY_PEER
                                                              : ADIT_CHANNEL_IS_OPEN;
    channel->peer_id = PEER_ID;
    channel->send_window = PEER_WINDOW;
    channel->send_packet_max = PEER_PACKET_MAX;
    channel->eof_received = channel_state == CHANNEL_EOF_CAME;
    channel->close_sent = channel_state == CHANNEL_CLOSE_SENT;
    return channel;
}

/* EOF or CLOSE of the peer's, for channel 0. */
static inline enum adit_err world_peer_says(struct world *w, uint8_t number)
{
    const uint8_t bytes[5] = { number };
    const struct adit_span copy = exact_copy(bytes, sizeof bytes);
    const enum adit_err err = number == SSH_MSG_CHANNEL_EOF
                                  ? adit_connection_handle_eof(&w->connection, copy)
                                  : adit_connection_handle_close(&w->connection, copy);

    exact_free(copy);
    return err;
}

#endif
