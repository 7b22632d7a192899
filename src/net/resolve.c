/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library's getaddrinfo() blocks, for half a minute at the worst, and
 * cannot be interrupted. So nobody waits for a thread: it takes look-ups from
 * the queue until none may begin, posts the answers, and ends. When the loop has
 * left in the meantime, the last thread clears up.
 */
#include "net/resolve.h"

#include "base/memory.h"
#include "base/span.h"
#include "net/resolve_queue.h"
#include "net/socket.h"
#include "net/turn.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { STACK_SIZE = 512 * 1024 };

struct adit_resolver {
    pthread_mutex_t lock;   /* over the rest */
    struct adit_loop *loop; /* NULL: it has left */
    struct adit_resolve_queue queue;
    unsigned threads;
};

struct adit_resolve {
    struct adit_post post;
    struct adit_resolve_place place; /* in the queue */
    struct adit_resolver *resolver;
    struct adit_loop *loop;
    adit_resolve_fn *done; /* NULL: cancelled. The loop's thread alone looks at it */
    void *arg;

    char *host;
    uint16_t port;
    int family;
    struct adit_sockaddrs addresses;
    char failure[80];
};

static void resolve_free(struct adit_resolve *resolve)
{
    if (resolve)
        free(resolve->host);
    free(resolve);
}

/* ---- on a thread ---- */

static void look_up(struct adit_resolve *resolve)
{
    const struct addrinfo hints = { .ai_family = resolve->family,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char service[8];
    char words[64];
    int status;

    (void)snprintf(service, sizeof service, "%u", resolve->port);
    status = getaddrinfo(resolve->host, service, &hints, &found);
    if (status == 0) {
        adit_sockaddrs_add(&resolve->addresses, found);
        freeaddrinfo(found);
    }
    if (resolve->addresses.count)
        return;
    (void)snprintf(resolve->failure, sizeof resolve->failure, "%s",
                   status == 0            ? "no address"
                   : status == EAI_SYSTEM ? adit_errno_text(errno, words, sizeof words)
                                          : gai_strerror(status));
}

static struct adit_resolve *at(struct adit_resolve_place *place)
{
    return place ? ADIT_LIST_ENTRY(place, struct adit_resolve, place) : NULL;
}

static void resolver_free(struct adit_resolver *resolver)
{
    (void)pthread_mutex_destroy(&resolver->lock);
    free(resolver);
}

static void *run_thread(void *arg)
{
    struct adit_resolver *resolver = arg;
    struct adit_resolve *resolve;
    bool last;

    (void)pthread_mutex_lock(&resolver->lock);
    while ((resolve = at(adit_resolve_queue_take(&resolver->queue))) != NULL) {
        (void)pthread_mutex_unlock(&resolver->lock);
        look_up(resolve);
        (void)pthread_mutex_lock(&resolver->lock);
        adit_resolve_queue_ended(&resolver->queue, &resolve->place);
        if (resolver->loop)
            adit_loop_post_own(resolver->loop, &resolve->post);
        else
            resolve_free(resolve);
    }
    resolver->threads--;
    last = resolver->loop == NULL && resolver->threads == 0;
    (void)pthread_mutex_unlock(&resolver->lock);
    if (last)
        resolver_free(resolver);
    return NULL;
}

/* With the lock held. Signals are for the program's threads, not for this one. */
static bool start_thread(struct adit_resolver *resolver)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    bool started;

    if (pthread_attr_init(&attributes))
        return false;
    (void)sigfillset(&all);
    (void)pthread_attr_setstacksize(&attributes, STACK_SIZE);
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&thread, &attributes, run_thread, resolver) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    if (started)
        resolver->threads++;
    return started;
}

/* ---- on the loop's ---- */

static struct adit_resolver *loop_resolver(struct adit_loop *loop)
{
    struct adit_resolver **place = adit_loop_resolver(loop);
    struct adit_resolver *resolver = *place;

    if (resolver)
        return resolver;
    resolver = adit_new(sizeof *resolver);
    if (resolver == NULL || pthread_mutex_init(&resolver->lock, NULL)) {
        free(resolver);
        return NULL;
    }
    resolver->loop = loop;
    adit_resolve_queue_init(&resolver->queue);
    *place = resolver;
    return resolver;
}

void adit_resolver_leave(struct adit_resolver *resolver)
{
    struct adit_resolve *resolve;
    bool last;

    if (resolver == NULL)
        return;
    (void)pthread_mutex_lock(&resolver->lock);
    while ((resolve = at(adit_resolve_queue_drop(&resolver->queue))) != NULL)
        resolve_free(resolve);
    resolver->loop = NULL;
    last = resolver->threads == 0;
    (void)pthread_mutex_unlock(&resolver->lock);
    if (last)
        resolver_free(resolver);
}

static void on_answer(struct adit_post *post)
{
    struct adit_resolve *resolve = ADIT_LIST_ENTRY(post, struct adit_resolve, post);

    if (resolve->done) {
        adit_loop_expect(resolve->loop, false);
        resolve->done(resolve->arg, &resolve->addresses,
                      resolve->failure[0] ? resolve->failure : NULL);
    }
    resolve_free(resolve);
}

/* SYSTEM: no thread will look at the queue. */
static enum adit_err enqueue(struct adit_resolver *resolver, struct adit_resolve *resolve,
                             uint64_t asker)
{
    enum adit_err err;

    (void)pthread_mutex_lock(&resolver->lock);
    err = adit_resolve_queue_add(&resolver->queue, asker, &resolve->place);
    if (err == ADIT_OK && adit_resolve_queue_is_ready(&resolver->queue) &&
        resolver->threads < ADIT_LOOK_UPS_MAX)
        (void)!start_thread(resolver);
    if (err == ADIT_OK && resolver->threads == 0) {
        adit_resolve_place_leave(&resolve->place);
        err = ADIT_ERR_SYSTEM;
    }
    (void)pthread_mutex_unlock(&resolver->lock);
    return err;
}

enum adit_err adit_resolve_start(struct adit_loop *loop, const struct adit_resolve_name *name,
                                 adit_resolve_fn *done, void *arg, struct adit_resolve **out)
{
    struct adit_resolver *resolver = loop_resolver(loop);
    struct adit_resolve *resolve = adit_new(sizeof *resolve);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (resolver == NULL || resolve == NULL)
        goto failed;
    resolve->host = adit_text_copy(adit_span_text(name->host));
    if (resolve->host == NULL)
        goto failed;
    adit_post_init(&resolve->post, on_answer);
    resolve->resolver = resolver;
    resolve->loop = loop;
    resolve->done = done;
    resolve->arg = arg;
    resolve->port = name->port;
    resolve->family = name->family;
    err = enqueue(resolver, resolve, name->asker);
    if (err)
        goto failed;
    adit_loop_expect(loop, true);
    *out = resolve;
    return ADIT_OK;

failed:
    resolve_free(resolve);
    return err;
}

void adit_resolve_cancel(struct adit_resolve *resolve)
{
    bool waits;

    if (resolve == NULL)
        return;
    resolve->done = NULL;
    adit_loop_expect(resolve->loop, false);
    (void)pthread_mutex_lock(&resolve->resolver->lock);
    waits = adit_resolve_place_waits(&resolve->place);
    if (waits)
        adit_resolve_place_leave(&resolve->place);
    (void)pthread_mutex_unlock(&resolve->resolver->lock);
    if (waits)
        resolve_free(resolve);
}
