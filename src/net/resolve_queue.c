/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/resolve_queue.h"

#include "base/memory.h"

#include <stdlib.h>

/* Lives as long as any of its look-ups waits or is under way. */
struct adit_asker {
    struct adit_list node;
    uint64_t id;
    struct adit_list waiting;
    unsigned running;
};

static struct adit_asker *asker_of(struct adit_list *node)
{
    return ADIT_LIST_ENTRY(node, struct adit_asker, node);
}

static struct adit_resolve_place *place_of(struct adit_list *node)
{
    return ADIT_LIST_ENTRY(node, struct adit_resolve_place, node);
}

static struct adit_asker *find_or_add(struct adit_resolve_queue *queue, uint64_t id)
{
    struct adit_asker *asker;

    for (struct adit_list *node = queue->askers.next; node != &queue->askers; node = node->next)
        if (asker_of(node)->id == id)
            return asker_of(node);
    asker = adit_new(sizeof *asker);
    if (asker == NULL)
        return NULL;
    asker->id = id;
    adit_list_init(&asker->node);
    adit_list_init(&asker->waiting);
    adit_list_append(&queue->askers, &asker->node);
    return asker;
}

static void forget_if_idle(struct adit_asker *asker)
{
    if (asker->running > 0 || !adit_list_is_empty(&asker->waiting))
        return;
    adit_list_remove(&asker->node);
    free(asker);
}

static bool may_begin(const struct adit_resolve_queue *queue, const struct adit_asker *asker)
{
    const unsigned unused = ADIT_LOOK_UPS_MAX - queue->running;

    return !adit_list_is_empty(&asker->waiting) &&
           (asker->id == 0 ? unused > 0 : asker->running < unused);
}

/* Of several with as few, the one whose last turn is longest ago. */
static struct adit_asker *next_asker(const struct adit_resolve_queue *queue)
{
    struct adit_asker *next = NULL;

    for (struct adit_list *node = queue->askers.next; node != &queue->askers; node = node->next) {
        struct adit_asker *asker = asker_of(node);

        if (may_begin(queue, asker) && (next == NULL || asker->running < next->running))
            next = asker;
    }
    return next;
}

void adit_resolve_queue_init(struct adit_resolve_queue *queue)
{
    adit_list_init(&queue->askers);
    queue->running = 0;
}

enum adit_err adit_resolve_queue_add(struct adit_resolve_queue *queue, uint64_t id,
                                     struct adit_resolve_place *place)
{
    struct adit_asker *asker = find_or_add(queue, id);

    adit_list_init(&place->node);
    place->asker = asker;
    if (asker == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_list_append(&asker->waiting, &place->node);
    return ADIT_OK;
}

struct adit_resolve_place *adit_resolve_queue_take(struct adit_resolve_queue *queue)
{
    struct adit_asker *asker = next_asker(queue);

    if (asker == NULL)
        return NULL;
    asker->running++;
    queue->running++;
    adit_list_remove(&asker->node);
    adit_list_append(&queue->askers, &asker->node);
    return place_of(adit_list_take_first(&asker->waiting));
}

bool adit_resolve_queue_is_ready(const struct adit_resolve_queue *queue)
{
    return next_asker(queue) != NULL;
}

void adit_resolve_queue_ended(struct adit_resolve_queue *queue, struct adit_resolve_place *place)
{
    queue->running--;
    place->asker->running--;
    forget_if_idle(place->asker);
    place->asker = NULL;
}

bool adit_resolve_place_waits(const struct adit_resolve_place *place)
{
    return !adit_list_is_empty(&place->node);
}

void adit_resolve_place_leave(struct adit_resolve_place *place)
{
    adit_list_remove(&place->node);
    forget_if_idle(place->asker);
    place->asker = NULL;
}

struct adit_resolve_place *adit_resolve_queue_drop(struct adit_resolve_queue *queue)
{
    for (struct adit_list *node = queue->askers.next; node != &queue->askers; node = node->next) {
        struct adit_resolve_place *place;

        if (adit_list_is_empty(&asker_of(node)->waiting))
            continue;
        place = place_of(asker_of(node)->waiting.next);
        adit_resolve_place_leave(place);
        return place;
    }
    return NULL;
}
