/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that come while the tunnel is down. Their descriptors are not
 * read, only looked at: one whose other end closes meanwhile is dropped. Each
 * hurries the next try: its own time is short.
 */
#include "base/deadline.h"
#include "base/memory.h"
#include "base/span.h"
#include "net/watch.h"
#include "tunnel/failure.h"
#include "tunnel/passage.h"

#include <stdlib.h>
#include <sys/socket.h>

enum { WAITING_MAX = 256 };

struct adit_waiting {
    struct adit_list node;
    struct adit_tunnel *tunnel;
    int fd;
    struct adit_watch watch;
    struct adit_timer *timer;
    uint64_t since_ms;
    struct adit_passage_settings settings; /* its texts are the two below */
    char *host;
    char *originator;
    void (*done)(void *arg, const struct adit_failure *failure);
    void *arg;
};

static void free_waiting(struct adit_waiting *waiting)
{
    free(waiting->host);
    free(waiting->originator);
    free(waiting);
}

static void on_watch_closed(struct adit_watch *watch)
{
    free_waiting(ADIT_LIST_ENTRY(watch, struct adit_waiting, watch));
}

/* It waits no more. Its memory is there until the loop's next turn; the descriptor is the caller's. */
static void stop_waiting(struct adit_waiting *waiting)
{
    adit_list_remove(&waiting->node);
    waiting->tunnel->waiting_count--;
    adit_timer_free(waiting->timer);
    adit_watch_close(&waiting->watch, on_watch_closed);
}

static void give_up(struct adit_waiting *waiting, const struct adit_failure *failure)
{
    stop_waiting(waiting);
    adit_passage_turn_away(waiting->fd, waiting->settings.socks_version, ADIT_SOCKS_FAILED);
    waiting->done(waiting->arg, failure);
}

static void on_due(void *arg)
{
    struct adit_waiting *waiting = arg;
    const struct adit_tunnel *t = waiting->tunnel;
    struct adit_failure failure = t->failure;

    if (waiting->settings.timeout_ms > 0 &&
        waiting->settings.timeout_ms <= t->settings.connect_wait_ms)
        failure.err = ADIT_ERR_TIMEOUT;
    give_up(waiting, &failure);
}

static void on_ready(struct adit_watch *watch, unsigned events)
{
    struct adit_waiting *waiting = ADIT_LIST_ENTRY(watch, struct adit_waiting, watch);
    struct adit_failure failure;
    char byte;

    /* Whoever has sent something waits for an answer, though it may have no more to send. */
    if (!(events & ADIT_WATCH_BROKEN) && recv(waiting->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
        adit_watch_want(watch, 0);
        return;
    }
    adit_failure_set(&failure, ADIT_ERR_DISCONNECTED, ADIT_LEG_CLIENT,
                     "a connection was closed before the tunnel was up again");
    give_up(waiting, &failure);
}

static enum adit_err begin(struct adit_waiting *waiting)
{
    const struct adit_tunnel *t = waiting->tunnel;
    struct adit_loop *loop = adit_runtime_loop(t->runtime);
    const uint64_t timeout_ms = waiting->settings.timeout_ms;
    uint64_t wait_ms = t->settings.connect_wait_ms;
    enum adit_err err = adit_timer_new(loop, on_due, waiting, &waiting->timer);

    if (err)
        return err;
    err = adit_watch_open(&waiting->watch, loop, waiting->fd, ADIT_WATCH_READ, on_ready);
    if (err)
        return err;
    if (timeout_ms > 0 && timeout_ms < wait_ms)
        wait_ms = timeout_ms;
    waiting->since_ms = adit_loop_now_ms(loop);
    adit_timer_set(waiting->timer, adit_deadline(waiting->since_ms, wait_ms));
    return ADIT_OK;
}

bool adit_waiting_is_possible(const struct adit_tunnel *t)
{
    return adit_tunnel_is_awaited(t) && t->settings.connect_wait_ms != UINT64_MAX;
}

static enum adit_err new_waiting(struct adit_tunnel *t, int fd,
                                 const struct adit_passage_settings *settings,
                                 struct adit_waiting **out)
{
    struct adit_waiting *waiting = adit_new(sizeof *waiting);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (waiting == NULL)
        return err;
    adit_list_init(&waiting->node);
    waiting->tunnel = t;
    waiting->fd = fd;
    waiting->settings = *settings;
    waiting->host = adit_text_copy(adit_span_text(settings->host));
    waiting->originator = adit_text_copy(adit_span_text(settings->originator));
    waiting->settings.host = waiting->host;
    waiting->settings.originator = waiting->originator;
    if (waiting->host != NULL && waiting->originator != NULL)
        err = begin(waiting);
    if (err) {
        adit_timer_free(waiting->timer);
        free_waiting(waiting);
        return err;
    }
    *out = waiting;
    return ADIT_OK;
}

enum adit_err adit_waiting_start(struct adit_tunnel *t, int fd,
                                 const struct adit_passage_settings *settings,
                                 void (*done)(void *arg, const struct adit_failure *failure),
                                 void *arg, struct adit_failure *failure)
{
    struct adit_waiting *waiting;
    enum adit_err err = ADIT_ERR_LIMIT;

    if (t->waiting_count < WAITING_MAX)
        err = new_waiting(t, fd, settings, &waiting);
    if (err) {
        adit_passage_turn_away(fd, settings->socks_version, ADIT_SOCKS_FAILED);
        return adit_failure_return(failure, err, ADIT_LEG_CLIENT,
                                   "a connection cannot wait for the tunnel: %s",
                                   adit_err_text(err));
    }
    waiting->done = done;
    waiting->arg = arg;
    adit_list_append(&t->waiting, &waiting->node);
    t->waiting_count++;
    adit_tunnel_wanted(t);
    return ADIT_OK;
}

static void go_on(struct adit_waiting *waiting)
{
    struct adit_tunnel *t = waiting->tunnel;
    struct adit_passage_settings settings = waiting->settings;
    const uint64_t waited_ms = adit_loop_now_ms(adit_runtime_loop(t->runtime)) - waiting->since_ms;
    struct adit_failure failure;

    if (settings.timeout_ms > 0)
        settings.timeout_ms = settings.timeout_ms > waited_ms ? settings.timeout_ms - waited_ms : 1;
    stop_waiting(waiting);
    if (adit_passage_start(t, waiting->fd, &settings, waiting->done, waiting->arg, &failure) !=
        ADIT_OK)
        waiting->done(waiting->arg, &failure);
}

void adit_waiting_go_on(struct adit_tunnel *t)
{
    while (t->stage == ADIT_STAGE_UP && !adit_list_is_empty(&t->waiting))
        go_on(ADIT_LIST_ENTRY(t->waiting.next, struct adit_waiting, node));
}

void adit_waiting_end(struct adit_tunnel *t)
{
    struct adit_failure failure = t->failure;

    if (!t->failed)
        adit_failure_set(&failure, ADIT_ERR_DISCONNECTED, ADIT_LEG_CLIENT, "the tunnel was closed");
    while (!adit_list_is_empty(&t->waiting))
        give_up(ADIT_LIST_ENTRY(t->waiting.next, struct adit_waiting, node), &failure);
}
