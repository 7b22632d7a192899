/* SPDX-License-Identifier: BSD-2-Clause */
/* The connections that a tunnel carries: counted while they last. */
#include "base/memory.h"
#include "base/span.h"
#include "tunnel/passage.h"

#include <stdlib.h>
#include <unistd.h>

struct adit_connection {
    struct adit_list node;
    struct adit_tunnel *tunnel; /* NULL: it has outlasted its tunnel */
    struct adit_relay *relay;
};

static void ended(void *arg, const struct adit_relay_counts *counts)
{
    struct adit_connection *connection = arg;
    struct adit_tunnel *t = connection->tunnel;

    adit_list_remove(&connection->node);
    free(connection);
    if (t == NULL)
        return;
    t->counts.connections--;
    t->counts.connections_aborted += counts->aborted;
    t->counts.bytes_sent += counts->to_channel;
    t->counts.bytes_received += counts->to_socket;
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "connection closed: %llu bytes sent, %llu received",
                  (unsigned long long)counts->to_channel, (unsigned long long)counts->to_socket);
    adit_tunnel_settle(t);
}

enum adit_err adit_connection_start(struct adit_tunnel *t, struct adit_channel *channel, int fd)
{
    return adit_connection_start_late(t, channel, fd, ADIT_SPAN_EMPTY, false);
}

enum adit_err adit_connection_start_late(struct adit_tunnel *t, struct adit_channel *channel,
                                         int fd, struct adit_span early, bool eof)
{
    struct adit_connection *connection = adit_new(sizeof *connection);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    if (connection == NULL) {
        (void)close(fd);
        goto done;
    }
    connection->tunnel = t;
    adit_list_init(&connection->node);
    err = adit_relay_start(t->attempt.link, channel, fd, ended, connection, &connection->relay);
    if (err)
        goto done;

    adit_list_append(&t->connections, &connection->node);
    t->counts.connections++;
    t->counts.connections_total++;
    adit_relay_give(connection->relay, early, eof);
    connection = NULL; /* goes in ended() */
done:
    free(connection);
    if (err)
        adit_channel_close(channel);
    return err;
}

void adit_connections_count(struct adit_tunnel *t, uint64_t *sent, uint64_t *received)
{
    *sent = 0;
    *received = 0;
    for (struct adit_list *node = t->connections.next; node != &t->connections; node = node->next) {
        const struct adit_connection *connection =
            ADIT_LIST_ENTRY(node, struct adit_connection, node);
        const struct adit_relay_counts counts = adit_relay_carried(connection->relay);

        *sent += counts.to_channel;
        *received += counts.to_socket;
    }
}

void adit_connections_abort(struct adit_tunnel *t)
{
    struct adit_list *node = t->connections.next;

    while (node != &t->connections) {
        struct adit_connection *connection = ADIT_LIST_ENTRY(node, struct adit_connection, node);

        node = node->next;
        adit_relay_abort(connection->relay);
    }
}

void adit_connections_disown(struct adit_tunnel *t)
{
    struct adit_list *node;
    uint64_t sent;
    uint64_t received;

    adit_connections_count(t, &sent, &received);
    t->counts.bytes_sent += sent;
    t->counts.bytes_received += received;
    while ((node = adit_list_take_first(&t->connections)) != NULL)
        ADIT_LIST_ENTRY(node, struct adit_connection, node)->tunnel = NULL;
    t->counts.connections = 0;
}
