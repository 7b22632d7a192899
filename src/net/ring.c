/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/ring.h"

enum { QUANTUM = 256 * 1024 };

void adit_ring_init(struct adit_ring *ring)
{
    adit_list_init(&ring->fresh);
    adit_list_init(&ring->old);
}

void adit_ring_entry_init(struct adit_ring_entry *entry)
{
    adit_list_init(&entry->node);
    entry->credit = 0;
    entry->fresh = false;
}

void adit_ring_add(struct adit_ring *ring, struct adit_ring_entry *entry)
{
    if (!adit_list_is_empty(&entry->node))
        return;
    entry->credit = QUANTUM;
    entry->fresh = true;
    adit_list_append(&ring->fresh, &entry->node);
}

static void line_up(struct adit_ring *ring, struct adit_ring_entry *entry)
{
    entry->fresh = false;
    adit_list_remove(&entry->node);
    adit_list_append(&ring->old, &entry->node);
}

void adit_ring_add_again(struct adit_ring *ring, struct adit_ring_entry *entry)
{
    if (!adit_list_is_empty(&entry->node))
        return;
    if (entry->credit == 0)
        entry->credit = QUANTUM;
    line_up(ring, entry);
}

struct adit_ring_entry *adit_ring_next(struct adit_ring *ring)
{
    while (!adit_ring_is_empty(ring)) {
        struct adit_list *lane = adit_list_is_empty(&ring->fresh) ? &ring->old : &ring->fresh;
        struct adit_ring_entry *entry = ADIT_LIST_ENTRY(lane->next, struct adit_ring_entry, node);

        if (entry->credit)
            return entry;
        entry->credit = QUANTUM;
        line_up(ring, entry);
    }
    return NULL;
}

void adit_ring_used(struct adit_ring_entry *entry, size_t len)
{
    entry->credit -= len < entry->credit ? len : entry->credit;
}

void adit_ring_emptied(struct adit_ring *ring, struct adit_ring_entry *entry)
{
    /* One that comes back before its turn among the others must not be fresh again. */
    if (entry->fresh && !adit_list_is_empty(&ring->old))
        line_up(ring, entry);
    else
        adit_list_remove(&entry->node);
}

void adit_ring_remove(struct adit_ring_entry *entry)
{
    adit_list_remove(&entry->node);
}

bool adit_ring_is_empty(const struct adit_ring *ring)
{
    return adit_list_is_empty(&ring->fresh) && adit_list_is_empty(&ring->old);
}
