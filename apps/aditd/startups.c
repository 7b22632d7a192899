/* SPDX-License-Identifier: BSD-2-Clause */
#include "startups.h"

/* Per cent of connections to drop: `rate` at `start`, rising evenly to 100 at `full`. */
static unsigned drop_rate(unsigned pending, const struct adit_max_startups *max)
{
    if (pending < max->start)
        return 0;
    if (pending >= max->full || max->rate >= 100)
        return 100;
    return max->rate + (unsigned)((uint64_t)(100 - max->rate) * (pending - max->start) /
                                  (max->full - max->start));
}

void adit_startups_take(struct adit_startups *startups)
{
    (void)atomic_fetch_add(&startups->pending, 1);
}

bool adit_startups_admit(struct adit_startups *startups, const struct adit_max_startups *max,
                         uint32_t random)
{
    if (random % 100 < drop_rate(atomic_load(&startups->pending), max)) {
        startups->dropped++;
        return false;
    }
    adit_startups_take(startups);
    return true;
}

void adit_startups_release(struct adit_startups *startups)
{
    (void)atomic_fetch_sub(&startups->pending, 1);
}
