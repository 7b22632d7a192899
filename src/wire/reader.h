/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks one payload and cannot leave it. The first read that does not fit fails
 * the reader for good: every later read yields zero or an empty span. A parser
 * reads all its fields, then asks adit_reader_finish() once.
 */
#ifndef ADIT_WIRE_READER_H
#define ADIT_WIRE_READER_H

#include "adit/adit.h"

struct adit_reader {
    const uint8_t *next;
    size_t left;
    bool failed;
};

static inline struct adit_reader adit_reader_init(struct adit_span bytes)
{
    return (struct adit_reader){ bytes.data, bytes.len, false };
}

uint8_t adit_read_byte(struct adit_reader *r);
/* RFC 4251, 5: any value but 0 is true. */
bool adit_read_bool(struct adit_reader *r);
uint32_t adit_read_uint32(struct adit_reader *r);
uint64_t adit_read_uint64(struct adit_reader *r);
/* Exactly `len` bytes, borrowed. */
struct adit_span adit_read_bytes(struct adit_reader *r, size_t len);
/* An RFC 4251 "string": a uint32 length and that many bytes, borrowed. */
struct adit_span adit_read_string(struct adit_reader *r);
/*
 * An RFC 4251 "mpint" that is not negative, as its magnitude without leading
 * zero bytes. A negative or not minimal encoding fails the reader.
 */
struct adit_span adit_read_mpint(struct adit_reader *r);
/* A "name-list" (RFC 4251, 5): US-ASCII, no empty name. Fails the reader otherwise. */
struct adit_span adit_read_namelist(struct adit_reader *r);
/* All that is left, borrowed. */
struct adit_span adit_read_rest(struct adit_reader *r);
/* Fails the reader: for a value that the caller finds out of range. */
void adit_reader_fail(struct adit_reader *r);

/* Nothing failed so far. */
static inline bool adit_reader_ok(const struct adit_reader *r)
{
    return !r->failed;
}

/* Nothing failed and nothing is left. */
static inline bool adit_reader_finish(const struct adit_reader *r)
{
    return !r->failed && r->left == 0;
}

#endif
