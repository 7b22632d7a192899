/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/work.h"

#include "base/memory.h"

#include <stdlib.h>
#include <uv.h>

struct adit_work {
    uv_work_t request;
    struct adit_list node; /* in its line, while it waits */
    struct adit_loop *loop;
    struct adit_work_line *line;
    void (*run)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

static void run(uv_work_t *request)
{
    const struct adit_work *work = request->data;

    work->run(work->arg);
}

static void done(uv_work_t *request, int status);

static enum adit_err begin(struct adit_work *work)
{
    if (uv_queue_work(adit_loop_uv(work->loop), &work->request, run, done) != 0)
        return ADIT_ERR_SYSTEM;
    if (work->line)
        work->line->running++;
    return ADIT_OK;
}

static void begin_next(struct adit_work_line *line)
{
    struct adit_list *node = adit_list_take_first(&line->waiting);
    struct adit_work *work = node ? ADIT_LIST_ENTRY(node, struct adit_work, node) : NULL;

    if (work == NULL || begin(work) == ADIT_OK)
        return;
    work->run(work->arg); /* it has been promised */
    work->done(work->arg);
    free(work);
}

static void done(uv_work_t *request, int status)
{
    struct adit_work *work = request->data;

    (void)status; /* what has begun is not cancelled, so it has always run */
    if (work->line) {
        work->line->running--;
        begin_next(work->line);
    }
    work->done(work->arg);
    free(work);
}

enum adit_err adit_work_start(struct adit_loop *loop, struct adit_work_line *line,
                              void (*run_call)(void *arg), void (*done_call)(void *arg), void *arg,
                              struct adit_work **out)
{
    struct adit_work *work = adit_new(sizeof *work);

    *out = NULL;
    if (work == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_list_init(&work->node);
    work->request.data = work;
    work->loop = loop;
    work->line = line;
    work->run = run_call;
    work->done = done_call;
    work->arg = arg;
    if (line && line->running == line->max) {
        adit_list_append(&line->waiting, &work->node);
    } else if (begin(work) != ADIT_OK) {
        free(work);
        return ADIT_ERR_SYSTEM;
    }
    *out = work;
    return ADIT_OK;
}

bool adit_work_cancel(struct adit_work *work)
{
    if (adit_list_is_empty(&work->node))
        return false;
    adit_list_remove(&work->node);
    free(work);
    return true;
}
