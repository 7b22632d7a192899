/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who sends next: deficit round robin by bytes with a fast lane, the scheme of
 * RFC 8290. Who had nothing to send for a while goes first, for one quantum;
 * then it lines up with the others. So a short question overtakes every bulk
 * transfer, and no number of short ones starves a bulk transfer.
 */
#ifndef ADIT_NET_RING_H
#define ADIT_NET_RING_H

#include "base/list.h"

struct adit_ring {
    struct adit_list fresh;
    struct adit_list old;
};

/* Lives inside the struct that wants to send. */
struct adit_ring_entry {
    struct adit_list node;
    size_t credit; /* bytes that it may send before the next has its turn */
    bool fresh;
};

void adit_ring_init(struct adit_ring *ring);
void adit_ring_entry_init(struct adit_ring_entry *entry);

/* It has something to send after it had nothing. Harmless when it is in the ring. */
void adit_ring_add(struct adit_ring *ring, struct adit_ring_entry *entry);
/* It was held up and can go on: it lines up at the end. */
void adit_ring_add_again(struct adit_ring *ring, struct adit_ring_entry *entry);
/* Whose turn it is, with credit; NULL: the ring is empty. It stays in the ring. */
struct adit_ring_entry *adit_ring_next(struct adit_ring *ring);
/* It sent `len` bytes, at most its credit, and has more. */
void adit_ring_used(struct adit_ring_entry *entry, size_t len);
/* It has nothing more. It may be shown once again by adit_ring_next(). */
void adit_ring_emptied(struct adit_ring *ring, struct adit_ring_entry *entry);
void adit_ring_remove(struct adit_ring_entry *entry);
bool adit_ring_is_empty(const struct adit_ring *ring);

#endif
