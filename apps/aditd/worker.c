/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that reaches a worker from another thread is a post to its loop,
 * so it comes in order and between turns: no session is ever locked.
 */
#include "worker.h"

#include "base/memory.h"
#include "base/span.h"
#include "client.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- sessions ------------------------------------------------------------------- */

/* A connection on its way to its worker. */
struct arrival {
    struct adit_post post;
    struct adit_worker *worker;
    struct adit_client_socket socket;
    struct sockaddr_storage peer;
};

static void arrive(struct adit_post *post)
{
    struct arrival *arrival = ADIT_LIST_ENTRY(post, struct arrival, post);

    adit_client_start(arrival->worker, &arrival->socket);
    free(arrival);
}

static enum adit_err hand_over(struct adit_worker *worker, const struct adit_client_socket *socket)
{
    const struct sockaddr *peer = socket->peer;
    struct arrival *arrival = adit_new(sizeof *arrival);

    if (arrival == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_post_init(&arrival->post, arrive);
    arrival->worker = worker;
    arrival->socket = *socket;
    arrival->socket.peer = (const struct sockaddr *)&arrival->peer;
    memcpy(&arrival->peer, peer,
           peer->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
    adit_loop_post_own(worker->loop, &arrival->post);
    return ADIT_OK;
}

void adit_worker_take(struct adit_worker *worker, struct adit_client_socket socket)
{
    (void)atomic_fetch_add(&worker->load, 1);
    socket.session = ++worker->shared->sessions;
    if (!worker->has_thread) {
        adit_client_start(worker, &socket);
    } else if (hand_over(worker, &socket) != ADIT_OK) {
        (void)close(socket.in);
        adit_startups_release(&worker->shared->startups);
        (void)atomic_fetch_sub(&worker->load, 1);
    }
}

static void tell_if_idle(struct adit_worker *worker)
{
    if (worker->told_idle || !adit_list_is_empty(&worker->clients) ||
        !(worker->ending || worker->shared->options->inetd))
        return;
    worker->told_idle = true;
    adit_loop_post_own(worker->main_loop, &worker->idle);
}

void adit_worker_session_ended(struct adit_worker *worker)
{
    (void)atomic_fetch_sub(&worker->load, 1);
    tell_if_idle(worker);
}

static void end_all(struct adit_post *post)
{
    struct adit_worker *worker = ADIT_LIST_ENTRY(post, struct adit_worker, end_all);
    struct adit_list *node = worker->clients.next;

    worker->ending = true;
    while (node != &worker->clients) {
        struct adit_client *client = ADIT_LIST_ENTRY(node, struct adit_client, node);

        node = node->next;
        adit_client_end(client, "the gateway is going down");
    }
    tell_if_idle(worker);
}

void adit_worker_end_sessions(struct adit_worker *worker)
{
    adit_loop_post_own(worker->loop, &worker->end_all);
}

/* ---- new settings ------------------------------------------------------------------ */

struct renewal;

struct delivery {
    struct adit_post post;
    struct adit_worker *worker;
    struct renewal *renewal;
};

struct renewal {
    struct adit_settings *settings;
    enum adit_log_level level;
    atomic_size_t left;    /* workers that do not have them yet */
    struct adit_post over; /* to the main thread */
    void (*done)(struct adit_shared *shared);
    struct adit_shared *shared;
    struct delivery deliveries[];
};

static void renewed(struct adit_post *post)
{
    struct renewal *renewal = ADIT_LIST_ENTRY(post, struct renewal, over);

    renewal->done(renewal->shared);
    adit_settings_unref(renewal->settings);
    free(renewal);
}

static void renew(struct adit_post *post)
{
    const struct delivery *delivery = ADIT_LIST_ENTRY(post, struct delivery, post);
    struct renewal *renewal = delivery->renewal;
    struct adit_worker *worker = delivery->worker;

    adit_settings_unref(worker->settings);
    worker->settings = adit_settings_ref(renewal->settings);
    worker->log.level = renewal->level;
    if (atomic_fetch_sub(&renewal->left, 1) == 1)
        adit_loop_post_own(worker->main_loop, &renewal->over);
}

enum adit_err adit_workers_renew(struct adit_worker *workers, size_t count,
                                 struct adit_settings *settings, enum adit_log_level level,
                                 void (*done)(struct adit_shared *shared))
{
    struct renewal *renewal = adit_new(sizeof *renewal + count * sizeof renewal->deliveries[0]);

    if (renewal == NULL)
        return ADIT_ERR_NO_MEMORY;
    renewal->settings = adit_settings_ref(settings);
    renewal->level = level;
    renewal->done = done;
    renewal->shared = workers[0].shared;
    atomic_init(&renewal->left, count);
    adit_post_init(&renewal->over, renewed);
    for (size_t i = 0; i < count; i++) {
        struct delivery *delivery = &renewal->deliveries[i];

        adit_post_init(&delivery->post, renew);
        delivery->worker = &workers[i];
        delivery->renewal = renewal;
    }
    for (size_t i = 0; i < count; i++)
        adit_loop_post_own(workers[i].loop, &renewal->deliveries[i].post);
    return ADIT_OK;
}

/* ---- the thread -------------------------------------------------------------------- */

static void *run(void *arg)
{
    const struct adit_worker *worker = arg;

    adit_loop_run(worker->loop);
    return NULL;
}

static void stop(struct adit_post *post)
{
    adit_loop_stop(ADIT_LIST_ENTRY(post, struct adit_worker, stop)->loop);
}

enum adit_err adit_worker_start(struct adit_worker *worker)
{
    struct adit_loop *loop = NULL;
    sigset_t all;
    sigset_t before;
    const enum adit_err err = adit_loop_new(&loop);

    if (err)
        return err;
    worker->loop = loop;
    adit_loop_hold(loop, true);
    (void)sigfillset(&all); /* signals are the main thread's */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    worker->has_thread = pthread_create(&worker->thread, NULL, run, worker) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return worker->has_thread ? ADIT_OK : ADIT_ERR_SYSTEM;
}

void adit_worker_join(struct adit_worker *worker)
{
    if (!worker->has_thread)
        return;
    adit_loop_post_own(worker->loop, &worker->stop);
    (void)pthread_join(worker->thread, NULL);
    worker->has_thread = false;
}

/* ---- life -------------------------------------------------------------------------- */

void adit_worker_init(struct adit_worker *worker, struct adit_shared *shared,
                      struct adit_settings *settings, const struct adit_log *log,
                      struct adit_loop *main_loop, void (*idle)(struct adit_post *post))
{
    worker->shared = shared;
    worker->loop = main_loop;
    worker->main_loop = main_loop;
    worker->log = *log;
    worker->settings = adit_settings_ref(settings);
    adit_list_init(&worker->clients);
    adit_work_line_init(&worker->hashes, 1);
    atomic_init(&worker->load, 0);
    adit_post_init(&worker->idle, idle);
    adit_post_init(&worker->end_all, end_all);
    adit_post_init(&worker->stop, stop);
}

void adit_worker_clear(struct adit_worker *worker)
{
    if (worker->loop != worker->main_loop)
        adit_loop_free(worker->loop);
    adit_settings_unref(worker->settings);
}
