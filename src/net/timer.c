/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A deadline that is only ever put off (a keepalive's, at each packet) costs
 * nothing: the handle stays armed for the earlier time, and when it fires there
 * it is armed again for the later one.
 */
#include "base/memory.h"
#include "net/turn.h"

#include <stdlib.h>
#include <uv.h>

struct adit_timer {
    uv_timer_t handle;
    struct adit_loop *loop;
    uint64_t due_ms;   /* what was asked for */
    uint64_t armed_ms; /* what libuv was told; UINT64_MAX: it is not running */
    void (*call)(void *arg);
    void *arg;
};

static void on_timer(uv_timer_t *handle);

static void arm(struct adit_timer *timer)
{
    const uint64_t now_ms = adit_loop_now_ms(timer->loop);
    const uint64_t wait_ms = timer->due_ms > now_ms ? timer->due_ms - now_ms : 0;

    (void)uv_timer_start(&timer->handle, on_timer, wait_ms, 0);
    timer->armed_ms = timer->due_ms;
}

static void on_timer(uv_timer_t *handle)
{
    struct adit_timer *timer = handle->data;

    timer->armed_ms = UINT64_MAX;
    if (timer->due_ms > adit_loop_now_ms(timer->loop)) {
        arm(timer);
        return;
    }
    timer->due_ms = UINT64_MAX;
    timer->call(timer->arg);
}

enum adit_err adit_timer_new(struct adit_loop *loop, void (*call)(void *arg), void *arg,
                             struct adit_timer **out)
{
    struct adit_timer *timer = adit_new(sizeof *timer);

    *out = NULL;
    if (timer == NULL)
        return ADIT_ERR_NO_MEMORY;
    (void)uv_timer_init(adit_loop_timers(loop), &timer->handle);
    timer->handle.data = timer;
    timer->loop = loop;
    timer->due_ms = UINT64_MAX;
    timer->armed_ms = UINT64_MAX;
    timer->call = call;
    timer->arg = arg;
    *out = timer;
    return ADIT_OK;
}

void adit_timer_set(struct adit_timer *timer, uint64_t due_ms)
{
    timer->due_ms = due_ms;
    if (due_ms < timer->armed_ms) {
        arm(timer);
    } else if (due_ms == UINT64_MAX) {
        (void)uv_timer_stop(&timer->handle);
        timer->armed_ms = UINT64_MAX;
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void adit_timer_free(struct adit_timer *timer)
{
    if (timer)
        uv_close((uv_handle_t *)&timer->handle, on_closed);
}
