/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the poller looks for a moment before it sleeps. To be woken costs a
 * process more than a short question and its answer: where one comes right after
 * the other, it is better not to have slept. Pure: time is passed in. See
 * docs/decisions/0021.
 */
#ifndef ADIT_NET_ATTENTION_H
#define ADIT_NET_ATTENTION_H

#include <stdbool.h>
#include <stdint.h>

enum { ADIT_ATTENTION_US = 100 }; /* how long it looks */

/* All zero: none is paid. */
struct adit_attention {
    unsigned waits;         /* so many more may look */
    unsigned luck;          /* so many looks in vain are borne */
    uint64_t busy_until_ms; /* the processors have better to do */
};

/* A short message has gone by: something may be answered to it at once. */
void adit_attention_pay(struct adit_attention *a, uint64_t now_ms);
/* Much has gone by: whoever makes it and takes it needs the processors. */
void adit_attention_yield(struct adit_attention *a, uint64_t now_ms);
/* Of the wait that begins. */
bool adit_attention_looks(const struct adit_attention *a);
void adit_attention_looked(struct adit_attention *a, bool found);
/* It did not look, and slept for so long. */
void adit_attention_slept(struct adit_attention *a, uint64_t us);

#endif
