/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the request and the gateway's answer the descriptor is not read: what
 * its other end says waits in the system's buffer.
 */
#include "tunnel/passage.h"

#include "base/memory.h"
#include "base/span.h"
#include "tunnel/failure.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The other end sees a reset, not an end of data that might look like an empty answer. */
static void reset(int fd)
{
    const struct linger at_once = { .l_onoff = 1 };

    if (fd < 0)
        return;
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(fd);
}

static void free_passage(struct adit_passage *passage)
{
    adit_list_remove(&passage->node);
    adit_timer_free(passage->timer);
    reset(passage->fd);
    free(passage->host);
    free(passage);
}

static void tell(struct adit_passage *passage, const struct adit_failure *failure)
{
    void (*done)(void *, const struct adit_failure *) = passage->done;

    passage->done = NULL;
    if (done != NULL)
        done(passage->arg, failure);
}

/* The request cannot be taken back: what comes of it will be closed. */
static void give_up(void *arg)
{
    struct adit_passage *passage = arg;
    struct adit_failure failure;

    reset(passage->fd);
    passage->fd = -1;
    adit_failure_set(&failure, ADIT_ERR_TIMEOUT, ADIT_LEG_SERVER, "no answer from %s:%u in time",
                     passage->host, passage->port);
    tell(passage, &failure);
}

static enum adit_err ask_gateway(struct adit_passage *passage,
                                 const struct adit_passage_settings *settings)
{
    struct adit_tunnel *t = passage->tunnel;
    const struct adit_channel_open_event open = {
        .type = ADIT_CHANNEL_DIRECT_TCPIP,
        .host = adit_span_text(settings->host),
        .port = settings->port,
        .originator = adit_span_text(settings->originator),
        .originator_port = settings->originator_port,
    };
    struct adit_channel *channel;
    enum adit_err err = ADIT_OK;

    if (settings->timeout_ms > 0) {
        struct adit_loop *loop = adit_runtime_loop(t->runtime);

        err = adit_timer_new(loop, give_up, passage, &passage->timer);
        if (err)
            return err;
        adit_timer_set(passage->timer, adit_loop_now_ms(loop) + settings->timeout_ms);
    }
    err = adit_session_open_channel(adit_link_session(t->attempt.link), &open, passage, &channel);
    if (err == ADIT_OK)
        adit_link_wake(t->attempt.link);
    return err;
}

enum adit_err adit_passage_start(struct adit_tunnel *t, int fd,
                                 const struct adit_passage_settings *settings,
                                 void (*done)(void *arg, const struct adit_failure *failure),
                                 void *arg, struct adit_failure *failure)
{
    struct adit_passage *passage = NULL;
    enum adit_err err;

    if (adit_waiting_is_possible(t))
        return adit_waiting_start(t, fd, settings, done, arg, failure);
    err = adit_tunnel_check_up(t, failure);
    if (err) {
        reset(fd);
        return err;
    }
    passage = adit_new(sizeof *passage);
    if (passage == NULL) {
        reset(fd);
        return adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT, "out of memory");
    }
    adit_list_init(&passage->node);
    passage->tunnel = t;
    passage->fd = fd;
    passage->port = settings->port;
    passage->done = done;
    passage->arg = arg;
    passage->host = adit_text_copy(adit_span_text(settings->host));
    err = passage->host != NULL ? ask_gateway(passage, settings) : ADIT_ERR_NO_MEMORY;
    if (err) {
        free_passage(passage);
        return adit_failure_return(failure, err, ADIT_LEG_CLIENT,
                                   "cannot ask the gateway for %s:%u: %s", settings->host,
                                   settings->port, adit_err_text(err));
    }
    adit_list_append(&t->passages, &passage->node);
    return ADIT_OK;
}

void adit_passage_confirmed(struct adit_tunnel *t, struct adit_channel *channel)
{
    struct adit_passage *passage = adit_channel_user_data(channel);
    struct adit_failure failure;
    const int fd = passage->fd;
    enum adit_err err;

    adit_channel_set_user_data(channel, NULL);
    passage->fd = -1;
    if (fd < 0) {
        adit_channel_close(channel); /* nobody waits for it any more */
    } else {
        err = adit_connection_start(t, channel, fd);
        if (err)
            adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "%s", adit_err_text(err));
        tell(passage, err ? &failure : NULL);
    }
    free_passage(passage);
    adit_tunnel_settle(t);
}

void adit_passage_refused(struct adit_tunnel *t, struct adit_channel *channel,
                          const struct adit_refused_event *refused)
{
    struct adit_passage *passage = adit_channel_user_data(channel);
    struct adit_failure failure;

    adit_channel_set_user_data(channel, NULL);
    adit_failure_set_refused(&failure, refused, passage->host, passage->port);
    tell(passage, &failure);
    free_passage(passage);
    adit_tunnel_settle(t);
}

void adit_passages_end(struct adit_tunnel *t)
{
    struct adit_list *node;
    struct adit_failure failure;

    if (t->failed)
        failure = t->failure;
    else
        adit_failure_set(&failure, ADIT_ERR_DISCONNECTED, ADIT_LEG_CLIENT, "the tunnel was closed");
    while ((node = adit_list_take_first(&t->passages)) != NULL) {
        struct adit_passage *passage = ADIT_LIST_ENTRY(node, struct adit_passage, node);

        tell(passage, &failure);
        free_passage(passage);
    }
}
