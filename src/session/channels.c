/* SPDX-License-Identifier: BSD-2-Clause */
/* Channels and forwards as the driver sees them. */
#include "session/session.h"

static struct adit_session *session_of(const struct adit_channel *channel)
{
    return ADIT_LIST_ENTRY(channel->connection, struct adit_session, connection);
}

/* An error where the caller waits for none is the session's end. */
static void settle(struct adit_session *s, enum adit_err err)
{
    if (err && err != ADIT_ERR_USAGE)
        adit_session_fail(s, err, NULL);
}

enum adit_err adit_session_forward(struct adit_session *s, const char *address, uint16_t port,
                                   bool cancel, void *user_data)
{
    if (s->err || !s->authenticated || s->role != ADIT_CLIENT)
        return ADIT_ERR_USAGE;
    return adit_connection_forward(&s->connection, address, port, cancel, user_data);
}

void adit_session_forward_verdict(struct adit_session *s, bool accepted, uint16_t port)
{
    if (!s->err)
        settle(s, adit_connection_forward_verdict(&s->connection, accepted, port));
}

void adit_session_no_more_sessions(struct adit_session *s)
{
    if (!s->err && s->authenticated)
        settle(s, adit_connection_send_no_more_sessions(&s->connection));
}

enum adit_err adit_session_prove_host_keys(struct adit_session *s, const struct adit_span *blobs,
                                           size_t count)
{
    if (s->err || !s->authenticated)
        return ADIT_ERR_USAGE;
    return adit_connection_ask_proofs(&s->connection, blobs, count);
}

enum adit_err adit_session_open_channel(struct adit_session *s,
                                        const struct adit_channel_open_event *open, void *user_data,
                                        struct adit_channel **out)
{
    *out = NULL;
    if (s->err || !s->authenticated)
        return ADIT_ERR_USAGE;
    return adit_connection_open(&s->connection, open, user_data, out);
}

void adit_channel_accept(struct adit_channel *channel)
{
    struct adit_session *s = session_of(channel);

    if (!s->err)
        settle(s, adit_connection_accept(channel));
}

void adit_channel_refuse(struct adit_channel *channel, uint32_t reason, const char *text)
{
    struct adit_session *s = session_of(channel);

    if (s->err)
        adit_channel_free(channel);
    else
        settle(s, adit_connection_refuse(channel, reason, text));
}

void adit_session_set_low_delay(struct adit_session *s, bool low_delay)
{
    struct adit_connection *c = &s->connection;

    c->low_delay = low_delay;
    /* The shortest counts, and the first one may have met a busy moment. One at a time is enough. */
    if (low_delay && !s->err && c->round_trip_ms && !adit_connection_measures(c))
        settle(s, adit_connection_ask_alive(c));
}

void adit_channel_set_user_data(struct adit_channel *channel, void *user_data)
{
    channel->user_data = user_data;
}

void *adit_channel_user_data(const struct adit_channel *channel)
{
    return channel->user_data;
}

struct adit_session *adit_channel_session(const struct adit_channel *channel)
{
    return session_of(channel);
}

size_t adit_channel_reserve(struct adit_channel *channel, size_t want, struct adit_room *rooms,
                            size_t max)
{
    struct adit_session *s = session_of(channel);
    size_t count = 0;

    if (!s->err)
        settle(s, adit_connection_reserve(channel, want, rooms, max, &count));
    return count;
}

void adit_channel_commit(struct adit_channel *channel, size_t len)
{
    struct adit_session *s = session_of(channel);

    if (s->err)
        return;
    s->transport.why = NULL;
    settle(s, adit_connection_commit(channel, len));
    if (adit_transport_rekey_due(&s->transport))
        adit_session_rekey(s);
}

bool adit_channel_say(struct adit_channel *channel, struct adit_span bytes)
{
    struct adit_session *s = session_of(channel);
    bool said = false;

    if (!s->err)
        settle(s, adit_connection_say(channel, bytes, &said));
    return said;
}

size_t adit_channel_window(const struct adit_channel *channel)
{
    return adit_connection_allowance(channel);
}

void adit_channel_consumed(struct adit_channel *channel, size_t len)
{
    struct adit_session *s = session_of(channel);

    if (!s->err)
        settle(s, adit_connection_consumed(channel, len));
}

void adit_channel_send_eof(struct adit_channel *channel)
{
    struct adit_session *s = session_of(channel);

    if (!s->err)
        settle(s, adit_connection_send_eof(channel));
}

void adit_channel_close(struct adit_channel *channel)
{
    struct adit_session *s = session_of(channel);

    if (!s->err)
        settle(s, adit_connection_close(channel));
}
