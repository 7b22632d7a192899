/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zlib@openssh.com: zlib's format (RFC 4253, 6.2), begun after the login only; and
 * zlib, which begins with the first keys and is for old servers. A context goes
 * from packet to packet and is new after each key exchange.
 */
#ifndef ADIT_TRANSPORT_COMPRESS_H
#define ADIT_TRANSPORT_COMPRESS_H

#include "transport/buffers.h"

#define ADIT_COMPRESSION_ZLIB "zlib@openssh.com"

struct adit_deflate;
struct adit_inflate;

/* The most that a payload of `len` bytes may grow by, when it cannot be made smaller. */
static inline size_t adit_deflate_growth(size_t len)
{
    return len / 64 + 64;
}

ADIT_MUST_USE enum adit_err adit_deflate_new(struct adit_deflate **out);
void adit_deflate_free(struct adit_deflate *d);
/* Replaces the payload, behind which there is room to grow. NO_MEMORY, LIMIT. */
ADIT_MUST_USE enum adit_err adit_deflate_payload(struct adit_deflate *d,
                                                 struct adit_buffers *buffers, uint8_t *payload,
                                                 size_t *len);

ADIT_MUST_USE enum adit_err adit_inflate_new(struct adit_inflate **out);
void adit_inflate_free(struct adit_inflate *d);
/*
 * Makes *payload stand for what it was before, in the shared area, until the next
 * one comes. LIMIT: it is larger than any payload may be; MALFORMED; NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_inflate_payload(struct adit_inflate *d,
                                                 struct adit_buffers *buffers,
                                                 struct adit_span *payload);
/* What came last is data that is told of: it stays until ADIT_TOLD_MAX bytes are kept. */
void adit_inflate_keep(struct adit_buffers *buffers);

#endif
