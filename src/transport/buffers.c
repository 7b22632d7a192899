/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large blocks are kept for the next batch, a few of them; small ones come from
 * and go back to the heap. So ten thousand sessions that each owe their peer a
 * few bytes hold a few small blocks, and a bulk transfer allocates nothing.
 */
#include "transport/buffers.h"

#include "base/memory.h"

#include <stdlib.h>

enum { KEPT_LARGE = 8 };

enum adit_err adit_buffers_new(struct adit_buffers **out)
{
    struct adit_buffers *b = adit_new(sizeof *b);

    *out = NULL;
    if (b == NULL)
        return ADIT_ERR_NO_MEMORY;
    b->scratch = adit_buffer_init(ADIT_MESSAGE_MAX);
    b->input = malloc(ADIT_INPUT_SIZE);
    if (b->input == NULL) {
        free(b);
        return ADIT_ERR_NO_MEMORY;
    }
    *out = b;
    return ADIT_OK;
}

void adit_buffers_free(struct adit_buffers *b)
{
    if (b == NULL)
        return;
    while (b->free_large) {
        struct adit_block *block = b->free_large;

        b->free_large = block->next;
        free(block);
    }
    adit_buffer_clear(&b->scratch);
    free(b->input);
    free(b->unpacked);
    free(b);
}

struct adit_block *adit_block_take(struct adit_buffers *buffers, size_t need)
{
    const size_t capacity = need <= ADIT_BLOCK_SMALL   ? ADIT_BLOCK_SMALL
                            : need <= ADIT_BLOCK_LARGE ? ADIT_BLOCK_LARGE
                                                       : need;
    struct adit_block *block = buffers->free_large;

    if (capacity == ADIT_BLOCK_LARGE && block) {
        buffers->free_large = block->next;
        buffers->free_large_count--;
    } else {
        block = malloc(sizeof *block + capacity);
        if (block == NULL)
            return NULL;
        block->capacity = capacity;
    }
    block->next = NULL;
    block->head = 0;
    block->tail = 0;
    return block;
}

void adit_block_give_back(struct adit_buffers *buffers, struct adit_block *block)
{
    if (block->capacity != ADIT_BLOCK_LARGE || buffers->free_large_count == KEPT_LARGE) {
        free(block);
        return;
    }
    block->next = buffers->free_large;
    buffers->free_large = block;
    buffers->free_large_count++;
}
