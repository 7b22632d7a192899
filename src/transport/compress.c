/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes out is bounded before it is made: zlib is given room for one
 * payload and no more, so a bomb costs what a packet costs.
 *
 * The data of several packets is handed on with one call, so what is told of must
 * not be overwritten by the packets after it: the area goes round, and is as large
 * as all that is told of at once, and two payloads. All else is read before the
 * next packet is opened, and leaves its place to it. What goes out is made behind.
 */
#include "transport/compress.h"

#include "base/memory.h"
#include "base/span.h"
#include "transport/transport.h"

#include <stdlib.h>
#include <zlib.h>

enum {
    HEADS = 1024, /* of the messages that the data came in */
    IN_SIZE = ADIT_TOLD_MAX + HEADS + (size_t)2 * ADIT_PACKET_LENGTH_MAX,
    AREA_SIZE = IN_SIZE + ADIT_PACKET_LENGTH_MAX,
};

struct adit_deflate {
    z_stream z;
};

struct adit_inflate {
    z_stream z;
};

/* The area is made by the first session of the loop that needs it. */
static uint8_t *area_of(struct adit_buffers *buffers)
{
    if (buffers->unpacked == NULL)
        buffers->unpacked = malloc(AREA_SIZE);
    return buffers->unpacked;
}

/* zlib does not write to it: its struct is older than const. */
static Bytef *readable(const uint8_t *bytes)
{
    const union {
        const uint8_t *lent;
        Bytef *taken;
    } both = { bytes };

    return both.taken;
}

/* ---- out ---- */

enum adit_err adit_deflate_new(struct adit_deflate **out)
{
    struct adit_deflate *d = adit_new(sizeof *d);

    *out = NULL;
    if (d == NULL || deflateInit(&d->z, Z_DEFAULT_COMPRESSION) != Z_OK) {
        free(d);
        return ADIT_ERR_NO_MEMORY;
    }
    *out = d;
    return ADIT_OK;
}

void adit_deflate_free(struct adit_deflate *d)
{
    if (d)
        (void)deflateEnd(&d->z);
    free(d);
}

enum adit_err adit_deflate_payload(struct adit_deflate *d, struct adit_buffers *buffers,
                                   uint8_t *payload, size_t *len)
{
    const size_t room = *len + adit_deflate_growth(*len);
    uint8_t *area = area_of(buffers);

    if (area == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (room > ADIT_PACKET_LENGTH_MAX)
        return ADIT_ERR_LIMIT;
    area += IN_SIZE;
    d->z.next_in = payload;
    d->z.avail_in = (uInt)*len;
    d->z.next_out = area;
    d->z.avail_out = (uInt)room;
    /* The peer must be able to take the whole of it out of this packet. */
    if (deflate(&d->z, Z_PARTIAL_FLUSH) != Z_OK || d->z.avail_in || d->z.avail_out == 0)
        return ADIT_ERR_LIMIT;
    *len = room - d->z.avail_out;
    memcpy(payload, area, *len);
    return ADIT_OK;
}

/* ---- in ---- */

enum adit_err adit_inflate_new(struct adit_inflate **out)
{
    struct adit_inflate *d = adit_new(sizeof *d);

    *out = NULL;
    if (d == NULL || inflateInit(&d->z) != Z_OK) {
        free(d);
        return ADIT_ERR_NO_MEMORY;
    }
    *out = d;
    return ADIT_OK;
}

void adit_inflate_free(struct adit_inflate *d)
{
    if (d)
        (void)inflateEnd(&d->z);
    free(d);
}

enum adit_err adit_inflate_payload(struct adit_inflate *d, struct adit_buffers *buffers,
                                   struct adit_span *payload)
{
    uint8_t *area = area_of(buffers);
    size_t len;
    int status;

    if (area == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (buffers->unpacked_at > IN_SIZE - ADIT_PACKET_LENGTH_MAX)
        buffers->unpacked_at = 0;
    area += buffers->unpacked_at;
    d->z.next_in = readable(payload->data);
    d->z.avail_in = (uInt)payload->len;
    d->z.next_out = area;
    d->z.avail_out = ADIT_PACKET_LENGTH_MAX;
    status = inflate(&d->z, Z_PARTIAL_FLUSH);
    /* BUF_ERROR: nothing came out, or it has no room; the end of a stream is no part of a session. */
    if (status == Z_MEM_ERROR)
        return ADIT_ERR_NO_MEMORY;
    if (d->z.avail_out == 0)
        return ADIT_ERR_LIMIT;
    len = ADIT_PACKET_LENGTH_MAX - d->z.avail_out;
    if (status != Z_OK || d->z.avail_in || len == 0)
        return ADIT_ERR_MALFORMED;
    buffers->unpacked_len = len;
    *payload = adit_span_of(area, len);
    return ADIT_OK;
}

void adit_inflate_keep(struct adit_buffers *buffers)
{
    buffers->unpacked_at += buffers->unpacked_len;
    buffers->unpacked_len = 0;
}
