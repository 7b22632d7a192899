/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/reader.h"

static const uint8_t *take(struct adit_reader *r, size_t len)
{
    if (r->failed || len > r->left) {
        adit_reader_fail(r);
        return NULL;
    }
    if (len == 0)
        return r->next; /* which may be NULL, and that may not be counted from */
    r->next += len;
    r->left -= len;
    return r->next - len;
}

void adit_reader_fail(struct adit_reader *r)
{
    r->failed = true;
    r->left = 0;
}

uint8_t adit_read_byte(struct adit_reader *r)
{
    const uint8_t *bytes = take(r, 1);

    return bytes ? bytes[0] : 0;
}

bool adit_read_bool(struct adit_reader *r)
{
    return adit_read_byte(r) != 0;
}

uint32_t adit_read_uint32(struct adit_reader *r)
{
    const uint8_t *b = take(r, 4);

    return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3] : 0;
}

uint64_t adit_read_uint64(struct adit_reader *r)
{
    const uint64_t high = adit_read_uint32(r);

    return high << 32 | adit_read_uint32(r);
}

struct adit_span adit_read_bytes(struct adit_reader *r, size_t len)
{
    const uint8_t *bytes = take(r, len);

    return bytes ? (struct adit_span){ bytes, len } : ADIT_SPAN_EMPTY;
}

struct adit_span adit_read_string(struct adit_reader *r)
{
    const uint32_t len = adit_read_uint32(r);

    return adit_read_bytes(r, len);
}

struct adit_span adit_read_mpint(struct adit_reader *r)
{
    struct adit_span n = adit_read_string(r);

    if (n.len == 0)
        return n;
    if (n.data[0] & 0x80 || (n.data[0] == 0 && (n.len == 1 || !(n.data[1] & 0x80)))) {
        adit_reader_fail(r);
        return ADIT_SPAN_EMPTY;
    }
    if (n.data[0] == 0) {
        n.data++;
        n.len--;
    }
    return n;
}

struct adit_span adit_read_namelist(struct adit_reader *r)
{
    const struct adit_span list = adit_read_string(r);
    bool name_open = false;

    for (size_t i = 0; i < list.len; i++) {
        const uint8_t c = list.data[i];
        const bool is_comma = c == ',';

        if (c <= 0x20 || c >= 0x7f || (is_comma && !name_open)) {
            adit_reader_fail(r);
            return ADIT_SPAN_EMPTY;
        }
        name_open = !is_comma;
    }
    if (list.len && !name_open) {
        adit_reader_fail(r);
        return ADIT_SPAN_EMPTY;
    }
    return list;
}

struct adit_span adit_read_rest(struct adit_reader *r)
{
    return adit_read_bytes(r, r->left);
}
