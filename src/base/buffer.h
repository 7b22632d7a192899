/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing run of bytes with a limit given at birth. All zero is a valid,
 * empty buffer that may not grow. A secret buffer is wiped when it grows, is
 * emptied and is cleared.
 */
#ifndef ADIT_BASE_BUFFER_H
#define ADIT_BASE_BUFFER_H

#include "adit/err.h"

struct adit_buffer {
    uint8_t *data;
    size_t len;
    size_t capacity;
    size_t limit;
    bool secret;
};

static inline struct adit_buffer adit_buffer_init(size_t limit)
{
    return (struct adit_buffer){ .limit = limit };
}

static inline struct adit_buffer adit_buffer_init_secret(size_t limit)
{
    return (struct adit_buffer){ .limit = limit, .secret = true };
}

/* Frees the bytes; the limit stays, so the buffer may be used again. */
void adit_buffer_clear(struct adit_buffer *b);

/* Forgets the bytes and keeps the memory. */
void adit_buffer_empty(struct adit_buffer *b);

/* Room for `len` more bytes at `*out`, counted as filled. LIMIT or NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_buffer_extend(struct adit_buffer *b, size_t len, uint8_t **out);

/* LIMIT or NO_MEMORY; then the buffer is as it was. */
ADIT_MUST_USE enum adit_err adit_buffer_append(struct adit_buffer *b, struct adit_span bytes);

static inline struct adit_span adit_buffer_span(const struct adit_buffer *b)
{
    return (struct adit_span){ b->data, b->len };
}

#endif
