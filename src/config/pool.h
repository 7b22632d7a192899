/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of one configuration: every text and array that its struct points
 * to, freed at once. All zero is an empty pool.
 */
#ifndef ADIT_CONFIG_POOL_H
#define ADIT_CONFIG_POOL_H

#include "config/files.h"

struct adit_config_pool {
    struct adit_config_block *last;
};

void adit_config_pool_clear(struct adit_config_pool *pool);

/* A zeroed block, or NULL. */
void *adit_config_pool_new(struct adit_config_pool *pool, size_t size);

/* A NUL-terminated copy, or NULL. */
char *adit_config_pool_text(struct adit_config_pool *pool, struct adit_span text);

/*
 * Room for one more element at the end of an array of `*count` elements of
 * `size` bytes; `array` points to the array's pointer. Counts the element and
 * gives its zeroed place, or NULL. What was outgrown stays in the pool.
 */
void *adit_config_pool_push(struct adit_config_pool *pool, void *array, size_t *count, size_t size);

/* Puts a copy of the text at the end. NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_config_list_add(struct adit_config_pool *pool,
                                                 struct adit_config_list *list,
                                                 struct adit_span text);

#endif
