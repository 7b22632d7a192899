/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection that came in at the gateway: its target is dialled from here,
 * and the gateway hears yes or no when that is settled. (Where the connection
 * itself says where it wants to go, see remote_dynamic.c.)
 */
#include "tunnel/arrival.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "tunnel/failure.h"
#include "tunnel/passage.h"
#include "wire/numbers.h"

#include <stdlib.h>

enum { ADDRESS_SIZE = 128 };

void adit_arrival_free(struct adit_arrival *arrival)
{
    adit_list_remove(&arrival->node);
    if (arrival->dial != NULL)
        adit_dial_cancel(arrival->dial);
    adit_talk_free(arrival->talk);
    free(arrival);
}

static void dialled(void *arg, int fd, enum adit_err err, const char *text)
{
    struct adit_arrival *arrival = arg;
    struct adit_tunnel *t = arrival->tunnel;
    struct adit_channel *channel = arrival->channel;
    const uint64_t forward_id = arrival->forward_id;
    struct adit_failure failure;

    arrival->dial = NULL;
    adit_arrival_free(arrival);
    if (fd < 0) {
        adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "%s", text);
        adit_user_say(&t->user, ADIT_SAY_INFO, "%s", failure.text);
        adit_channel_refuse(channel, SSH_OPEN_CONNECT_FAILED, failure.text);
    } else {
        adit_channel_accept(channel);
        err = adit_connection_start(t, channel, fd, forward_id);
        if (err)
            adit_user_say(&t->user, ADIT_SAY_ERROR, "a connection was dropped: %s",
                          adit_err_text(err));
    }
    adit_link_wake(t->attempt.link);
    adit_tunnel_settle(t);
}

static enum adit_err dial_target(struct adit_tunnel *t, struct adit_channel *channel,
                                 const struct adit_forward *forward)
{
    const struct adit_dial_settings settings = {
        .host = forward->host,
        .port = forward->target_port,
        .timeout_ms = ADIT_TARGET_TIMEOUT_MS,
        .tcp_keepalive = !t->settings.no_tcp_keepalive,
    };
    struct adit_arrival *arrival = adit_new(sizeof *arrival);
    enum adit_err err;

    if (arrival == NULL)
        return ADIT_ERR_NO_MEMORY;
    arrival->tunnel = t;
    arrival->channel = channel;
    arrival->forward_id = forward->id;
    adit_list_init(&arrival->node);
    err =
        adit_dial_start(adit_runtime_loop(t->runtime), &settings, dialled, arrival, &arrival->dial);
    if (err) {
        free(arrival);
        return err;
    }
    adit_list_append(&t->arrivals, &arrival->node);
    return ADIT_OK;
}

void adit_arrival_start(struct adit_tunnel *t, struct adit_channel *channel,
                        const struct adit_channel_open_event *open)
{
    const struct adit_forward *forward = NULL;
    char address[ADDRESS_SIZE];
    char originator[ADDRESS_SIZE];
    char place[ADIT_TARGET_SIZE];
    char target[ADIT_TARGET_SIZE];
    enum adit_err err;

    /* Port 0 stands for a path, and only there. */
    if (t->stage == ADIT_STAGE_UP &&
        (open->port == 0) == (open->type == ADIT_CHANNEL_FORWARDED_STREAMLOCAL))
        forward = adit_forward_find(&t->forwards, open->host, open->port);
    (void)adit_text_printable(open->host, address, sizeof address);
    (void)adit_text_printable(open->originator, originator, sizeof originator);
    if (forward == NULL) {
        adit_user_say(&t->user, ADIT_SAY_INFO,
                      "a connection to port %u of \"%s\" was refused: no such forward was asked "
                      "for",
                      open->port, address);
        adit_channel_refuse(channel, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                            "client side: no such forward was asked for");
        return;
    }
    adit_user_say(&t->user, ADIT_SAY_DEBUG1,
                  "connection from %s port %u to %s at the gateway, for %s", originator,
                  open->originator_port, adit_forward_place(forward, place),
                  adit_forward_target(forward, target));
    err = forward->host == NULL ? adit_talk_start(t, channel, forward->id)
                                : dial_target(t, channel, forward);
    if (err)
        adit_channel_refuse(channel, SSH_OPEN_RESOURCE_SHORTAGE, "client side: out of memory");
}

void adit_arrivals_cancel(struct adit_tunnel *t)
{
    struct adit_list *node = t->arrivals.next;

    while (node != &t->arrivals) {
        struct adit_arrival *arrival = ADIT_LIST_ENTRY(node, struct adit_arrival, node);

        node = node->next;
        adit_arrival_free(arrival);
    }
}
