/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions of several threads share it; a sum that is off for a moment does no harm. */
#include "connection/window_memory.h"

#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    FIRST_MIN = 32 * 1024, /* one packet */
    FIRST_PART = 128,      /* of the first half's rest for one channel */
    MORE_PART = 4,         /* of all the rest for one channel */
};

struct adit_window_memory {
    atomic_uint holders;
    atomic_uint_least64_t max;
    atomic_uint_least64_t granted;
    atomic_uint_least64_t held;
};

enum adit_err adit_window_memory_new(uint64_t max, struct adit_window_memory **out)
{
    struct adit_window_memory *memory = adit_new(sizeof *memory);

    *out = memory;
    if (memory == NULL)
        return ADIT_ERR_NO_MEMORY;
    atomic_init(&memory->holders, 1);
    atomic_init(&memory->max, max);
    return ADIT_OK;
}

void adit_window_memory_set_max(struct adit_window_memory *memory, uint64_t max)
{
    atomic_store_explicit(&memory->max, max, memory_order_relaxed);
}

struct adit_window_memory *adit_window_memory_share(struct adit_window_memory *memory)
{
    if (memory)
        atomic_fetch_add_explicit(&memory->holders, 1, memory_order_relaxed);
    return memory;
}

void adit_window_memory_free(struct adit_window_memory *memory)
{
    if (memory && atomic_fetch_sub_explicit(&memory->holders, 1, memory_order_acq_rel) == 1)
        free(memory);
}

static uint64_t bound(struct adit_window_memory *memory)
{
    return atomic_load_explicit(&memory->max, memory_order_relaxed);
}

static uint64_t rest(struct adit_window_memory *memory, uint64_t max)
{
    const uint64_t granted = atomic_load_explicit(&memory->granted, memory_order_relaxed);

    return granted < max ? max - granted : 0;
}

static uint32_t grant(struct adit_window_memory *memory, uint64_t part, uint32_t want)
{
    const uint32_t granted = part < want ? (uint32_t)part : want;

    atomic_fetch_add_explicit(&memory->granted, granted, memory_order_relaxed);
    return granted;
}

uint32_t adit_window_memory_first(struct adit_window_memory *memory, uint32_t want)
{
    uint64_t part;

    if (memory == NULL)
        return want;
    part = rest(memory, bound(memory) / 2) / FIRST_PART;
    return grant(memory, part > FIRST_MIN ? part : FIRST_MIN, want);
}

uint32_t adit_window_memory_more(struct adit_window_memory *memory, uint32_t want)
{
    if (memory == NULL)
        return want;
    return grant(memory, rest(memory, bound(memory)) / MORE_PART, want);
}

void adit_window_memory_give_back(struct adit_window_memory *memory, uint32_t size)
{
    if (memory)
        atomic_fetch_sub_explicit(&memory->granted, size, memory_order_relaxed);
}

bool adit_window_memory_hold(struct adit_window_memory *memory, int64_t more)
{
    uint64_t before;

    if (memory == NULL)
        return true;
    /* Unsigned arithmetic wraps round: a negative number is taken off. */
    before = atomic_fetch_add_explicit(&memory->held, (uint64_t)more, memory_order_relaxed);
    return before + (uint64_t)more < bound(memory) / 8 * 7;
}
