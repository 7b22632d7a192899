/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include "base/memory.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum adit_err adit_base64_encode(struct adit_span bytes, struct adit_buffer *out)
{
    uint8_t *room;
    enum adit_err err;

    if (bytes.len > SIZE_MAX / 4 * 3 - 4)
        return ADIT_ERR_LIMIT;
    err = adit_buffer_extend(out, (bytes.len + 2) / 3 * 4, &room);
    if (err)
        return err;
    for (size_t i = 0; i < bytes.len; i += 3) {
        const size_t left = bytes.len - i;
        const uint32_t group = (uint32_t)bytes.data[i] << 16 |
                               (left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0) |
                               (left > 2 ? bytes.data[i + 2] : 0);

        *room++ = (uint8_t)alphabet[group >> 18];
        *room++ = (uint8_t)alphabet[group >> 12 & 63];
        *room++ = left > 1 ? (uint8_t)alphabet[group >> 6 & 63] : '=';
        *room++ = left > 2 ? (uint8_t)alphabet[group & 63] : '=';
    }
    return ADIT_OK;
}

/* Without a table and without branches on the letter: private keys pass here. */
static uint32_t value_of(uint8_t c, uint32_t *bad)
{
    const uint32_t upper = ((uint32_t)('A' - 1 - c) & (uint32_t)(c - 'Z' - 1)) >> 31;
    const uint32_t lower = ((uint32_t)('a' - 1 - c) & (uint32_t)(c - 'z' - 1)) >> 31;
    const uint32_t digit = ((uint32_t)('0' - 1 - c) & (uint32_t)(c - '9' - 1)) >> 31;
    const uint32_t plus = (((uint32_t)c ^ '+') - 1) >> 31;
    const uint32_t slash = (((uint32_t)c ^ '/') - 1) >> 31;

    *bad |= 1 ^ (upper | lower | digit | plus | slash);
    return ((0U - upper) & (uint32_t)(c - 'A')) | ((0U - lower) & (uint32_t)(c - 'a' + 26)) |
           ((0U - digit) & (uint32_t)(c - '0' + 52)) | ((0U - plus) & 62) | ((0U - slash) & 63);
}

enum adit_err adit_base64_decode(struct adit_span text, struct adit_buffer *out)
{
    const size_t start = out->len;
    uint8_t *room;
    uint32_t group = 0;
    uint32_t bad = 0;
    size_t letters = 0;
    size_t padding = 0;
    size_t filled = 0;
    const enum adit_err err = adit_buffer_extend(out, text.len / 4 * 3 + 3, &room);

    if (err)
        return err;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.data[i];

        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '=') {
            padding++;
            continue;
        }
        bad |= padding != 0;
        group = group << 6 | value_of(c, &bad);
        if (++letters % 4 == 0) {
            room[filled++] = (uint8_t)(group >> 16);
            room[filled++] = (uint8_t)(group >> 8);
            room[filled++] = (uint8_t)group;
            group = 0;
        }
    }
    if (letters % 4 == 3) {
        room[filled++] = (uint8_t)(group >> 10);
        room[filled++] = (uint8_t)(group >> 2);
        bad |= group & 3;
        bad |= padding != 1;
    } else if (letters % 4 == 2) {
        room[filled++] = (uint8_t)(group >> 4);
        bad |= group & 15;
        bad |= padding != 2;
    } else {
        bad |= letters % 4 == 1 || padding != 0;
    }
    if (bad) {
        if (out->secret)
            adit_wipe(room, filled);
        out->len = start;
        return ADIT_ERR_FORMAT;
    }
    out->len = start + filled;
    return ADIT_OK;
}
