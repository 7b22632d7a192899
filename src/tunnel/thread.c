/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/thread.h"

#include "base/memory.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { POST_AGAIN_NS = 10 * 1000 * 1000 };

struct adit_errand {
    struct adit_runtime *runtime;
    struct adit_loop *loop;
    void (*run)(void *arg);
    void (*done)(void *arg);
    void *arg;
    pthread_t thread;
};

enum adit_err adit_thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
    sigset_t all;
    sigset_t before;
    int failed;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(thread, NULL, run, arg);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? ADIT_ERR_SYSTEM : ADIT_OK;
}

void adit_thread_post(struct adit_loop *loop, void (*call)(void *arg), void *arg)
{
    const struct timespec pause = { .tv_nsec = POST_AGAIN_NS };

    while (adit_loop_post(loop, call, arg) != ADIT_OK)
        (void)nanosleep(&pause, NULL);
}

static void finish_errand(void *arg)
{
    struct adit_errand *errand = arg;
    struct adit_runtime *runtime = errand->runtime;
    void (*done)(void *) = errand->done;
    void *done_arg = errand->arg;

    (void)pthread_join(errand->thread, NULL); /* posting this was the last thing it did */
    free(errand);
    done(done_arg);
    adit_runtime_end(runtime);
}

static void *run_errand(void *arg)
{
    struct adit_errand *errand = arg;

    errand->run(errand->arg);
    adit_thread_post(errand->loop, finish_errand, errand);
    return NULL;
}

enum adit_err adit_errand_start(struct adit_runtime *runtime, void (*run)(void *arg),
                                void (*done)(void *arg), void *arg, struct adit_errand **out)
{
    struct adit_errand *errand = adit_new(sizeof *errand);
    enum adit_err err;

    *out = NULL;
    if (errand == NULL)
        return ADIT_ERR_NO_MEMORY;
    *errand = (struct adit_errand){
        .runtime = runtime,
        .loop = adit_runtime_loop(runtime),
        .run = run,
        .done = done,
        .arg = arg,
    };
    err = adit_thread_start(&errand->thread, run_errand, errand);
    if (err) {
        free(errand);
        return err;
    }
    adit_runtime_begin(runtime);
    *out = errand;
    return ADIT_OK;
}

bool adit_errand_is_on(const struct adit_errand *errand, pthread_t thread)
{
    return pthread_equal(errand->thread, thread) != 0;
}
