/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Appends RFC 4251 values to a buffer. The first write that does not fit fails
 * the writer for good and keeps the cause; ask adit_writer_finish() once.
 */
#ifndef ADIT_WIRE_WRITER_H
#define ADIT_WIRE_WRITER_H

#include "base/buffer.h"

struct adit_writer {
    struct adit_buffer *out;
    enum adit_err err;
};

static inline struct adit_writer adit_writer_init(struct adit_buffer *out)
{
    return (struct adit_writer){ out, ADIT_OK };
}

void adit_write_byte(struct adit_writer *w, uint8_t value);
void adit_write_bool(struct adit_writer *w, bool value);
void adit_write_uint32(struct adit_writer *w, uint32_t value);
void adit_write_uint64(struct adit_writer *w, uint64_t value);
/* The bytes alone, without a length. */
void adit_write_bytes(struct adit_writer *w, struct adit_span bytes);
void adit_write_string(struct adit_writer *w, struct adit_span bytes);
void adit_write_text(struct adit_writer *w, const char *text);
/* An "mpint" from a magnitude, big-endian; leading zero bytes are dropped. */
void adit_write_mpint(struct adit_writer *w, struct adit_span magnitude);

ADIT_MUST_USE static inline enum adit_err adit_writer_finish(const struct adit_writer *w)
{
    return w->err;
}

/* Stores big-endian at `bytes`, which has room for 4. */
static inline void adit_put_uint32(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 24);
    bytes[1] = (uint8_t)(value >> 16);
    bytes[2] = (uint8_t)(value >> 8);
    bytes[3] = (uint8_t)value;
}

static inline uint32_t adit_get_uint32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

#endif
