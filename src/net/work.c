/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/work.h"

#include "base/memory.h"

#include <stdlib.h>
#include <uv.h>

struct work {
    uv_work_t request;
    void (*run)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

static void run(uv_work_t *request)
{
    const struct work *work = request->data;

    work->run(work->arg);
}

static void done(uv_work_t *request, int status)
{
    struct work *work = request->data;

    (void)status; /* nothing here cancels, so it has always run */
    work->done(work->arg);
    free(work);
}

enum adit_err adit_work_start(struct adit_loop *loop, void (*run_call)(void *arg),
                              void (*done_call)(void *arg), void *arg)
{
    struct work *work = adit_new(sizeof *work);

    if (work == NULL)
        return ADIT_ERR_NO_MEMORY;
    work->request.data = work;
    work->run = run_call;
    work->done = done_call;
    work->arg = arg;
    if (uv_queue_work(adit_loop_uv(loop), &work->request, run, done) != 0) {
        free(work);
        return ADIT_ERR_SYSTEM;
    }
    return ADIT_OK;
}
