/* SPDX-License-Identifier: BSD-2-Clause */
/* The connections that a tunnel carries: counted while they last. */
#include "base/memory.h"
#include "base/span.h"
#include "tunnel/forward.h"
#include "tunnel/passage.h"

#include <stdlib.h>
#include <unistd.h>

struct adit_connection {
    struct adit_list node;
    struct adit_tunnel *tunnel; /* NULL: it has outlasted its tunnel */
    struct adit_relay *relay;
    uint64_t forward_id; /* 0: of no forward */
};

static void count_start(struct adit_tunnel *t, uint64_t forward_id)
{
    struct adit_forward_status *counts = adit_forward_counts(t, forward_id);

    t->counts.connections++;
    t->counts.connections_total++;
    if (counts == NULL)
        return;
    counts->connections++;
    counts->connections_total++;
}

static void count_end(struct adit_tunnel *t, uint64_t forward_id,
                      const struct adit_relay_counts *carried)
{
    struct adit_forward_status *counts = adit_forward_counts(t, forward_id);

    t->counts.connections--;
    t->counts.connections_aborted += carried->aborted;
    t->counts.bytes_sent += carried->to_channel;
    t->counts.bytes_received += carried->to_socket;
    if (counts == NULL)
        return;
    counts->connections--;
    counts->connections_aborted += carried->aborted;
    counts->bytes_sent += carried->to_channel;
    counts->bytes_received += carried->to_socket;
}

static void ended(void *arg, const struct adit_relay_counts *counts)
{
    struct adit_connection *connection = arg;
    struct adit_tunnel *t = connection->tunnel;
    const uint64_t forward_id = connection->forward_id;

    adit_list_remove(&connection->node);
    free(connection);
    if (t == NULL)
        return;
    count_end(t, forward_id, counts);
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "connection closed: %llu bytes sent, %llu received",
                  (unsigned long long)counts->to_channel, (unsigned long long)counts->to_socket);
    adit_tunnel_settle(t);
}

enum adit_err adit_connection_start(struct adit_tunnel *t, struct adit_channel *channel, int fd,
                                    uint64_t forward_id)
{
    return adit_connection_start_late(t, channel, fd, forward_id, ADIT_SPAN_EMPTY, false);
}

enum adit_err adit_connection_start_late(struct adit_tunnel *t, struct adit_channel *channel,
                                         int fd, uint64_t forward_id, struct adit_span early,
                                         bool eof)
{
    struct adit_connection *connection = adit_new(sizeof *connection);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    if (connection == NULL) {
        (void)close(fd);
        goto done;
    }
    connection->tunnel = t;
    connection->forward_id = forward_id;
    adit_list_init(&connection->node);
    err = adit_relay_start(t->attempt.link, channel, fd, ended, connection, &connection->relay);
    if (err)
        goto done;

    adit_list_append(&t->connections, &connection->node);
    count_start(t, forward_id);
    adit_relay_give(connection->relay, early, eof);
    connection = NULL; /* goes in ended() */
done:
    free(connection);
    if (err)
        adit_channel_close(channel);
    return err;
}

void adit_connections_count(struct adit_tunnel *t, uint64_t forward_id, uint64_t *sent,
                            uint64_t *received)
{
    *sent = 0;
    *received = 0;
    for (struct adit_list *node = t->connections.next; node != &t->connections; node = node->next) {
        const struct adit_connection *connection =
            ADIT_LIST_ENTRY(node, struct adit_connection, node);
        struct adit_relay_counts counts;

        if (forward_id != 0 && connection->forward_id != forward_id)
            continue;
        counts = adit_relay_carried(connection->relay);
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

/* What they carry from now on is nobody's to count. */
void adit_connections_disown(struct adit_tunnel *t)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&t->connections)) != NULL) {
        struct adit_connection *connection = ADIT_LIST_ENTRY(node, struct adit_connection, node);
        struct adit_relay_counts carried = adit_relay_carried(connection->relay);

        carried.aborted = false;
        count_end(t, connection->forward_id, &carried);
        connection->tunnel = NULL;
    }
}
