/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With nothing wanted the descriptor stays registered for urgent data, which
 * never comes: so the poller still reports a reset. When it reports anything
 * else in that state (a hang-up after both directions have ended, or somebody's
 * urgent data after all), it is taken out, or it would report for ever.
 */
#include "net/watch.h"

static void on_poll(uv_poll_t *handle, int status, int events);

static void arm(struct adit_watch *watch, unsigned events)
{
    watch->armed = events;
    (void)uv_poll_start(&watch->handle, (int)events, on_poll);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct adit_watch *watch = handle->data;
    const unsigned reported = (unsigned)events;
    const unsigned hits = reported & watch->wanted;

    if (status < 0) {
        watch->armed = 0; /* libuv has stopped the handle */
        watch->ready(watch, watch->wanted | ADIT_WATCH_BROKEN);
        return;
    }
    if (reported & UV_PRIORITIZED) {
        (void)uv_poll_stop(handle);
        watch->armed = 0;
    } else if (reported & ~watch->wanted) {
        arm(watch, watch->wanted ? watch->wanted : UV_PRIORITIZED);
    }
    if (hits)
        watch->ready(watch, hits);
}

enum adit_err adit_watch_open(struct adit_watch *watch, struct adit_loop *loop, int fd,
                              void (*ready)(struct adit_watch *watch, unsigned events))
{
    *watch = (struct adit_watch){ .ready = ready };
    if (uv_poll_init(adit_loop_uv(loop), &watch->handle, fd))
        return ADIT_ERR_SYSTEM;
    watch->handle.data = watch;
    return ADIT_OK;
}

void adit_watch_want(struct adit_watch *watch, unsigned events)
{
    watch->wanted = events;
    if (events & ~watch->armed)
        arm(watch, events);
}

static void on_closed(uv_handle_t *handle)
{
    struct adit_watch *watch = handle->data;

    watch->closed(watch);
}

void adit_watch_close(struct adit_watch *watch, void (*closed)(struct adit_watch *watch))
{
    watch->closed = closed;
    uv_close((uv_handle_t *)&watch->handle, on_closed);
}
