/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoll, level-triggered. A watch that wants nothing stays in: the kernel still
 * tells of a reset. When it tells of a hang-up in that state, which it would do
 * for ever, the watch is taken out until it wants something again.
 */
#include "base/memory.h"
#include "net/attention.h"
#include "net/loop.h"
#include "net/poller.h"
#include "net/turn.h"
#include "net/watch.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 256 };

struct adit_poller {
    int epoll_fd;
    size_t used; /* watches, the closed ones that are not buried yet included */
    struct adit_list closed;
    struct adit_attention attention;
    int found; /* events of the last wait; -1: it was interrupted */
    int next;  /* the first that was not handed on */
    struct epoll_event events[EVENTS_MAX];
};

enum adit_err adit_poller_new(int guest, struct adit_poller **out)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    struct adit_poller *poller = adit_new(sizeof *poller);

    *out = NULL;
    if (poller == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_list_init(&poller->closed);
    poller->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poller->epoll_fd < 0 || epoll_ctl(poller->epoll_fd, EPOLL_CTL_ADD, guest, &event)) {
        adit_poller_free(poller);
        return ADIT_ERR_SYSTEM;
    }
    *out = poller;
    return ADIT_OK;
}

void adit_poller_free(struct adit_poller *poller)
{
    if (poller == NULL)
        return;
    if (poller->epoll_fd >= 0)
        (void)close(poller->epoll_fd);
    free(poller);
}

bool adit_poller_is_used(const struct adit_poller *poller)
{
    return poller->used > 0;
}

/* ---- waiting ---- */

struct adit_attention *adit_poller_attention(struct adit_poller *poller)
{
    return &poller->attention;
}

static uint64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int find(struct adit_poller *poller, int timeout_ms)
{
    return epoll_wait(poller->epoll_fd, poller->events, EVENTS_MAX, timeout_ms);
}

/* Looks without sleeping. Whoever else can run goes first. */
static int look(struct adit_poller *poller, uint64_t until_us)
{
    int found;

    while ((found = find(poller, 0)) == 0 && now_us() < until_us)
        (void)sched_yield();
    adit_attention_looked(&poller->attention, found > 0);
    return found;
}

static int find_with_attention(struct adit_poller *poller, int timeout_ms)
{
    const uint64_t start_us = now_us();
    int found = 0;

    if (adit_attention_looks(&poller->attention)) {
        found = look(poller, start_us + ADIT_ATTENTION_US);
        return found ? found : find(poller, timeout_ms);
    }
    found = find(poller, timeout_ms);
    adit_attention_slept(&poller->attention, now_us() - start_us);
    return found;
}

bool adit_poller_wait(struct adit_poller *poller, int timeout_ms)
{
    bool guest = false;

    poller->next = 0;
    poller->found = timeout_ms && poller->attention.waits ? find_with_attention(poller, timeout_ms)
                                                          : find(poller, timeout_ms);
    for (int i = 0; i < poller->found; i++)
        guest = guest || poller->events[i].data.ptr == NULL;
    return guest;
}

bool adit_poller_was_interrupted(const struct adit_poller *poller)
{
    return poller->found < 0;
}

static enum adit_err tell(struct adit_watch *watch, int operation, unsigned events)
{
    struct epoll_event event = { .data.ptr = watch };

    event.events = (events & ADIT_WATCH_READ ? (uint32_t)EPOLLIN : 0) |
                   (events & ADIT_WATCH_WRITE ? (uint32_t)EPOLLOUT : 0);
    if (epoll_ctl(watch->poller->epoll_fd, operation, watch->fd, &event))
        return ADIT_ERR_SYSTEM;
    watch->is_in = operation != EPOLL_CTL_DEL;
    watch->armed = events;
    return ADIT_OK;
}

static void take_out(struct adit_watch *watch)
{
    (void)tell(watch, EPOLL_CTL_DEL, 0);
    watch->armed = 0;
    watch->is_in = false;
}

static void hand_on(struct adit_watch *watch, uint32_t reported)
{
    unsigned events = (reported & (uint32_t)EPOLLIN ? ADIT_WATCH_READ : 0U) |
                      (reported & (uint32_t)EPOLLOUT ? ADIT_WATCH_WRITE : 0U);

    if (reported & (uint32_t)EPOLLERR) {
        take_out(watch);
        watch->ready(watch, watch->wanted | ADIT_WATCH_BROKEN);
        return;
    }
    /* A hang-up is found by the one who reads or writes. */
    if (reported & (uint32_t)EPOLLHUP)
        events |= watch->wanted;
    if ((reported & (uint32_t)EPOLLHUP) && watch->wanted == 0)
        take_out(watch);
    else if (events & ~watch->wanted)
        (void)tell(watch, EPOLL_CTL_MOD, watch->wanted);
    if (events & watch->wanted)
        watch->ready(watch, events & watch->wanted);
}

void adit_poller_dispatch(struct adit_poller *poller)
{
    while (poller->next < poller->found) {
        const struct epoll_event *event = &poller->events[poller->next++];

        if (event->data.ptr)
            hand_on(event->data.ptr, event->events);
    }
}

void adit_poller_bury(struct adit_poller *poller)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&poller->closed)) != NULL) {
        struct adit_watch *watch = ADIT_LIST_ENTRY(node, struct adit_watch, node);

        poller->used--;
        watch->closed(watch);
    }
}

/* ---- a watch ---- */

enum adit_err adit_watch_open(struct adit_watch *watch, struct adit_loop *loop, int fd,
                              unsigned wanted,
                              void (*ready)(struct adit_watch *watch, unsigned events))
{
    enum adit_err err;

    *watch = (struct adit_watch){
        .poller = adit_loop_poller(loop), .ready = ready, .fd = fd, .wanted = wanted
    };
    adit_list_init(&watch->node);
    err = tell(watch, EPOLL_CTL_ADD, wanted);
    if (err == ADIT_OK)
        watch->poller->used++;
    return err;
}

void adit_watch_want(struct adit_watch *watch, unsigned events)
{
    watch->wanted = events;
    if (events & ~watch->armed)
        (void)tell(watch, watch->is_in ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, events);
}

void adit_watch_close(struct adit_watch *watch, void (*closed)(struct adit_watch *watch))
{
    struct adit_poller *poller = watch->poller;

    /* Another process may have the descriptor too: closing it would not take it out. */
    if (watch->is_in)
        take_out(watch);
    for (int i = poller->next; i < poller->found; i++)
        if (poller->events[i].data.ptr == watch)
            poller->events[i].data.ptr = NULL;
    watch->closed = closed;
    adit_list_append(&poller->closed, &watch->node);
}
