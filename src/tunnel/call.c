/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/call.h"

void adit_call_init(struct adit_call *call, void (*start)(struct adit_call *call),
                    struct adit_failure *failure)
{
    *call = (struct adit_call){ .start = start, .failure = failure };
    adit_list_init(&call->node);
    (void)pthread_mutex_init(&call->lock, NULL);
    (void)pthread_cond_init(&call->answered, NULL);
}

void adit_call_clear(struct adit_call *call)
{
    (void)pthread_cond_destroy(&call->answered);
    (void)pthread_mutex_destroy(&call->lock);
}

void adit_call_run(void *arg)
{
    struct adit_call *call = arg;

    call->start(call);
}

void adit_call_finish(struct adit_call *call, enum adit_err err)
{
    adit_list_remove(&call->node);
    (void)pthread_mutex_lock(&call->lock);
    call->err = err;
    call->done = true;
    /* Under the lock: the waiter may take the call away as soon as it is free. */
    (void)pthread_cond_signal(&call->answered);
    (void)pthread_mutex_unlock(&call->lock);
}

void adit_call_fail(struct adit_call *call, const struct adit_failure *failure)
{
    if (call->failure != NULL)
        *call->failure = *failure;
    adit_call_finish(call, failure->err);
}

enum adit_err adit_call_wait(struct adit_call *call)
{
    enum adit_err err;

    (void)pthread_mutex_lock(&call->lock);
    while (!call->done)
        (void)pthread_cond_wait(&call->answered, &call->lock);
    err = call->err;
    (void)pthread_mutex_unlock(&call->lock);
    return err;
}
