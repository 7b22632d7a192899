/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose look-up is next: of those who ask, the one with the fewest under way.
 * Nobody has more under way than are free: who is alone may have half of them,
 * and whoever asks for names that are never answered leaves some to the next.
 * No threads in here: the caller has a lock.
 */
#ifndef ADIT_NET_RESOLVE_QUEUE_H
#define ADIT_NET_RESOLVE_QUEUE_H

#include "adit/err.h"
#include "base/list.h"

/* Under way at once. */
#define ADIT_LOOK_UPS_MAX 256

struct adit_asker;

struct adit_resolve_queue {
    struct adit_list askers; /* with anything waiting or under way */
    unsigned running;        /* of all of them */
};

/* A look-up's place; it is part of the look-up. */
struct adit_resolve_place {
    struct adit_list node; /* while it waits */
    struct adit_asker *asker;
};

void adit_resolve_queue_init(struct adit_resolve_queue *queue);

/* `id` 0 is nobody in particular, who may have all of them. NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_resolve_queue_add(struct adit_resolve_queue *queue, uint64_t id,
                                                   struct adit_resolve_place *place);
/* The next one that may begin, which is under way from now on; NULL: none may. */
struct adit_resolve_place *adit_resolve_queue_take(struct adit_resolve_queue *queue);
/* Whether there is one. */
bool adit_resolve_queue_is_ready(const struct adit_resolve_queue *queue);
/* One that was taken has ended. */
void adit_resolve_queue_ended(struct adit_resolve_queue *queue, struct adit_resolve_place *place);

/* Whether it waits still. */
bool adit_resolve_place_waits(const struct adit_resolve_place *place);
/* One that waits leaves. */
void adit_resolve_place_leave(struct adit_resolve_place *place);
/* Any one that waits, which leaves; NULL: there is none. */
struct adit_resolve_place *adit_resolve_queue_drop(struct adit_resolve_queue *queue);

#endif
