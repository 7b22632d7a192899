/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growth doubles, so appending is linear in all. There is no realloc: a secret
 * must be wiped where it stood before that memory goes back.
 */
#include "base/buffer.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdlib.h>

enum { SMALLEST = 64 };

static enum adit_err grow(struct adit_buffer *b, size_t need)
{
    size_t capacity = b->capacity ? b->capacity : SMALLEST;
    uint8_t *data;

    while (capacity < need)
        capacity = capacity > b->limit / 2 ? b->limit : capacity * 2;
    data = malloc(capacity);
    if (data == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (b->data)
        memcpy(data, b->data, b->len);
    if (b->secret && b->data)
        adit_wipe(b->data, b->capacity);
    free(b->data);
    b->data = data;
    b->capacity = capacity;
    return ADIT_OK;
}

void adit_buffer_empty(struct adit_buffer *b)
{
    if (b->secret && b->data)
        adit_wipe(b->data, b->capacity);
    b->len = 0;
}

void adit_buffer_clear(struct adit_buffer *b)
{
    adit_buffer_empty(b);
    free(b->data);
    b->data = NULL;
    b->capacity = 0;
}

enum adit_err adit_buffer_extend(struct adit_buffer *b, size_t len, uint8_t **out)
{
    *out = NULL;
    if (len > b->limit - b->len)
        return ADIT_ERR_LIMIT;
    if (len > b->capacity - b->len || b->data == NULL) {
        const enum adit_err err = grow(b, b->len + len);
        if (err)
            return err;
    }
    *out = b->data + b->len;
    b->len += len;
    return ADIT_OK;
}

enum adit_err adit_buffer_append(struct adit_buffer *b, struct adit_span bytes)
{
    uint8_t *room;
    const enum adit_err err = adit_buffer_extend(b, bytes.len, &room);

    if (err)
        return err;
    if (bytes.len)
        memcpy(room, bytes.data, bytes.len);
    return ADIT_OK;
}
