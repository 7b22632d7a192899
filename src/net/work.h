/* SPDX-License-Identifier: BSD-2-Clause */
/* Work that blocks or takes long (files, name services, password hashes), off the loop. */
#ifndef ADIT_NET_WORK_H
#define ADIT_NET_WORK_H

#include "base/list.h"
#include "net/loop.h"

struct adit_work;

/*
 * Of the work in one line only `max` is done at once, so that much of it does
 * not keep all threads from the rest. The loop's own thread alone looks at it.
 */
struct adit_work_line {
    struct adit_list waiting;
    unsigned running;
    unsigned max;
};

static inline void adit_work_line_init(struct adit_work_line *line, unsigned max)
{
    adit_list_init(&line->waiting);
    line->running = 0;
    line->max = max;
}

/*
 * `run(arg)` on a thread of its own, then `done(arg)` on the loop's, always;
 * what `arg` points to must live that long, and so must the line, which may be NULL.
 * *out is good until `done` comes. NO_MEMORY, SYSTEM: neither comes.
 */
ADIT_MUST_USE enum adit_err adit_work_start(struct adit_loop *loop, struct adit_work_line *line,
                                            void (*run)(void *arg), void (*done)(void *arg),
                                            void *arg, struct adit_work **out);
/* True: it still stood in its line, and neither `run` nor `done` comes. */
bool adit_work_cancel(struct adit_work *work);

#endif
