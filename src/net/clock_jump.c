/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After a suspension Linux sets the wall clock, and a timer on that clock can
 * ask to be cancelled then. That somebody else has set it looks the same, so the
 * time that the machine was suspended decides. Where no such timer is to be had
 * the clocks are looked at every second.
 *
 * A process that was stopped is the loop's to notice.
 */
#include "net/clock_jump.h"

#include "base/memory.h"
#include "net/turn.h"
#include "net/watch.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/timerfd.h>
#endif

enum {
    LOOK_MS = 1000,
    NAP_MS = 1000, /* so short a suspension is none */
};

struct adit_clock_watch {
    struct adit_loop *loop;
    struct adit_sleeper sleeper;
    struct adit_watch watch;
    int fd;                   /* -1: there is no such timer */
    struct adit_timer *timer; /* then there is this one */
    uint64_t suspended_ms;    /* when it was looked at last */
    void (*jumped)(void *arg, uint64_t gone_ms);
    void *arg;
};

/* ---- clocks ---- */

#ifdef __linux__

static uint64_t clock_ms(clockid_t id)
{
    struct timespec now = { 0 };

    (void)clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Since the machine was started. A pause between the two looks only makes it less. */
static uint64_t suspended_ms(void)
{
    const uint64_t with_ms = clock_ms(CLOCK_BOOTTIME);
    const uint64_t without_ms = clock_ms(CLOCK_MONOTONIC);

    return with_ms > without_ms ? with_ms - without_ms : 0;
}

/* Readable when the wall clock is set. -1: there is none. */
static int open_cancelled_timer(void)
{
    const uintmax_t end_of_time = ((uintmax_t)1 << (8 * sizeof(time_t) - 1)) - 1;
    const struct itimerspec never = { .it_value = { .tv_sec = (time_t)end_of_time } };
    const int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

    if (fd >= 0 &&
        timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

#else

static uint64_t suspended_ms(void)
{
    return 0; /* a clock that runs on makes the loop notice */
}

static int open_cancelled_timer(void)
{
    return -1;
}

#endif

/* ---- looking ---- */

static void look(struct adit_clock_watch *watch, uint64_t stopped_ms)
{
    const uint64_t now_ms = suspended_ms();
    const uint64_t nap_ms = now_ms > watch->suspended_ms ? now_ms - watch->suspended_ms : 0;

    watch->suspended_ms = now_ms;
    if (nap_ms > NAP_MS || stopped_ms > 0)
        watch->jumped(watch->arg, nap_ms + stopped_ms);
}

static void on_overslept(struct adit_sleeper *sleeper, uint64_t gone_ms)
{
    look(ADIT_LIST_ENTRY(sleeper, struct adit_clock_watch, sleeper), gone_ms);
}

static void on_clock_set(struct adit_watch *handle, unsigned events)
{
    struct adit_clock_watch *watch = ADIT_LIST_ENTRY(handle, struct adit_clock_watch, watch);
    uint64_t times;

    (void)events;
    (void)!read(watch->fd, &times, sizeof times); /* fails with ECANCELED, and can be so again */
    look(watch, 0);
}

static void on_timer(void *arg)
{
    struct adit_clock_watch *watch = arg;

    adit_timer_set(watch->timer, adit_loop_now_ms(watch->loop) + LOOK_MS);
    look(watch, 0);
}

/* ---- life ---- */

static enum adit_err start(struct adit_clock_watch *watch)
{
    enum adit_err err;

    watch->fd = open_cancelled_timer();
    if (watch->fd >= 0 && adit_watch_open(&watch->watch, watch->loop, watch->fd, ADIT_WATCH_READ,
                                          on_clock_set) == ADIT_OK)
        return ADIT_OK;
    if (watch->fd >= 0)
        (void)close(watch->fd);
    watch->fd = -1;
    err = adit_timer_new(watch->loop, on_timer, watch, &watch->timer);
    if (err == ADIT_OK)
        adit_timer_set(watch->timer, adit_loop_now_ms(watch->loop) + LOOK_MS);
    return err;
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
    watch->sleeper.overslept = on_overslept;
    watch->jumped = jumped;
    watch->arg = arg;
    watch->suspended_ms = suspended_ms();
    err = start(watch);
    if (err) {
        free(watch);
        return err;
    }
    adit_loop_add_sleeper(loop, &watch->sleeper);
    *out = watch;
    return ADIT_OK;
}

static void on_closed(struct adit_watch *handle)
{
    free(ADIT_LIST_ENTRY(handle, struct adit_clock_watch, watch));
}

void adit_clock_watch_free(struct adit_clock_watch *watch)
{
    if (watch == NULL)
        return;
    adit_list_remove(&watch->sleeper.node);
    adit_timer_free(watch->timer);
    if (watch->fd < 0) {
        free(watch);
        return;
    }
    adit_watch_close(&watch->watch, on_closed);
    (void)close(watch->fd);
}
