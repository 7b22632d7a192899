/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a runtime, in order: no new tunnel begins; those that are left
 * end; no thread works for one any more; the loop is told to stop, behind every
 * question that was posted before; the thread is joined. From then on questions
 * are answered on the asker's thread, under the lock.
 */
#include "tunnel/runtime.h"

#include "base/memory.h"
#include "tunnel/failure.h"
#include "tunnel/surroundings.h"
#include "tunnel/thread.h"
#include "tunnel/tunnel.h"

#include <stdlib.h>

struct adit_runtime {
    pthread_mutex_t lock;
    bool running;  /* under the lock */
    unsigned refs; /* under the lock */
    pthread_t thread;
    struct adit_passphrases passphrases;

    /* The loop's thread alone, once it runs. */
    struct adit_loop *loop;
    struct adit_list tunnels;
    struct adit_surroundings *surroundings; /* NULL until a tunnel wants to come back */
    unsigned busy;
    bool closed;              /* adit_runtime_free() was called */
    struct adit_call *ending; /* …and waits for busy to be 0 */
};

static void *run_loop(void *arg)
{
    struct adit_runtime *runtime = arg;

    adit_loop_run(runtime->loop);
    return NULL;
}

enum adit_err adit_runtime_new(struct adit_runtime **out)
{
    struct adit_runtime *runtime = adit_new(sizeof *runtime);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (runtime == NULL)
        return err;
    adit_list_init(&runtime->tunnels);
    runtime->refs = 1;
    (void)pthread_mutex_init(&runtime->lock, NULL);
    adit_passphrases_init(&runtime->passphrases);
    err = adit_loop_new(&runtime->loop);
    if (err)
        goto done;
    adit_loop_hold(runtime->loop, true);
    err = adit_thread_start(&runtime->thread, run_loop, runtime);
    if (err)
        goto done;

    runtime->running = true;
    *out = runtime;
    return ADIT_OK;
done:
    adit_loop_free(runtime->loop);
    adit_passphrases_clear(&runtime->passphrases);
    (void)pthread_mutex_destroy(&runtime->lock);
    free(runtime);
    return err;
}

struct end_call {
    struct adit_call call;
    struct adit_runtime *runtime;
};

static void start_ending(struct adit_call *call)
{
    struct adit_runtime *runtime = ((struct end_call *)(void *)call)->runtime;
    struct adit_list *node = runtime->tunnels.next;

    runtime->closed = true;
    runtime->ending = call;
    adit_runtime_begin(runtime); /* so that it ends here if no tunnel is left */
    while (node != &runtime->tunnels) {
        struct adit_tunnel *tunnel = ADIT_LIST_ENTRY(node, struct adit_tunnel, node);

        node = node->next;
        adit_tunnel_end(tunnel);
    }
    adit_runtime_end(runtime);
}

static void stop(void *arg)
{
    struct adit_runtime *runtime = arg;

    adit_surroundings_free(runtime->surroundings);
    runtime->surroundings = NULL;
    adit_loop_hold(runtime->loop, false);
    adit_loop_stop(runtime->loop);
}

void adit_runtime_free(struct adit_runtime *runtime)
{
    struct end_call end = { .runtime = runtime };

    if (runtime == NULL)
        return;
    adit_call_init(&end.call, start_ending, NULL);
    adit_thread_post(runtime->loop, adit_call_run, &end.call);
    (void)!adit_call_wait(&end.call);
    adit_call_clear(&end.call);

    (void)pthread_mutex_lock(&runtime->lock);
    adit_thread_post(runtime->loop, stop, runtime);
    (void)pthread_join(runtime->thread, NULL);
    adit_loop_free(runtime->loop);
    runtime->loop = NULL;
    runtime->running = false;
    (void)pthread_mutex_unlock(&runtime->lock);
    adit_runtime_drop(runtime);
}

enum adit_err adit_runtime_ask(struct adit_runtime *runtime, struct adit_call *call)
{
    enum adit_err err = ADIT_OK;

    (void)pthread_mutex_lock(&runtime->lock);
    if (!runtime->running)
        call->start(call);
    else if (pthread_equal(runtime->thread, pthread_self()))
        err = ADIT_ERR_USAGE;
    else
        err = adit_loop_post(runtime->loop, adit_call_run, call);
    (void)pthread_mutex_unlock(&runtime->lock);

    if (err)
        adit_failure_set(call->failure, err, ADIT_LEG_CLIENT, "%s", adit_err_text(err));
    else
        err = adit_call_wait(call);
    adit_call_clear(call);
    return err;
}

void adit_runtime_hold(struct adit_runtime *runtime)
{
    (void)pthread_mutex_lock(&runtime->lock);
    runtime->refs++;
    (void)pthread_mutex_unlock(&runtime->lock);
}

void adit_runtime_drop(struct adit_runtime *runtime)
{
    unsigned refs;

    (void)pthread_mutex_lock(&runtime->lock);
    refs = --runtime->refs;
    (void)pthread_mutex_unlock(&runtime->lock);
    if (refs > 0)
        return;
    adit_passphrases_clear(&runtime->passphrases);
    (void)pthread_mutex_destroy(&runtime->lock);
    free(runtime);
}

struct adit_passphrases *adit_runtime_passphrases(struct adit_runtime *runtime)
{
    return &runtime->passphrases;
}

struct adit_loop *adit_runtime_loop(const struct adit_runtime *runtime)
{
    return runtime->loop;
}

bool adit_runtime_is_open(const struct adit_runtime *runtime)
{
    return !runtime->closed;
}

void adit_runtime_begin(struct adit_runtime *runtime)
{
    runtime->busy++;
}

void adit_runtime_end(struct adit_runtime *runtime)
{
    struct adit_call *ending = runtime->ending;

    if (--runtime->busy > 0 || ending == NULL)
        return;
    runtime->ending = NULL;
    adit_call_finish(ending, ADIT_OK);
}

void adit_runtime_watch(struct adit_runtime *runtime)
{
    if (runtime->surroundings == NULL)
        runtime->surroundings = adit_surroundings_new(runtime);
}

struct adit_list *adit_runtime_tunnels(struct adit_runtime *runtime)
{
    return &runtime->tunnels;
}
