/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/clock_jump.h"

#include "base/memory.h"

#include <stdlib.h>
#include <time.h>

enum {
    LOOK_MS = 1000,
    BUSY_MS = 4000, /* a machine with much to do may be so late */
};

struct adit_clock_watch {
    struct adit_loop *loop;
    struct adit_timer *timer;
    uint64_t looked_ms; /* of the clock that also runs while the machine is suspended */
    void (*jumped)(void *arg, uint64_t gone_ms);
    void *arg;
};

static uint64_t real_now_ms(void)
{
    struct timespec now = { 0 };

#ifdef CLOCK_BOOTTIME
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
#else
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
#endif
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t adit_clock_gone_ms(uint64_t before_ms, uint64_t now_ms)
{
    const uint64_t passed_ms = now_ms > before_ms ? now_ms - before_ms : 0;

    return passed_ms > LOOK_MS + BUSY_MS ? passed_ms - LOOK_MS : 0;
}

static void on_timer(void *arg)
{
    struct adit_clock_watch *watch = arg;
    const uint64_t now_ms = real_now_ms();
    const uint64_t gone_ms = adit_clock_gone_ms(watch->looked_ms, now_ms);

    watch->looked_ms = now_ms;
    adit_timer_set(watch->timer, adit_loop_now_ms(watch->loop) + LOOK_MS);
    if (gone_ms > 0)
        watch->jumped(watch->arg, gone_ms);
}

enum adit_err adit_clock_watch_new(struct adit_loop *loop,
                                   void (*jumped)(void *arg, uint64_t gone_ms), void *arg,
                                   struct adit_clock_watch **out)
{
    struct adit_clock_watch *watch = adit_new(sizeof *watch);
    enum adit_err err;

    *out = NULL;
    if (watch == NULL)
        return ADIT_ERR_NO_MEMORY;
    watch->loop = loop;
    watch->jumped = jumped;
    watch->arg = arg;
    watch->looked_ms = real_now_ms();
    err = adit_timer_new(loop, on_timer, watch, &watch->timer);
    if (err) {
        free(watch);
        return err;
    }
    adit_timer_set(watch->timer, adit_loop_now_ms(loop) + LOOK_MS);
    *out = watch;
    return ADIT_OK;
}

void adit_clock_watch_free(struct adit_clock_watch *watch)
{
    if (watch == NULL)
        return;
    adit_timer_free(watch->timer);
    free(watch);
}
