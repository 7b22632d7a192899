/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/backlog.h"

#include <stdlib.h>
#include <string.h>

/* A stalled reader of a few bytes must not cost a big block. */
enum { BLOCK_MIN = 4096 - 32 };

struct adit_backlog_block {
    struct adit_backlog_block *next;
    size_t start;
    size_t end;
    size_t capacity;
    uint8_t data[];
};

static struct adit_backlog_block *block_new(size_t len)
{
    const size_t capacity = len > BLOCK_MIN ? len : BLOCK_MIN;
    struct adit_backlog_block *block = malloc(sizeof *block + capacity);

    if (block)
        *block = (struct adit_backlog_block){ .capacity = capacity };
    return block;
}

enum adit_err adit_backlog_append(struct adit_backlog *b, struct adit_span bytes)
{
    const size_t spare = b->last ? b->last->capacity - b->last->end : 0;
    const size_t here = bytes.len < spare ? bytes.len : spare;
    const size_t rest = bytes.len - here;
    struct adit_backlog_block *block = NULL;

    if (rest) {
        block = block_new(rest);
        if (block == NULL)
            return ADIT_ERR_NO_MEMORY;
        memcpy(block->data, bytes.data + here, rest);
        block->end = rest;
    }
    if (here) {
        memcpy(b->last->data + b->last->end, bytes.data, here);
        b->last->end += here;
    }
    if (block) {
        if (b->last)
            b->last->next = block;
        else
            b->first = block;
        b->last = block;
    }
    b->size += bytes.len;
    return ADIT_OK;
}

size_t adit_backlog_pieces(const struct adit_backlog *b, struct iovec *pieces, size_t max)
{
    struct adit_backlog_block *block = b->first;
    size_t count = 0;

    for (; block && count < max; block = block->next)
        pieces[count++] = (struct iovec){ block->data + block->start, block->end - block->start };
    return count;
}

void adit_backlog_drop(struct adit_backlog *b, size_t len)
{
    b->size -= len;
    while (len) {
        struct adit_backlog_block *block = b->first;
        const size_t here = block->end - block->start;

        if (len < here) {
            block->start += len;
            return;
        }
        len -= here;
        b->first = block->next;
        free(block);
    }
    if (b->first == NULL)
        b->last = NULL;
}

void adit_backlog_clear(struct adit_backlog *b)
{
    adit_backlog_drop(b, b->size);
}
