/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be done once, at the end of the loop's turn, however often it was asked for. */
#ifndef ADIT_NET_TURN_H
#define ADIT_NET_TURN_H

#include "base/list.h"
#include "net/loop.h"

/* Lives inside the struct that it serves. */
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

/* What lives on for a while without an owner; ended by adit_loop_free() at the latest. */
struct adit_remnant {
    struct adit_list node;
    void (*end)(struct adit_remnant *remnant);
};

void adit_loop_keep(struct adit_loop *loop, struct adit_remnant *remnant);

#endif
