/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels by number. The table grows by doubling up to the limit; a session
 * that never had a channel has no table.
 */
#include "connection/connection.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 8 };

static enum adit_err grow(struct adit_connection *c)
{
    uint32_t slots = c->slots ? c->slots * 2 : SLOTS_FIRST;
    struct adit_channel **table;

    if (slots > c->channels_max)
        slots = c->channels_max;
    if (slots <= c->slots)
        return ADIT_ERR_LIMIT;
    table = calloc(slots, sizeof(struct adit_channel *));
    if (table == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (c->slots)
        memcpy(table, c->channels, c->slots * sizeof(struct adit_channel *));
    free(c->channels);
    c->channels = table;
    c->slots = slots;
    return ADIT_OK;
}

enum adit_err adit_channel_new(struct adit_connection *c, struct adit_channel **out)
{
    struct adit_channel *channel;
    enum adit_err err;

    *out = NULL;
    while (c->first_free < c->slots && c->channels[c->first_free])
        c->first_free++;
    if (c->first_free == c->slots) {
        err = grow(c);
        if (err)
            return err;
    }
    channel = adit_new(sizeof *channel);
    if (channel == NULL)
        return ADIT_ERR_NO_MEMORY;
    channel->connection = c;
    channel->local_id = c->first_free;
    adit_list_init(&channel->pending_node);
    adit_receive_window_init(&channel->receive,
                             adit_window_memory_first(c->window_memory, c->window_initial),
                             c->window_max, c->window_memory);
    c->channels[channel->local_id] = channel;
    c->channel_count++;
    *out = channel;
    return ADIT_OK;
}

struct adit_channel *adit_channel_find(const struct adit_connection *c, uint32_t local_id)
{
    return local_id < c->slots ? c->channels[local_id] : NULL;
}

void adit_channel_detach(struct adit_channel *channel)
{
    struct adit_connection *c = channel->connection;

    if (adit_channel_find(c, channel->local_id) != channel)
        return;
    c->channels[channel->local_id] = NULL;
    c->channel_count--;
    if (channel->local_id < c->first_free)
        c->first_free = channel->local_id;
}

void adit_channel_free(struct adit_channel *channel)
{
    if (channel == NULL)
        return;
    adit_channel_detach(channel);
    adit_window_memory_give_back(channel->connection->window_memory, channel->receive.size);
    adit_list_remove(&channel->pending_node);
    free(channel);
}

void adit_channel_tell(struct adit_channel *channel, uint8_t pending)
{
    channel->pending |= pending;
    adit_list_remove(&channel->pending_node);
    adit_list_append(&channel->connection->pending, &channel->pending_node);
}
