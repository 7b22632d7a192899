/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the request and the gateway's answer the descriptor is not read: what
 * its other end says waits in the system's buffer.
 */
#include "tunnel/passage.h"

#include "base/deadline.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "net/socket.h"
#include "net/socks_accept.h"
#include "tunnel/failure.h"

#include <stdlib.h>

void adit_passage_turn_away(int fd, unsigned socks_version, enum adit_socks_outcome outcome)
{
    struct adit_socks_answer answer;

    if (fd < 0)
        return;
    if (socks_version == 0) {
        adit_socket_reset(fd);
        return;
    }
    adit_socks_outcome(socks_version, outcome, &answer);
    adit_socks_say_and_close(fd, &answer);
}

static void free_passage(struct adit_passage *passage)
{
    adit_list_remove(&passage->node);
    adit_timer_free(passage->timer);
    if (passage->fd >= 0)
        adit_socket_reset(passage->fd);
    free(passage->host);
    free(passage);
}

static void refuse(struct adit_passage *passage, enum adit_socks_outcome outcome)
{
    const int fd = passage->fd;

    passage->fd = -1;
    adit_passage_turn_away(fd, passage->socks_version, outcome);
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
    char target[ADIT_TARGET_SIZE];

    refuse(passage, ADIT_SOCKS_FAILED);
    adit_failure_set(&failure, ADIT_ERR_TIMEOUT, ADIT_LEG_SERVER, "no answer from %s in time",
                     adit_target_text(passage->host, passage->port, target));
    tell(passage, &failure);
}

static enum adit_err ask_gateway(struct adit_passage *passage,
                                 const struct adit_passage_settings *settings)
{
    struct adit_tunnel *t = passage->tunnel;
    const bool is_path = settings->port == 0 && adit_is_path(settings->host);
    const struct adit_channel_open_event open = {
        .type = is_path ? ADIT_CHANNEL_DIRECT_STREAMLOCAL : ADIT_CHANNEL_DIRECT_TCPIP,
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
        adit_timer_set(passage->timer, adit_deadline(adit_loop_now_ms(loop), settings->timeout_ms));
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
    char target[ADIT_TARGET_SIZE];
    enum adit_err err;

    if (adit_waiting_is_possible(t))
        return adit_waiting_start(t, fd, settings, done, arg, failure);
    err = adit_tunnel_check_up(t, failure);
    if (err) {
        adit_passage_turn_away(fd, settings->socks_version, ADIT_SOCKS_FAILED);
        return err;
    }
    passage = adit_new(sizeof *passage);
    if (passage == NULL) {
        adit_passage_turn_away(fd, settings->socks_version, ADIT_SOCKS_FAILED);
        return adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT, "out of memory");
    }
    adit_list_init(&passage->node);
    passage->tunnel = t;
    passage->fd = fd;
    passage->port = settings->port;
    passage->done = done;
    passage->arg = arg;
    passage->forward_id = settings->forward_id;
    passage->socks_version = settings->socks_version;
    passage->host = adit_text_copy(adit_span_text(settings->host));
    err = passage->host != NULL ? ask_gateway(passage, settings) : ADIT_ERR_NO_MEMORY;
    if (err) {
        refuse(passage, ADIT_SOCKS_FAILED);
        free_passage(passage);
        return adit_failure_return(
            failure, err, ADIT_LEG_CLIENT, "cannot ask the gateway for %s: %s",
            adit_target_text(settings->host, settings->port, target), adit_err_text(err));
    }
    adit_list_append(&t->passages, &passage->node);
    return ADIT_OK;
}

/* The relay's data comes behind what the other end is told here. */
static enum adit_err carry(struct adit_passage *passage, struct adit_channel *channel)
{
    struct adit_socks_answer answer;
    const int fd = passage->fd;

    passage->fd = -1;
    if (passage->socks_version != 0) {
        adit_socks_outcome(passage->socks_version, ADIT_SOCKS_SUCCEEDED, &answer);
        if (!adit_socks_say(fd, &answer)) {
            adit_socket_reset(fd);
            adit_channel_close(channel);
            return ADIT_ERR_DISCONNECTED;
        }
    }
    return adit_connection_start(passage->tunnel, channel, fd, passage->forward_id);
}

void adit_passage_confirmed(struct adit_tunnel *t, struct adit_channel *channel)
{
    struct adit_passage *passage = adit_channel_user_data(channel);
    struct adit_failure failure;
    enum adit_err err;

    adit_channel_set_user_data(channel, NULL);
    if (passage->fd < 0) {
        adit_channel_close(channel); /* nobody waits for it any more */
    } else {
        err = carry(passage, channel);
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
    refuse(passage, adit_socks_outcome_of(refused->reason, refused->text));
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
        refuse(passage, ADIT_SOCKS_FAILED);
        free_passage(passage);
    }
}
