/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chain of blocks. Arrays double when their count reaches a power of two, so
 * no capacity has to be kept beside them; what they leave behind is less than
 * what they have.
 */
#include "config/pool.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdlib.h>

struct adit_config_block {
    struct adit_config_block *before;
    size_t size; /* of the data */
    max_align_t data[];
};

void adit_config_pool_clear(struct adit_config_pool *pool)
{
    while (pool->last) {
        struct adit_config_block *block = pool->last;

        pool->last = block->before;
        adit_wipe(block->data, block->size); /* ProxyURL may have a password */
        free(block);
    }
}

void *adit_config_pool_new(struct adit_config_pool *pool, size_t size)
{
    struct adit_config_block *block;

    if (size > SIZE_MAX - sizeof *block)
        return NULL;
    block = adit_new(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->before = pool->last;
    block->size = size;
    pool->last = block;
    return block->data;
}

char *adit_config_pool_text(struct adit_config_pool *pool, struct adit_span text)
{
    char *copy = adit_config_pool_new(pool, text.len + 1);

    if (copy && text.len)
        memcpy(copy, text.data, text.len);
    return copy;
}

void *adit_config_pool_push(struct adit_config_pool *pool, void *array, size_t *count, size_t size)
{
    uint8_t *items;

    /* A pointer to any kind of pointer: read and written as bytes. */
    memcpy(&items, array, sizeof items);
    if ((*count & (*count - 1)) == 0) {
        uint8_t *larger = adit_config_pool_new(pool, (*count ? *count * 2 : 1) * size);

        if (larger == NULL)
            return NULL;
        if (*count)
            memcpy(larger, items, *count * size);
        items = larger;
        memcpy(array, &items, sizeof items);
    }
    return items + (*count)++ * size;
}

enum adit_err adit_config_list_add(struct adit_config_pool *pool, struct adit_config_list *list,
                                   struct adit_span text)
{
    const char *copy = adit_config_pool_text(pool, text);
    const char **place;

    if (copy == NULL)
        return ADIT_ERR_NO_MEMORY;
    place = adit_config_pool_push(pool, &list->items, &list->count, sizeof *place);
    if (place == NULL)
        return ADIT_ERR_NO_MEMORY;
    *place = copy;
    return ADIT_OK;
}
