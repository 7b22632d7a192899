/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Global requests (RFC 4254, 4 and 7.1). A reply names no request, so the order
 * is all: the peer's requests wait in one queue until each before them has its
 * answer, and so do ours for theirs.
 */
#include "connection/connection.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "wire/host_key_messages.h"

#include <stdlib.h>

enum {
    REQUESTS_MAX = 4096,
    /* Signs of life: what a peer that never answers can make us keep. */
    ALIVE_WAITING_MAX = 64,
};

static const char alive_request[] = "keepalive@openssh.com";
static const char no_more_sessions_request[] = "no-more-sessions@openssh.com";

void adit_request_free(struct adit_request *request)
{
    if (request) {
        free(request->address);
        adit_buffer_clear(&request->data);
    }
    free(request);
}

enum adit_err adit_request_new(enum adit_request_kind kind, struct adit_span address,
                               struct adit_request **out)
{
    struct adit_request *request = adit_new(sizeof *request);

    *out = NULL;
    if (request == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_list_init(&request->node);
    request->kind = kind;
    request->address = adit_text_copy(address);
    if (request->address == NULL) {
        adit_request_free(request);
        return ADIT_ERR_NO_MEMORY;
    }
    *out = request;
    return ADIT_OK;
}

/* ---- ours ---- */

/* The request is the queue's when this succeeds. */
enum adit_err adit_request_send(struct adit_connection *c, struct adit_request *request,
                                const char *name, struct adit_span data)
{
    const struct adit_msg_global_request msg = { adit_span_text(name), true, data };
    struct adit_writer w = adit_transport_message(c->transport);
    enum adit_err err;

    adit_write_global_request(&w, &msg);
    err = adit_transport_send(c->transport, &w);
    if (err)
        return err;
    request->sent_ms = c->transport->now_ms;
    adit_list_append(&c->outgoing, &request->node);
    c->outgoing_count++;
    return ADIT_OK;
}

/* The requests to listen and to stop it. */
static const struct forward_request {
    const char *name;
    enum adit_request_kind kind;
    bool is_path;
} forward_requests[] = {
    { "tcpip-forward", ADIT_REQUEST_FORWARD, false },
    { "cancel-tcpip-forward", ADIT_REQUEST_CANCEL, false },
    { "streamlocal-forward@openssh.com", ADIT_REQUEST_FORWARD, true },
    { "cancel-streamlocal-forward@openssh.com", ADIT_REQUEST_CANCEL, true },
};

static const char *forward_request_name(enum adit_request_kind kind, bool is_path)
{
    size_t i = 0;

    while (forward_requests[i].kind != kind || forward_requests[i].is_path != is_path)
        i++;
    return forward_requests[i].name;
}

static void write_forward(struct adit_writer *w, const struct adit_request *request)
{
    const struct adit_tcpip_forward fields = { adit_span_text(request->address), request->port };

    if (request->is_path)
        adit_write_streamlocal_forward(w, fields.address_to_bind);
    else
        adit_write_tcpip_forward(w, &fields);
}

enum adit_err adit_connection_forward(struct adit_connection *c, const char *address, uint16_t port,
                                      bool cancel, void *user_data)
{
    struct adit_buffer data = adit_buffer_init(ADIT_MESSAGE_MAX);
    struct adit_writer d = adit_writer_init(&data);
    struct adit_request *request = NULL;
    enum adit_err err;

    if (c->outgoing_count >= REQUESTS_MAX)
        return ADIT_ERR_LIMIT;
    err = adit_request_new(cancel ? ADIT_REQUEST_CANCEL : ADIT_REQUEST_FORWARD,
                           adit_span_text(address), &request);
    if (err)
        return err;
    request->is_path = adit_is_path(address);
    request->port = port;
    request->user_data = user_data;
    write_forward(&d, request);
    err = adit_writer_finish(&d);
    if (!err)
        err = adit_request_send(c, request, forward_request_name(request->kind, request->is_path),
                                adit_buffer_span(&data));
    if (err)
        adit_request_free(request);
    adit_buffer_clear(&data);
    return err;
}

enum adit_err adit_connection_ask_alive(struct adit_connection *c)
{
    struct adit_request *request;
    enum adit_err err;

    /* It owes so many answers already that one question more would tell nothing. */
    if (c->alive_waiting >= ALIVE_WAITING_MAX)
        return ADIT_OK;
    err = adit_request_new(ADIT_REQUEST_ALIVE, ADIT_SPAN_EMPTY, &request);
    if (err)
        return err;
    err = adit_request_send(c, request, alive_request, ADIT_SPAN_EMPTY);
    if (err)
        adit_request_free(request);
    else
        c->alive_waiting++;
    return err;
}

enum adit_err adit_connection_send_no_more_sessions(struct adit_connection *c)
{
    const struct adit_msg_global_request msg = { adit_span_text(no_more_sessions_request), false,
                                                 ADIT_SPAN_EMPTY };
    struct adit_writer w = adit_transport_message(c->transport);

    adit_write_global_request(&w, &msg);
    return adit_transport_send(c->transport, &w);
}

/* The port in the answer to a request for port 0 (RFC 4254, 7.1); 0: none that makes sense. */
static uint16_t allocated_port(struct adit_span data)
{
    struct adit_reader r = adit_reader_init(data);
    const uint32_t port = adit_read_uint32(&r);

    return adit_reader_ok(&r) && port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* RFC 4254, 7.1: the port goes into the reply only when port 0 was asked for. */
static bool chooses_port(const struct adit_request *request)
{
    return request->kind == ADIT_REQUEST_FORWARD && !request->is_path && request->port == 0;
}

static void tell_answer(struct adit_connection *c, struct adit_request *request, bool success,
                        struct adit_span data)
{
    struct adit_forward_event *event =
        &adit_events_add(c->transport->events, ADIT_EVENT_FORWARD_ANSWERED)->forward;

    event->address = adit_span_text(request->address);
    event->is_path = request->is_path;
    event->asked_port = request->port;
    event->port = request->port;
    event->accepted = success;
    event->user_data = request->user_data;
    if (success && chooses_port(request)) {
        event->port = allocated_port(data);
        event->accepted = event->port != 0;
    }
}

enum adit_err adit_connection_handle_reply(struct adit_connection *c, struct adit_span payload)
{
    const bool success = payload.data[0] == SSH_MSG_REQUEST_SUCCESS;
    struct adit_list *node = adit_list_take_first(&c->outgoing);
    struct adit_request *request;
    struct adit_span data;
    const enum adit_err err = adit_parse_request_success(payload, &data);

    if (node == NULL)
        return ADIT_OK; /* nobody asked: of no meaning and no harm (C1) */
    c->outgoing_count--;
    request = ADIT_LIST_ENTRY(node, struct adit_request, node);
    adit_connection_forget_told(c); /* the keepalive before it: no event told of that one */
    c->told = request;              /* until the next pull */
    if (err)
        return adit_transport_fault(c->transport, err, "the reply to a request is malformed");
    if (request->kind == ADIT_REQUEST_ALIVE)
        adit_connection_note_round_trip(c, request);
    else if (request->kind == ADIT_REQUEST_PROVE)
        adit_connection_tell_proofs(c, request, success, data);
    else
        tell_answer(c, request, success, data);
    return ADIT_OK;
}

/* ---- the peer's ---- */

static enum adit_err send_reply(struct adit_connection *c, const struct adit_request *request)
{
    struct adit_writer w = adit_transport_message(c->transport);
    uint8_t port[4];

    if (!request->want_reply)
        return ADIT_OK;
    adit_put_uint32(port, request->bound_port);
    if (!request->accepted)
        adit_write_request_failure(&w);
    else if (chooses_port(request))
        adit_write_request_success(&w, adit_span_of(port, sizeof port));
    else
        adit_write_request_success(&w, adit_buffer_span(&request->data));
    return adit_transport_send(c->transport, &w);
}

/* Sends the answers at the front of the queue, up to the first that is still open. */
static enum adit_err send_ready_replies(struct adit_connection *c)
{
    enum adit_err err = ADIT_OK;

    while (!err && !adit_list_is_empty(&c->incoming)) {
        struct adit_request *request = ADIT_LIST_ENTRY(c->incoming.next, struct adit_request, node);

        if (!request->answered) /* NOLINT(clang-analyzer-unix.Malloc): it cannot follow a ring */
            break;
        (void)adit_list_take_first(&c->incoming);
        c->incoming_count--;
        err = send_reply(c, request);
        adit_request_free(request);
    }
    return err;
}

enum adit_err adit_connection_forward_verdict(struct adit_connection *c, bool accepted,
                                              uint16_t port)
{
    for (struct adit_list *node = c->incoming.next; node != &c->incoming; node = node->next) {
        struct adit_request *request = ADIT_LIST_ENTRY(node, struct adit_request, node);

        if (request->answered)
            continue;
        request->answered = true;
        request->accepted = accepted;
        request->bound_port = port;
        return send_ready_replies(c);
    }
    return ADIT_ERR_USAGE;
}

/* A request that is answered without asking anybody. */
static enum adit_err answer_with(struct adit_connection *c, bool want_reply, bool accepted,
                                 struct adit_buffer *data)
{
    struct adit_request *request;
    const enum adit_err err = adit_request_new(ADIT_REQUEST_OTHER, ADIT_SPAN_EMPTY, &request);

    if (err)
        return err;
    request->want_reply = want_reply;
    request->answered = true;
    request->accepted = accepted;
    request->data = *data; /* taken over */
    *data = (struct adit_buffer){ 0 };
    adit_list_append(&c->incoming, &request->node);
    c->incoming_count++;
    return send_ready_replies(c);
}

static enum adit_err answer_at_once(struct adit_connection *c, bool want_reply, bool accepted)
{
    struct adit_buffer none = { 0 };

    return answer_with(c, want_reply, accepted, &none);
}

static enum adit_err answer_prove(struct adit_connection *c,
                                  const struct adit_msg_global_request *msg)
{
    struct adit_buffer proofs = { 0 };
    const bool proved =
        msg->want_reply && adit_connection_prove_host_keys(c, msg->data, &proofs) == ADIT_OK;
    enum adit_err err;

    if (!proved)
        adit_buffer_clear(&proofs);
    err = msg->want_reply ? answer_with(c, true, proved, &proofs) : ADIT_OK;
    adit_buffer_clear(&proofs);
    return err;
}

static enum adit_err parse_forward(struct adit_span data, bool is_path,
                                   struct adit_tcpip_forward *fields)
{
    if (!is_path)
        return adit_parse_tcpip_forward(data, fields);
    fields->port_to_bind = 0;
    return adit_parse_streamlocal_forward(data, &fields->address_to_bind);
}

static enum adit_err ask_driver(struct adit_connection *c,
                                const struct adit_msg_global_request *msg,
                                const struct forward_request *kind)
{
    const bool cancel = kind->kind == ADIT_REQUEST_CANCEL;
    struct adit_tcpip_forward fields;
    struct adit_request *request;
    struct adit_forward_event *event;
    enum adit_err err = parse_forward(msg->data, kind->is_path, &fields);

    if (err)
        return answer_at_once(c, msg->want_reply, false);
    err = adit_request_new(kind->kind, ADIT_SPAN_EMPTY, &request); /* its address is the event's */
    if (err)
        return err;
    request->is_path = kind->is_path;
    request->want_reply = msg->want_reply;
    request->port = fields.port_to_bind;
    /* Which port it became could not be told (F2). */
    if (chooses_port(request) && !msg->want_reply) {
        adit_request_free(request);
        return ADIT_OK;
    }
    adit_list_append(&c->incoming, &request->node);
    c->incoming_count++;
    event = &adit_events_add(c->transport->events,
                             cancel ? ADIT_EVENT_FORWARD_CANCEL : ADIT_EVENT_FORWARD_REQUEST)
                 ->forward;
    event->address = fields.address_to_bind;
    event->is_path = kind->is_path;
    event->port = fields.port_to_bind;
    event->asked_port = fields.port_to_bind;
    return ADIT_OK;
}

enum adit_err adit_connection_handle_global_request(struct adit_connection *c,
                                                    struct adit_span payload)
{
    const bool is_server = c->transport->role == ADIT_SERVER;
    struct adit_msg_global_request msg;
    const enum adit_err err = adit_parse_global_request(payload, &msg);

    if (err)
        return adit_transport_fault(c->transport, err, "GLOBAL_REQUEST is malformed");
    if (c->incoming_count == REQUESTS_MAX)
        return adit_transport_fault(c->transport, ADIT_ERR_LIMIT,
                                    "too many global requests wait for an answer");
    for (size_t i = 0; is_server && i < ADIT_ARRAY_LEN(forward_requests); i++)
        if (adit_span_is(msg.request_name, forward_requests[i].name))
            return ask_driver(c, &msg, &forward_requests[i]);
    if (is_server && adit_span_is(msg.request_name, no_more_sessions_request)) {
        c->no_more_sessions = true;
        return msg.want_reply ? answer_at_once(c, true, true) : ADIT_OK;
    }
    if (is_server && adit_span_is(msg.request_name, ADIT_PROVE_HOST_KEY_REQUEST))
        return answer_prove(c, &msg);
    if (!is_server && adit_span_is(msg.request_name, ADIT_HOST_KEYS_REQUEST))
        adit_connection_tell_host_keys(c, msg.data);
    return msg.want_reply ? answer_at_once(c, true, false) : ADIT_OK;
}
