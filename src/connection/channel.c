/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening and closing of channels (RFC 4254, 5.1, 5.3, 5.4, 7.2). */
#include "connection/connection.h"

#include "base/span.h"

static enum adit_err fault(struct adit_connection *c, enum adit_err err, const char *why)
{
    return adit_transport_fault(c->transport, err, why);
}

/* The channel types that we know, and who may be asked for them. */
static const struct channel_kind {
    const char *name;
    enum adit_role receiver; /* a client is asked for nothing but what it asked for itself (C6) */
    bool is_path;
} kinds[] = {
    [ADIT_CHANNEL_DIRECT_TCPIP] = { "direct-tcpip", ADIT_SERVER, false },
    [ADIT_CHANNEL_FORWARDED_TCPIP] = { "forwarded-tcpip", ADIT_CLIENT, false },
    [ADIT_CHANNEL_DIRECT_STREAMLOCAL] = { "direct-streamlocal@openssh.com", ADIT_SERVER, true },
    [ADIT_CHANNEL_FORWARDED_STREAMLOCAL] = { "forwarded-streamlocal@openssh.com", ADIT_CLIENT,
                                             true },
};

/* False: no such type is known. */
static bool find_kind(struct adit_span name, enum adit_channel_type *out)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(kinds); i++) {
        if (adit_span_is(name, kinds[i].name)) {
            *out = (enum adit_channel_type)i;
            return true;
        }
    }
    return false;
}

static void write_type_data(struct adit_writer *w, const struct adit_channel_open_event *open)
{
    const struct adit_tcpip_channel fields = { open->host, open->port, open->originator,
                                               open->originator_port };

    if (kinds[open->type].is_path)
        adit_write_streamlocal_channel(w, open->type == ADIT_CHANNEL_DIRECT_STREAMLOCAL,
                                       open->host);
    else
        adit_write_tcpip_channel(w, &fields);
}

static enum adit_err parse_type_data(struct adit_span type_data, enum adit_channel_type type,
                                     struct adit_channel_open_event *open)
{
    struct adit_tcpip_channel fields;
    enum adit_err err;

    *open = (struct adit_channel_open_event){ .type = type };
    if (kinds[type].is_path)
        return adit_parse_streamlocal_channel(type_data, type == ADIT_CHANNEL_DIRECT_STREAMLOCAL,
                                              &open->host);
    err = adit_parse_tcpip_channel(type_data, &fields);
    if (err)
        return err;
    open->host = fields.host;
    open->port = fields.port;
    open->originator = fields.originator;
    open->originator_port = fields.originator_port;
    return ADIT_OK;
}

enum adit_err adit_connection_open(struct adit_connection *c,
                                   const struct adit_channel_open_event *open, void *user_data,
                                   struct adit_channel **out)
{
    struct adit_buffer type_data = adit_buffer_init(ADIT_MESSAGE_MAX);
    struct adit_writer t = adit_writer_init(&type_data);
    struct adit_channel *channel = NULL;
    struct adit_msg_channel_open msg;
    struct adit_writer w;
    enum adit_err err;

    *out = NULL;
    write_type_data(&t, open);
    err = adit_writer_finish(&t);
    if (err)
        goto done;
    err = adit_channel_new(c, &channel);
    if (err)
        goto done;
    channel->user_data = user_data;
    msg = (struct adit_msg_channel_open){
        .channel_type = adit_span_text(kinds[open->type].name),
        .sender_channel = channel->local_id,
        .initial_window_size = channel->receive.left,
        .maximum_packet_size = ADIT_DATA_TAKEN_MAX,
        .type_data = adit_buffer_span(&type_data),
    };
    w = adit_transport_message(c->transport);
    adit_write_channel_open(&w, &msg);
    err = adit_transport_send(c->transport, &w);
    if (err)
        goto done;
    *out = channel;
    channel = NULL; /* now the table's */
done:
    adit_channel_free(channel);
    adit_buffer_clear(&type_data);
    return err;
}

static enum adit_err send_open_failure(struct adit_connection *c, uint32_t recipient_channel,
                                       uint32_t reason, const char *text)
{
    const struct adit_msg_channel_open_failure msg = { recipient_channel, reason,
                                                       adit_span_text(text), ADIT_SPAN_EMPTY };
    struct adit_writer w = adit_transport_message(c->transport);

    adit_write_channel_open_failure(&w, &msg);
    return adit_transport_send(c->transport, &w);
}

enum adit_err adit_connection_accept(struct adit_channel *channel)
{
    struct adit_connection *c = channel->connection;
    const struct adit_msg_channel_open_confirmation msg = {
        .recipient_channel = channel->peer_id,
        .sender_channel = channel->local_id,
        .initial_window_size = channel->receive.left,
        .maximum_packet_size = ADIT_DATA_TAKEN_MAX,
    };
    struct adit_writer w = adit_transport_message(c->transport);

    if (channel->state != ADIT_CHANNEL_ASKED_BY_PEER)
        return ADIT_ERR_USAGE;
    adit_write_channel_open_confirmation(&w, &msg);
    channel->state = ADIT_CHANNEL_IS_OPEN;
    return adit_transport_send(c->transport, &w);
}

enum adit_err adit_connection_refuse(struct adit_channel *channel, uint32_t reason,
                                     const char *text)
{
    struct adit_connection *c = channel->connection;
    const uint32_t peer_id = channel->peer_id;

    if (channel->state != ADIT_CHANNEL_ASKED_BY_PEER)
        return ADIT_ERR_USAGE;
    adit_channel_free(channel);
    return send_open_failure(c, peer_id, reason, text);
}

/* Refuses what no driver need be asked about; it is told. */
static enum adit_err turn_away(struct adit_connection *c, const struct adit_msg_channel_open *msg,
                               uint32_t reason, const char *text)
{
    struct adit_event *event = adit_events_add(c->transport->events, ADIT_EVENT_CHANNEL_DENIED);

    event->data = msg->channel_type;
    event->text = adit_span_text(text);
    return send_open_failure(c, msg->sender_channel, reason, text);
}

enum adit_err adit_connection_handle_open(struct adit_connection *c, struct adit_span payload)
{
    struct adit_msg_channel_open msg;
    struct adit_channel_open_event open;
    enum adit_channel_type type;
    struct adit_channel *channel;
    struct adit_event *event;
    enum adit_err err = adit_parse_channel_open(payload, &msg);

    if (err)
        return fault(c, err, "CHANNEL_OPEN is malformed");
    if (adit_span_is(msg.channel_type, "session")) {
        if (c->no_more_sessions)
            return fault(c, ADIT_ERR_PROTOCOL, "a session after no-more-sessions");
        return turn_away(c, &msg, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                         "this end carries tunnels only: no shell, no command");
    }
    if (!find_kind(msg.channel_type, &type))
        return turn_away(c, &msg, SSH_OPEN_UNKNOWN_CHANNEL_TYPE, "unknown channel type");
    if (kinds[type].receiver != c->transport->role)
        return turn_away(c, &msg, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                         "this end does not let such channels be opened");
    if (parse_type_data(msg.type_data, type, &open) || msg.maximum_packet_size == 0)
        return turn_away(c, &msg, SSH_OPEN_CONNECT_FAILED, "the request makes no sense");
    err = adit_channel_new(c, &channel);
    if (err == ADIT_ERR_LIMIT)
        return turn_away(c, &msg, SSH_OPEN_RESOURCE_SHORTAGE, "too many channels");
    if (err)
        return err;
    channel->state = ADIT_CHANNEL_ASKED_BY_PEER;
    channel->peer_id = msg.sender_channel;
    channel->send_window = msg.initial_window_size;
    channel->send_packet_max = msg.maximum_packet_size;
    event = adit_events_add(c->transport->events, ADIT_EVENT_CHANNEL_OPEN);
    event->channel = channel;
    event->open = open;
    return ADIT_OK;
}

/* A channel that is really closed: out of the table, and its last event queued. */
static void finish(struct adit_channel *channel)
{
    adit_channel_detach(channel);
    adit_channel_tell(channel, ADIT_PENDING_CLOSED);
}

static enum adit_err send_channel_only(struct adit_channel *channel, uint8_t number)
{
    struct adit_writer w = adit_transport_message(channel->connection->transport);

    adit_write_channel_only(&w, number, channel->peer_id);
    return adit_transport_send(channel->connection->transport, &w);
}

enum adit_err adit_connection_handle_confirmation(struct adit_connection *c,
                                                  struct adit_span payload)
{
    struct adit_msg_channel_open_confirmation msg;
    struct adit_channel *channel;
    const enum adit_err err = adit_parse_channel_open_confirmation(payload, &msg);

    if (err)
        return fault(c, err, "CHANNEL_OPEN_CONFIRMATION is malformed");
    channel = adit_channel_find(c, msg.recipient_channel);
    if (channel == NULL || channel->state != ADIT_CHANNEL_ASKED_BY_US)
        return fault(c, ADIT_ERR_PROTOCOL, "CHANNEL_OPEN_CONFIRMATION for no channel that waits");
    if (msg.maximum_packet_size == 0)
        return fault(c, ADIT_ERR_PROTOCOL, "a channel whose packets may hold nothing");
    channel->state = ADIT_CHANNEL_IS_OPEN;
    channel->peer_id = msg.sender_channel;
    channel->send_window = msg.initial_window_size;
    channel->send_packet_max = msg.maximum_packet_size;
    if (channel->close_sent) /* the driver did not wait: see adit_connection_close() */
        return send_channel_only(channel, SSH_MSG_CHANNEL_CLOSE);
    adit_events_add(c->transport->events, ADIT_EVENT_CHANNEL_CONFIRMED)->channel = channel;
    return ADIT_OK;
}

enum adit_err adit_connection_handle_failure(struct adit_connection *c, struct adit_span payload)
{
    struct adit_msg_channel_open_failure msg;
    struct adit_channel *channel;
    struct adit_event *event;
    const enum adit_err err = adit_parse_channel_open_failure(payload, &msg);

    if (err)
        return fault(c, err, "CHANNEL_OPEN_FAILURE is malformed");
    channel = adit_channel_find(c, msg.recipient_channel);
    if (channel == NULL || channel->state != ADIT_CHANNEL_ASKED_BY_US)
        return fault(c, ADIT_ERR_PROTOCOL, "CHANNEL_OPEN_FAILURE for no channel that waits");
    if (channel->close_sent) {
        finish(channel);
        return ADIT_OK;
    }
    adit_channel_detach(channel);
    c->gone = channel;
    event = adit_events_add(c->transport->events, ADIT_EVENT_CHANNEL_REFUSED);
    event->channel = channel;
    event->refused = (struct adit_refused_event){ msg.reason_code, msg.description };
    return ADIT_OK;
}

enum adit_err adit_connection_send_eof(struct adit_channel *channel)
{
    if (channel->state != ADIT_CHANNEL_IS_OPEN || channel->eof_sent || channel->close_sent)
        return ADIT_OK;
    channel->eof_sent = true;
    return send_channel_only(channel, SSH_MSG_CHANNEL_EOF);
}

enum adit_err adit_connection_close(struct adit_channel *channel)
{
    if (channel->close_sent)
        return ADIT_OK;
    if (channel->state == ADIT_CHANNEL_ASKED_BY_PEER)
        return adit_connection_refuse(channel, SSH_OPEN_CONNECT_FAILED, "");
    channel->close_sent = true;
    if (channel->state == ADIT_CHANNEL_ASKED_BY_US)
        return ADIT_OK; /* it has no number at the peer yet: CLOSE goes after the confirmation */
    return send_channel_only(channel, SSH_MSG_CHANNEL_CLOSE);
}

/* The open channel that a message names; the peer may name no other (C12). */
static enum adit_err find_open(struct adit_connection *c, uint32_t id, struct adit_channel **out)
{
    *out = adit_channel_find(c, id);
    if (*out == NULL || (*out)->state != ADIT_CHANNEL_IS_OPEN)
        return fault(c, ADIT_ERR_PROTOCOL, "a message for a channel that is not open");
    return ADIT_OK;
}

enum adit_err adit_connection_handle_eof(struct adit_connection *c, struct adit_span payload)
{
    struct adit_channel *channel;
    uint32_t id;
    enum adit_err err = adit_parse_channel_only(payload, &id);

    if (err)
        return fault(c, err, "CHANNEL_EOF is malformed");
    err = find_open(c, id, &channel);
    if (err)
        return err;
    if (channel->eof_received)
        return ADIT_OK;
    channel->eof_received = true;
    if (!channel->close_sent)
        adit_events_add(c->transport->events, ADIT_EVENT_CHANNEL_EOF)->channel = channel;
    return ADIT_OK;
}

enum adit_err adit_connection_handle_close(struct adit_connection *c, struct adit_span payload)
{
    struct adit_channel *channel;
    uint32_t id;
    enum adit_err err = adit_parse_channel_only(payload, &id);

    if (err)
        return fault(c, err, "CHANNEL_CLOSE is malformed");
    err = find_open(c, id, &channel);
    if (err)
        return err;
    channel->close_received = true;
    if (!channel->close_sent) {
        channel->close_sent = true;
        err = send_channel_only(channel, SSH_MSG_CHANNEL_CLOSE);
    }
    finish(channel);
    return err;
}

enum adit_err adit_connection_handle_channel_request(struct adit_connection *c,
                                                     struct adit_span payload)
{
    struct adit_msg_channel_request msg;
    struct adit_channel *channel;
    enum adit_err err = adit_parse_channel_request(payload, &msg);

    if (err)
        return fault(c, err, "CHANNEL_REQUEST is malformed");
    err = find_open(c, msg.recipient_channel, &channel);
    if (err)
        return err;
    /* No request means anything to a tunnel; OpenSSH asks for signs of life this way (C2). */
    if (!msg.want_reply || channel->close_sent)
        return ADIT_OK;
    return send_channel_only(channel, SSH_MSG_CHANNEL_FAILURE);
}
