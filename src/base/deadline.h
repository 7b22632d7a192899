/* SPDX-License-Identifier: BSD-2-Clause */
/* Points in time, in milliseconds of whatever clock; UINT64_MAX is never. */
#ifndef ADIT_BASE_DEADLINE_H
#define ADIT_BASE_DEADLINE_H

#include <stdint.h>

/* So long after now; never, where that is later than can be said. */
static inline uint64_t adit_deadline(uint64_t now_ms, uint64_t wait_ms)
{
    return wait_ms < UINT64_MAX - now_ms ? now_ms + wait_ms : UINT64_MAX;
}

#endif
