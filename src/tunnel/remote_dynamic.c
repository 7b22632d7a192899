/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection that came in at the gateway for a forward without a target (-R
 * with a port alone) says by SOCKS where it wants to go from here. Its channel
 * is accepted for that; what the client sends behind its request is kept until
 * the target is there, at most as much as the channel's first window holds, for
 * no credit goes back for it.
 */
#include "base/buffer.h"
#include "base/memory.h"
#include "base/span.h"
#include "net/socks_server.h"
#include "tunnel/arrival.h"
#include "tunnel/passage.h"
#include "wire/numbers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NEGOTIATION_MS = 60 * 1000,
    EARLY_MAX = 64 * 1024 * 1024,
};

struct adit_talk {
    struct adit_socks socks;
    struct adit_socks_answer answer; /* to be said when the window lets it go */
    struct adit_timer *timer;
    struct adit_buffer early;
    bool eof;
    bool over; /* the answer is the last */
    int fd;    /* of the target; -1: it is not there */
};

void adit_talk_free(struct adit_talk *talk)
{
    if (talk == NULL)
        return;
    adit_timer_free(talk->timer);
    adit_buffer_clear(&talk->early);
    if (talk->fd >= 0)
        (void)close(talk->fd);
    free(talk);
}

/* ---- the end ---- */

/* The channel is closed, or a relay's; it may hear of its arrival no more. */
static void leave(struct adit_arrival *arrival)
{
    struct adit_tunnel *t = arrival->tunnel;

    adit_arrival_free(arrival);
    adit_link_wake(t->attempt.link);
    adit_tunnel_settle(t);
}

static void hang_up(struct adit_arrival *arrival)
{
    struct adit_channel *channel = arrival->channel;

    adit_channel_set_user_data(channel, NULL);
    adit_channel_send_eof(channel);
    adit_channel_close(channel);
    leave(arrival);
}

static void carry(struct adit_arrival *arrival)
{
    struct adit_tunnel *t = arrival->tunnel;
    struct adit_talk *talk = arrival->talk;
    const int fd = talk->fd;
    enum adit_err err;

    talk->fd = -1;
    adit_channel_set_user_data(arrival->channel, NULL);
    err = adit_connection_start_late(t, arrival->channel, fd, arrival->forward_id,
                                     adit_buffer_span(&talk->early), talk->eof);
    if (err)
        adit_user_say(&t->user, ADIT_SAY_ERROR, "a connection was dropped: %s", adit_err_text(err));
    leave(arrival);
}

/* Says what is to be said, and then does what waits for it. The arrival may be gone after it. */
static void proceed(struct adit_arrival *arrival)
{
    struct adit_talk *talk = arrival->talk;

    if (talk->answer.len > 0 &&
        !adit_channel_say(arrival->channel, adit_span_of(talk->answer.bytes, talk->answer.len)))
        return; /* until there is window */
    talk->answer.len = 0;
    adit_link_wake(arrival->tunnel->attempt.link);
    if (talk->over)
        hang_up(arrival);
    else if (talk->fd >= 0)
        carry(arrival);
}

static void on_timer(void *arg)
{
    hang_up(arg);
}

/* ---- the target ---- */

static void add_answer(struct adit_talk *talk, const struct adit_socks_answer *more)
{
    if (more->len > sizeof talk->answer.bytes - talk->answer.len)
        return; /* it cannot be: both answers of a talk fit */
    memcpy(talk->answer.bytes + talk->answer.len, more->bytes, more->len);
    talk->answer.len += more->len;
}

static void add_outcome(struct adit_talk *talk, enum adit_socks_outcome outcome)
{
    struct adit_socks_answer answer;

    adit_socks_outcome(talk->socks.version, outcome, &answer);
    add_answer(talk, &answer);
    talk->over = outcome != ADIT_SOCKS_SUCCEEDED;
}

static void conclude(struct adit_arrival *arrival, enum adit_socks_outcome outcome)
{
    add_outcome(arrival->talk, outcome);
    proceed(arrival);
}

static void dialled(void *arg, int fd, enum adit_err err, const char *text)
{
    struct adit_arrival *arrival = arg;
    struct adit_tunnel *t = arrival->tunnel;
    struct adit_failure failure;

    arrival->dial = NULL;
    arrival->talk->fd = fd;
    if (fd >= 0) {
        conclude(arrival, ADIT_SOCKS_SUCCEEDED);
        return;
    }
    adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "%s", text);
    adit_user_say(&t->user, ADIT_SAY_INFO, "%s", failure.text);
    conclude(arrival, err == ADIT_ERR_LIMIT
                          ? ADIT_SOCKS_FAILED
                          : adit_socks_outcome_of(SSH_OPEN_CONNECT_FAILED, adit_span_text(text)));
}

static void dial_target(struct adit_arrival *arrival)
{
    struct adit_tunnel *t = arrival->tunnel;
    const struct adit_socks *socks = &arrival->talk->socks;
    const struct adit_dial_settings settings = {
        .host = socks->host,
        .port = socks->port,
        .timeout_ms = ADIT_TARGET_TIMEOUT_MS,
        .tcp_keepalive = !t->settings.no_tcp_keepalive,
    };

    adit_timer_set(arrival->talk->timer, UINT64_MAX);
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "the connection asks for %s:%u", socks->host,
                  socks->port);
    if (adit_dial_start(adit_runtime_loop(t->runtime), &settings, dialled, arrival,
                        &arrival->dial) != ADIT_OK)
        add_outcome(arrival->talk, ADIT_SOCKS_FAILED);
}

/* ---- what comes ---- */

static void take(struct adit_arrival *arrival, struct adit_span data)
{
    struct adit_talk *talk = arrival->talk;
    const bool was_reading = talk->socks.state == ADIT_SOCKS_READING;
    struct adit_socks_answer answer;
    const size_t taken = adit_socks_take(&talk->socks, data, &answer);

    adit_channel_consumed(arrival->channel, taken);
    add_answer(talk, &answer);
    talk->over = talk->over || talk->socks.state == ADIT_SOCKS_BROKEN;
    if (!talk->over &&
        adit_buffer_append(&talk->early, adit_span_of(data.data + taken, data.len - taken)))
        talk->over = true;
    if (!talk->over && was_reading && talk->socks.state == ADIT_SOCKS_ASKED)
        dial_target(arrival); /* its outcome comes later */
    proceed(arrival);
}

static void ended(struct adit_arrival *arrival)
{
    struct adit_talk *talk = arrival->talk;

    talk->eof = true;
    if (talk->socks.state == ADIT_SOCKS_READING)
        hang_up(arrival); /* it will not ask any more */
}

void adit_arrival_event(const struct adit_event *event)
{
    struct adit_arrival *arrival = adit_channel_user_data(event->channel);

    if (arrival == NULL)
        return;
    if (event->type == ADIT_EVENT_CHANNEL_DATA)
        take(arrival, event->data);
    else if (event->type == ADIT_EVENT_CHANNEL_WRITABLE)
        proceed(arrival);
    else if (event->type == ADIT_EVENT_CHANNEL_EOF)
        ended(arrival);
    else
        leave(arrival); /* the channel is closed */
}

void adit_talks_stop(struct adit_tunnel *t)
{
    struct adit_list *node = t->arrivals.next;

    while (t->attempt.link != NULL && node != &t->arrivals) {
        struct adit_arrival *arrival = ADIT_LIST_ENTRY(node, struct adit_arrival, node);

        node = node->next;
        if (arrival->talk != NULL && arrival->talk->socks.state == ADIT_SOCKS_READING)
            hang_up(arrival);
    }
}

/* ---- the beginning ---- */

static enum adit_err new_talk(struct adit_arrival *arrival)
{
    struct adit_loop *loop = adit_runtime_loop(arrival->tunnel->runtime);
    struct adit_talk *talk = adit_new(sizeof *talk);
    enum adit_err err;

    if (talk == NULL)
        return ADIT_ERR_NO_MEMORY;
    talk->fd = -1;
    talk->early = adit_buffer_init(EARLY_MAX);
    arrival->talk = talk;
    err = adit_timer_new(loop, on_timer, arrival, &talk->timer);
    if (err == ADIT_OK)
        adit_timer_set(talk->timer, adit_loop_now_ms(loop) + NEGOTIATION_MS);
    return err;
}

enum adit_err adit_talk_start(struct adit_tunnel *t, struct adit_channel *channel,
                              uint64_t forward_id)
{
    struct adit_arrival *arrival = adit_new(sizeof *arrival);
    enum adit_err err;

    if (arrival == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_list_init(&arrival->node);
    arrival->tunnel = t;
    arrival->channel = channel;
    arrival->forward_id = forward_id;
    err = new_talk(arrival);
    if (err) {
        adit_arrival_free(arrival);
        return err;
    }
    adit_list_append(&t->arrivals, &arrival->node);
    adit_channel_set_user_data(channel, arrival);
    adit_channel_accept(channel);
    return ADIT_OK;
}
