/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/output.h"

size_t adit_output_left(const struct adit_output *o)
{
    return o->last ? o->last->capacity - o->last->tail : 0;
}

uint8_t *adit_output_room(struct adit_output *o, struct adit_buffers *buffers, size_t len)
{
    if (len > adit_output_left(o)) {
        struct adit_block *block = adit_block_take(buffers, len);

        if (block == NULL)
            return NULL;
        if (o->last)
            o->last->next = block;
        else
            o->first = block;
        o->last = block;
    }
    return o->last->bytes + o->last->tail;
}

void adit_output_filled(struct adit_output *o, size_t len)
{
    o->last->tail += len;
    o->size += len;
}

size_t adit_output_spans(const struct adit_output *o, struct adit_span *spans, size_t max)
{
    size_t count = 0;

    for (const struct adit_block *b = o->first; b && count < max; b = b->next)
        if (b->tail > b->head)
            spans[count++] = (struct adit_span){ b->bytes + b->head, b->tail - b->head };
    return count;
}

void adit_output_sent(struct adit_output *o, struct adit_buffers *buffers, size_t len)
{
    o->size -= len;
    while (o->first) {
        struct adit_block *block = o->first;
        const size_t here = block->tail - block->head;

        if (len < here) {
            block->head += len;
            return;
        }
        len -= here;
        o->first = block->next;
        if (o->first == NULL)
            o->last = NULL;
        adit_block_give_back(buffers, block);
    }
}

void adit_output_clear(struct adit_output *o, struct adit_buffers *buffers)
{
    adit_output_sent(o, buffers, o->size);
}
