/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work that may block (questions to the user, files, key derivation) has a
 * thread of its own; the loop hears when it is done.
 */
#ifndef ADIT_TUNNEL_THREAD_H
#define ADIT_TUNNEL_THREAD_H

#include "tunnel/runtime.h"

#include <pthread.h>

/* A thread that takes no signals: they are the application's. SYSTEM. */
ADIT_MUST_USE enum adit_err adit_thread_start(pthread_t *thread, void *(*run)(void *arg),
                                              void *arg);

/* adit_loop_post() for what must not be lost: waits until there is memory for it. */
void adit_thread_post(struct adit_loop *loop, void (*call)(void *arg), void *arg);

struct adit_errand;

/*
 * From the loop's thread: run(arg) on a thread of its own, then done(arg) on
 * the loop's. The errand is over when done is called. NO_MEMORY, SYSTEM: neither
 * will be called.
 */
ADIT_MUST_USE enum adit_err adit_errand_start(struct adit_runtime *runtime, void (*run)(void *arg),
                                              void (*done)(void *arg), void *arg,
                                              struct adit_errand **out);
/* Whether `thread` is the one that runs the errand. */
bool adit_errand_is_on(const struct adit_errand *errand, pthread_t thread);

#endif
