/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/writer.h"

#include "base/span.h"

static uint8_t *extend(struct adit_writer *w, size_t len)
{
    uint8_t *room = NULL;

    if (w->err == ADIT_OK)
        w->err = adit_buffer_extend(w->out, len, &room);
    return room;
}

void adit_write_byte(struct adit_writer *w, uint8_t value)
{
    uint8_t *room = extend(w, 1);

    if (room)
        room[0] = value;
}

void adit_write_bool(struct adit_writer *w, bool value)
{
    adit_write_byte(w, value ? 1 : 0);
}

void adit_write_uint32(struct adit_writer *w, uint32_t value)
{
    uint8_t *room = extend(w, 4);

    if (room)
        adit_put_uint32(room, value);
}

void adit_write_uint64(struct adit_writer *w, uint64_t value)
{
    adit_write_uint32(w, (uint32_t)(value >> 32));
    adit_write_uint32(w, (uint32_t)value);
}

void adit_write_bytes(struct adit_writer *w, struct adit_span bytes)
{
    uint8_t *room = extend(w, bytes.len);

    if (room && bytes.len)
        memcpy(room, bytes.data, bytes.len);
}

void adit_write_string(struct adit_writer *w, struct adit_span bytes)
{
    if (bytes.len > UINT32_MAX) {
        w->err = w->err ? w->err : ADIT_ERR_LIMIT;
        return;
    }
    adit_write_uint32(w, (uint32_t)bytes.len);
    adit_write_bytes(w, bytes);
}

void adit_write_text(struct adit_writer *w, const char *text)
{
    adit_write_string(w, adit_span_text(text));
}

void adit_write_mpint(struct adit_writer *w, struct adit_span magnitude)
{
    while (magnitude.len && magnitude.data[0] == 0) {
        magnitude.data++;
        magnitude.len--;
    }
    if (magnitude.len && magnitude.data[0] & 0x80) {
        adit_write_uint32(w, (uint32_t)magnitude.len + 1);
        adit_write_byte(w, 0);
        adit_write_bytes(w, magnitude);
        return;
    }
    adit_write_string(w, magnitude);
}
