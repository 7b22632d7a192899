/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One question from a caller's thread that the loop's thread answers. It lives
 * on the caller's stack; whoever finishes it does not touch it again.
 */
#ifndef ADIT_TUNNEL_CALL_H
#define ADIT_TUNNEL_CALL_H

#include "adit/tunnel.h"
#include "base/list.h"

#include <pthread.h>

struct adit_call {
    struct adit_list node; /* among those that wait for the same thing */
    void (*start)(struct adit_call *call);
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool done;
    enum adit_err err;
    struct adit_failure *failure; /* the caller's, or NULL */
};

/* `start` runs on the loop's thread; it finishes the call or sees to it that somebody does. */
void adit_call_init(struct adit_call *call, void (*start)(struct adit_call *call),
                    struct adit_failure *failure);
/* After it was waited for, or if it was never handed to anybody. */
void adit_call_clear(struct adit_call *call);

/* Its `start`, in the shape that adit_loop_post() wants. */
void adit_call_run(void *arg);

void adit_call_finish(struct adit_call *call, enum adit_err err);
/* The same with failure->err, and the failure copied to the caller's. */
void adit_call_fail(struct adit_call *call, const struct adit_failure *failure);

ADIT_MUST_USE enum adit_err adit_call_wait(struct adit_call *call);

#endif
