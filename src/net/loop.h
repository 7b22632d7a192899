/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One loop with what every session on it shares: the buffers of the
 * engine, the time, the list of links that have output. At the end of each turn
 * of the loop every link on that list gets one write.
 */
#ifndef ADIT_NET_LOOP_H
#define ADIT_NET_LOOP_H

#include "adit/ssh.h"
#include "base/log.h"

struct adit_loop;
struct uv_loop_s;

ADIT_MUST_USE enum adit_err adit_loop_new(struct adit_loop **out);
/*
 * Runs until adit_loop_stop(), or until nothing is left that could happen here:
 * no descriptor, no timer, no post. The process must ignore SIGPIPE if a link
 * on this loop writes to a pipe.
 */
void adit_loop_run(struct adit_loop *loop);
/* While held, run waits for posts of other threads even if there is nothing else. */
void adit_loop_hold(struct adit_loop *loop, bool held);
/* From the loop's own thread. */
void adit_loop_stop(struct adit_loop *loop);
/* After run has returned; runs the closing of handles to their end. */
void adit_loop_free(struct adit_loop *loop);

/* To make or start a handle; asked for anew each time, for then libuv must run. */
struct uv_loop_s *adit_loop_uv(struct adit_loop *loop);
struct adit_buffers *adit_loop_buffers(struct adit_loop *loop);
/* Milliseconds of the loop's clock, as of this turn. */
uint64_t adit_loop_now_ms(const struct adit_loop *loop);

/*
 * Runs `call(arg)` on the loop's thread; may be called from any thread.
 * NO_MEMORY: it will not be called.
 */
ADIT_MUST_USE enum adit_err adit_loop_post(struct adit_loop *loop, void (*call)(void *arg),
                                           void *arg);

/* A timer that is part of another struct's life: `call(arg)` once, at `due_ms`. */
struct adit_timer;
ADIT_MUST_USE enum adit_err adit_timer_new(struct adit_loop *loop, void (*call)(void *arg),
                                           void *arg, struct adit_timer **out);
/* Replaces an earlier due time; UINT64_MAX: never. */
void adit_timer_set(struct adit_timer *timer, uint64_t due_ms);
/* NULL is fine. It is not called any more. */
void adit_timer_free(struct adit_timer *timer);

#endif
