/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A turn: sleep in the poller, let libuv run if it has anything to do, hand on
 * what the poller found, then the tasks. libuv has timers, signals, its threads
 * and posts; the sockets are the poller's (docs/decisions/0014).
 */
#include "net/loop.h"

#include "base/memory.h"
#include "net/poller.h"
#include "net/resolve.h"
#include "net/slice.h"
#include "net/turn.h"

#include <stdlib.h>
#include <uv.h>

/*
 * libuv tells its poller of a new handle only when it runs, and what runs may
 * make one more: so it runs once again without being asked.
 */
enum { UV_RUNS = 2 };

enum { BUSY_MS = 4000 }; /* a machine with much to do may be so late */

struct adit_loop {
    uv_loop_t uv;
    uv_async_t wakeup;
    uv_prepare_t presence; /* counts while libuv runs: without a handle it would not look */
    struct adit_poller *poller;
    unsigned uv_runs; /* that it is owed */
    uv_mutex_t lock;  /* over posts */
    struct adit_list posts;
    struct adit_list tasks;
    struct adit_list remnants;
    struct adit_list sleepers;
    struct adit_buffers *buffers;
    struct adit_resolver *resolver;
    unsigned expected; /* posts that are sure to come */
    bool held;
    bool stopped;
};

/* A post that was made for the caller. */
struct call {
    struct adit_post post;
    void (*call)(void *arg);
    void *arg;
};

/* Moves a whole ring from one head to another. */
static void take_all(struct adit_list *from, struct adit_list *to)
{
    struct adit_list *first = from->next;

    adit_list_init(to);
    if (adit_list_is_empty(from))
        return;
    adit_list_remove(from);
    adit_list_append(first, to);
}

static void run_tasks(struct adit_loop *loop)
{
    struct adit_list due;
    struct adit_list *node;

    take_all(&loop->tasks, &due);
    while ((node = adit_list_take_first(&due)) != NULL) {
        struct adit_task *task = ADIT_LIST_ENTRY(node, struct adit_task, node);
        task->run(task);
    }
}

/* False when there was none. */
static bool run_posts(struct adit_loop *loop)
{
    struct adit_list due;
    struct adit_list *node;
    bool any = false;

    uv_mutex_lock(&loop->lock);
    take_all(&loop->posts, &due);
    uv_mutex_unlock(&loop->lock);
    while ((node = adit_list_take_first(&due)) != NULL) {
        struct adit_post *post = ADIT_LIST_ENTRY(node, struct adit_post, node);
        post->call(post);
        any = true;
    }
    return any;
}

static void on_wakeup(uv_async_t *async)
{
    (void)run_posts(async->data);
}

static void on_presence(uv_prepare_t *presence)
{
    (void)presence;
}

enum adit_err adit_loop_new(struct adit_loop **out)
{
    struct adit_loop *loop = adit_new(sizeof *loop);
    enum adit_err err = ADIT_ERR_SYSTEM;

    *out = NULL;
    if (loop == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_list_init(&loop->posts);
    adit_list_init(&loop->tasks);
    adit_list_init(&loop->remnants);
    adit_list_init(&loop->sleepers);
    if (uv_mutex_init(&loop->lock))
        goto no_mutex;
    if (uv_loop_init(&loop->uv))
        goto no_loop;
    loop->wakeup.data = loop;
    loop->uv_runs = UV_RUNS;
    err = adit_buffers_new(&loop->buffers);
    if (err)
        goto no_buffers;
    err = adit_poller_new(uv_backend_fd(&loop->uv), &loop->poller);
    if (err)
        goto no_buffers;
    if (uv_async_init(&loop->uv, &loop->wakeup, on_wakeup)) {
        err = ADIT_ERR_SYSTEM;
        goto no_buffers;
    }
    uv_unref((uv_handle_t *)&loop->wakeup);
    (void)uv_prepare_init(&loop->uv, &loop->presence);
    (void)uv_prepare_start(&loop->presence, on_presence);
    uv_unref((uv_handle_t *)&loop->presence);
    *out = loop;
    return ADIT_OK;

no_buffers:
    adit_poller_free(loop->poller);
    adit_buffers_free(loop->buffers);
    (void)uv_loop_close(&loop->uv);
no_loop:
    uv_mutex_destroy(&loop->lock);
no_mutex:
    free(loop);
    return err;
}

/* The wakeup keeps libuv going exactly while a post is to be waited for. */
static void set_waiting(struct adit_loop *loop)
{
    if (loop->held || loop->expected)
        uv_ref((uv_handle_t *)&loop->wakeup);
    else
        uv_unref((uv_handle_t *)&loop->wakeup);
}

void adit_loop_hold(struct adit_loop *loop, bool held)
{
    loop->held = held;
    set_waiting(loop);
}

void adit_loop_expect(struct adit_loop *loop, bool one_more)
{
    loop->expected += one_more ? 1U : -1U;
    set_waiting(loop);
}

/* How long the next sleep may be: 0 when something is due, -1 until a descriptor tells. */
static int sleep_ms(struct adit_loop *loop)
{
    if (loop->uv_runs || !adit_list_is_empty(&loop->tasks))
        return 0;
    /* Without a handle of its own libuv would not sleep at all. */
    if (!uv_loop_alive(&loop->uv))
        return -1;
    uv_update_time(&loop->uv);
    return uv_backend_timeout(&loop->uv);
}

static void run_uv(struct adit_loop *loop, bool asked)
{
    if (asked)
        loop->uv_runs = UV_RUNS;
    else if (loop->uv_runs == 0 &&
             (!uv_loop_alive(&loop->uv) || uv_backend_timeout(&loop->uv) != 0))
        return;
    if (loop->uv_runs)
        loop->uv_runs--;
    uv_ref((uv_handle_t *)&loop->presence);
    (void)uv_run(&loop->uv, UV_RUN_NOWAIT);
    uv_unref((uv_handle_t *)&loop->presence);
}

uint64_t adit_sleep_excess_ms(uint64_t passed_ms, int meant_ms, bool interrupted)
{
    const uint64_t allowed_ms = interrupted || meant_ms < 0 ? 0 : (uint64_t)meant_ms;

    if (meant_ms < 0 && !interrupted)
        return 0;
    return passed_ms > allowed_ms + BUSY_MS ? passed_ms - allowed_ms : 0;
}

static void tell_sleepers(struct adit_loop *loop, uint64_t gone_ms)
{
    struct adit_list *node = loop->sleepers.next;

    while (node != &loop->sleepers) {
        struct adit_sleeper *sleeper = ADIT_LIST_ENTRY(node, struct adit_sleeper, node);

        node = node->next;
        sleeper->overslept(sleeper, gone_ms);
    }
}

static void turn(struct adit_loop *loop)
{
    const uint64_t woke_ms = uv_now(&loop->uv);
    const int meant_ms = sleep_ms(loop);
    const bool asked = adit_poller_wait(loop->poller, meant_ms);
    uint64_t gone_ms;

    uv_update_time(&loop->uv);
    gone_ms = adit_sleep_excess_ms(uv_now(&loop->uv) - woke_ms, meant_ms,
                                   adit_poller_was_interrupted(loop->poller));
    run_uv(loop, asked);
    adit_poller_dispatch(loop->poller);
    if (gone_ms > 0)
        tell_sleepers(loop, gone_ms);
    run_tasks(loop);
    adit_poller_bury(loop->poller);
}

static bool is_alive(const struct adit_loop *loop)
{
    return uv_loop_alive(&loop->uv) || adit_poller_is_used(loop->poller) ||
           !adit_list_is_empty(&loop->tasks);
}

void adit_loop_run(struct adit_loop *loop)
{
    adit_slice_shorten();
    /* A post does not keep the loop going, but one that is there must be called. */
    do
        while (!loop->stopped && is_alive(loop))
            turn(loop);
    while (!loop->stopped && run_posts(loop));
    loop->stopped = false;
}

void adit_loop_stop(struct adit_loop *loop)
{
    loop->stopped = true;
}

/* Only for what its owner forgot: its memory is lost, but nothing hangs. */
static void close_forgotten(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void adit_loop_free(struct adit_loop *loop)
{
    struct adit_list *node;

    if (loop == NULL)
        return;
    adit_resolver_leave(loop->resolver);
    (void)run_posts(loop);
    while ((node = adit_list_take_first(&loop->remnants)) != NULL) {
        struct adit_remnant *remnant = ADIT_LIST_ENTRY(node, struct adit_remnant, node);
        remnant->end(remnant);
    }
    adit_poller_bury(loop->poller);
    uv_walk(&loop->uv, close_forgotten, NULL);
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop->uv);
    uv_mutex_destroy(&loop->lock);
    adit_poller_free(loop->poller);
    adit_buffers_free(loop->buffers);
    free(loop);
}

struct uv_loop_s *adit_loop_uv(struct adit_loop *loop)
{
    loop->uv_runs = UV_RUNS;
    return &loop->uv;
}

struct uv_loop_s *adit_loop_timers(struct adit_loop *loop)
{
    return &loop->uv;
}

struct adit_poller *adit_loop_poller(struct adit_loop *loop)
{
    return loop->poller;
}

struct adit_buffers *adit_loop_buffers(struct adit_loop *loop)
{
    return loop->buffers;
}

uint64_t adit_loop_now_ms(const struct adit_loop *loop)
{
    return uv_now(&loop->uv);
}

void adit_loop_post_own(struct adit_loop *loop, struct adit_post *post)
{
    uv_mutex_lock(&loop->lock);
    adit_list_append(&loop->posts, &post->node);
    uv_mutex_unlock(&loop->lock);
    (void)uv_async_send(&loop->wakeup);
}

static void make_call(struct adit_post *post)
{
    struct call *call = ADIT_LIST_ENTRY(post, struct call, post);

    call->call(call->arg);
    free(call);
}

enum adit_err adit_loop_post(struct adit_loop *loop, void (*call)(void *arg), void *arg)
{
    struct call *post = adit_new(sizeof *post);

    if (post == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_post_init(&post->post, make_call);
    post->call = call;
    post->arg = arg;
    adit_loop_post_own(loop, &post->post);
    return ADIT_OK;
}

struct adit_resolver **adit_loop_resolver(struct adit_loop *loop)
{
    return &loop->resolver;
}

void adit_task_schedule(struct adit_loop *loop, struct adit_task *task)
{
    if (adit_list_is_empty(&task->node))
        adit_list_append(&loop->tasks, &task->node);
}

void adit_loop_add_sleeper(struct adit_loop *loop, struct adit_sleeper *sleeper)
{
    adit_list_append(&loop->sleepers, &sleeper->node);
}

void adit_loop_keep(struct adit_loop *loop, struct adit_remnant *remnant)
{
    adit_list_append(&loop->remnants, &remnant->node);
}
