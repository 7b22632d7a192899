/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What net/ itself asks of the loop: work at the end of the turn, posts without
 * an allocation, things that live on without an owner.
 */
#ifndef ADIT_NET_TURN_H
#define ADIT_NET_TURN_H

#include "base/list.h"
#include "net/loop.h"

/* To be done once, however often it was asked for. Lives inside the struct that it serves. */
struct adit_task {
    struct adit_list node;
    void (*run)(struct adit_task *task);
};

static inline void adit_task_init(struct adit_task *task, void (*run)(struct adit_task *task))
{
    adit_list_init(&task->node);
    task->run = run;
}

/*
 * Runs the task after all that this turn of the loop has to read; a task that
 * asks for itself while it runs comes again in the next turn, without a sleep
 * between.
 */
void adit_task_schedule(struct adit_loop *loop, struct adit_task *task);

static inline void adit_task_cancel(struct adit_task *task)
{
    adit_list_remove(&task->node);
}

/* A call on the loop's thread that cannot fail to be made. Lives inside another struct. */
struct adit_post {
    struct adit_list node;
    void (*call)(struct adit_post *post); /* may free it */
};

static inline void adit_post_init(struct adit_post *post, void (*call)(struct adit_post *post))
{
    adit_list_init(&post->node);
    post->call = call;
}

/* From any thread; once at a time. */
void adit_loop_post_own(struct adit_loop *loop, struct adit_post *post);

/* Counts the posts that are sure to come: meanwhile the loop runs on. */
void adit_loop_expect(struct adit_loop *loop, bool one_more);

/* For timers alone, which libuv knows of without running. */
struct uv_loop_s *adit_loop_timers(struct adit_loop *loop);

/*
 * Is told when a sleep of the loop was not the one that it was meant to be: the
 * process was stopped. Lives inside another struct; adit_list_remove() ends it.
 */
struct adit_sleeper {
    struct adit_list node;
    /* `gone_ms` at most were slept too much. May remove itself, and no other one. */
    void (*overslept)(struct adit_sleeper *sleeper, uint64_t gone_ms);
};

void adit_loop_add_sleeper(struct adit_loop *loop, struct adit_sleeper *sleeper);

/*
 * What of the time since the loop woke up last was slept without meaning to; 0: nothing
 * unusual. `meant_ms` is -1 for a sleep that only news end. A process that goes on
 * after it was stopped finds its sleep interrupted.
 */
uint64_t adit_sleep_excess_ms(uint64_t passed_ms, int meant_ms, bool interrupted);

struct adit_poller;
struct adit_poller *adit_loop_poller(struct adit_loop *loop);

/* Where the resolver of this loop is kept. */
struct adit_resolver;
struct adit_resolver **adit_loop_resolver(struct adit_loop *loop);

/* What lives on for a while without an owner; ended by adit_loop_free() at the latest. */
struct adit_remnant {
    struct adit_list node;
    void (*end)(struct adit_remnant *remnant);
};

void adit_loop_keep(struct adit_loop *loop, struct adit_remnant *remnant);

#endif
