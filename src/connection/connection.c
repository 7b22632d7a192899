/* SPDX-License-Identifier: BSD-2-Clause */
#include "connection/connection.h"

#include <stdlib.h>

void adit_connection_init(struct adit_connection *c, struct adit_transport *transport)
{
    c->transport = transport;
    c->round_trip_ms = UINT64_MAX;
    c->round_trip_us = UINT64_MAX;
    adit_list_init(&c->pending);
    adit_list_init(&c->incoming);
    adit_list_init(&c->outgoing);
}

static void clear_requests(struct adit_list *requests)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(requests)) != NULL)
        adit_request_free(ADIT_LIST_ENTRY(node, struct adit_request, node));
}

void adit_connection_clear(struct adit_connection *c)
{
    struct adit_list *node;

    adit_connection_forget_told(c);
    for (uint32_t i = 0; i < c->slots; i++)
        adit_channel_free(c->channels[i]);
    /* Those left are out of the table and wait for their last event. */
    while ((node = adit_list_take_first(&c->pending)) != NULL)
        adit_channel_free(ADIT_LIST_ENTRY(node, struct adit_channel, pending_node));
    free(c->channels);
    c->channels = NULL;
    c->slots = 0;
    clear_requests(&c->incoming);
    clear_requests(&c->outgoing);
}

void adit_connection_forget_told(struct adit_connection *c)
{
    adit_channel_free(c->gone);
    c->gone = NULL;
    if (c->told) {
        adit_request_free(c->told);
        c->told = NULL;
    }
}

bool adit_connection_next_event(struct adit_connection *c, struct adit_event *event)
{
    struct adit_list *node = adit_list_take_first(&c->pending);
    struct adit_channel *channel;

    if (node == NULL)
        return false;
    channel = ADIT_LIST_ENTRY(node, struct adit_channel, pending_node);
    *event = (struct adit_event){ .channel = channel };
    if (channel->pending & ADIT_PENDING_CLOSED) {
        event->type = ADIT_EVENT_CHANNEL_CLOSED;
        event->aborted = !channel->eof_received;
        c->gone = channel;
    } else {
        event->type = ADIT_EVENT_CHANNEL_WRITABLE;
    }
    channel->pending = 0;
    return true;
}
