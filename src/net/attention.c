/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/attention.h"

enum {
    WAITS = 2, /* for the answer, and for the next question */
    LUCK_MAX = 4,
    BUSY_MS = 100,
    SHORT_SLEEP_US = 4 * ADIT_ATTENTION_US, /* with the wake-ups of all who are asked in it */
};

void adit_attention_pay(struct adit_attention *a, uint64_t now_ms)
{
    if (now_ms >= a->busy_until_ms)
        a->waits = WAITS;
}

void adit_attention_yield(struct adit_attention *a, uint64_t now_ms)
{
    a->waits = 0;
    a->busy_until_ms = now_ms + BUSY_MS;
}

bool adit_attention_looks(const struct adit_attention *a)
{
    return a->waits && a->luck;
}

void adit_attention_looked(struct adit_attention *a, bool found)
{
    a->waits--;
    if (!found)
        a->luck--;
    else if (a->luck < LUCK_MAX)
        a->luck++;
}

void adit_attention_slept(struct adit_attention *a, uint64_t us)
{
    if (a->waits == 0)
        return;
    a->waits--;
    if (us < SHORT_SLEEP_US)
        a->luck = 1;
}
