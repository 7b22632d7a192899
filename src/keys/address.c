/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/address.h"

#include "base/span.h"
#include "base/text.h"
#include "keys/lines.h"

#define NO_GAP SIZE_MAX

enum { V4_SIZE = 4, V6_SIZE = 16 };

/* Takes a decimal number without leading zeros, at most 255, off the text. */
static bool take_decimal(struct adit_span *text, uint8_t *out)
{
    unsigned value = 0;
    size_t len = 0;

    while (len < text->len && len < 3 && text->data[len] >= '0' && text->data[len] <= '9')
        value = value * 10 + (unsigned)(text->data[len++] - '0');
    if (len == 0 || value > UINT8_MAX || (len > 1 && text->data[0] == '0'))
        return false;
    *text = adit_span_of(text->data + len, text->len - len);
    *out = (uint8_t)value;
    return true;
}

static bool take_byte(struct adit_span *text, uint8_t c)
{
    if (text->len == 0 || text->data[0] != c)
        return false;
    *text = adit_span_of(text->data + 1, text->len - 1);
    return true;
}

static bool parse_v4(struct adit_span text, uint8_t out[static V4_SIZE])
{
    for (int i = 0; i < V4_SIZE; i++)
        if ((i && !take_byte(&text, '.')) || !take_decimal(&text, &out[i]))
            return false;
    return text.len == 0;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Takes one to four hexadecimal digits off the text. */
static bool take_group(struct adit_span *text, uint8_t out[static 2])
{
    unsigned value = 0;
    size_t len = 0;

    while (len < text->len && len < 4 && hex_value(text->data[len]) >= 0)
        value = value << 4 | (unsigned)hex_value(text->data[len++]);
    if (len == 0)
        return false;
    *text = adit_span_of(text->data + len, text->len - len);
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return true;
}

/* Moves what stands behind the gap to the right end, and fills the gap with zeros. */
static bool close_gap(uint8_t out[static V6_SIZE], size_t len, size_t gap)
{
    if (gap == NO_GAP)
        return len == V6_SIZE;
    if (len == V6_SIZE)
        return false; /* "::" is one group at least */
    memmove(out + V6_SIZE - (len - gap), out + gap, len - gap);
    memset(out + gap, 0, V6_SIZE - len);
    return true;
}

/* Groups go into `out` from the left as if "::" were not there; its place is remembered. */
static bool parse_v6(struct adit_span text, uint8_t out[static V6_SIZE])
{
    size_t len = 0;
    size_t gap = NO_GAP;

    if (adit_line_begins(text, "::")) {
        gap = 0;
        text = adit_span_of(text.data + 2, text.len - 2);
    }
    while (text.len) {
        if (len + V4_SIZE <= V6_SIZE && parse_v4(text, out + len))
            return close_gap(out, len + V4_SIZE, gap);
        if (len == V6_SIZE || !take_group(&text, out + len))
            return false;
        len += 2;
        if (text.len == 0)
            break;
        if (!take_byte(&text, ':') || text.len == 0)
            return false; /* a colon at the end stands for nothing */
        if (take_byte(&text, ':')) {
            if (gap != NO_GAP)
                return false;
            gap = len;
        }
    }
    return close_gap(out, len, gap);
}

bool adit_address_parse(struct adit_span text, struct adit_address *out)
{
    *out = (struct adit_address){ .len = V4_SIZE };
    if (text.len == 0)
        return false;
    if (memchr(text.data, ':', text.len) == NULL)
        return parse_v4(text, out->bytes);
    out->len = V6_SIZE;
    return parse_v6(text, out->bytes);
}

/* Equal in the first `bits` bits. */
static bool prefix_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    const unsigned whole = bits / 8;
    const unsigned left = bits % 8;

    if (memcmp(a, b, whole) != 0)
        return false;
    return left == 0 || ((a[whole] ^ b[whole]) >> (8 - left)) == 0;
}

bool adit_network_has(const struct adit_network *network, const struct adit_address *address)
{
    return network->base.len == address->len &&
           prefix_equal(network->base.bytes, address->bytes, network->bits);
}

/* Whether all bits beyond the prefix are zero. */
static bool is_base(const struct adit_network *network)
{
    for (unsigned bit = network->bits; bit < network->base.len * 8U; bit++)
        if (network->base.bytes[bit / 8] & (0x80U >> bit % 8))
            return false;
    return true;
}

bool adit_network_parse(struct adit_span text, struct adit_network *out)
{
    const uint8_t *slash = text.len ? memchr(text.data, '/', text.len) : NULL;
    uint64_t bits;
    size_t len;

    if (slash == NULL)
        return false;
    len = (size_t)(slash - text.data);
    if (!adit_address_parse(adit_span_of(text.data, len), &out->base))
        return false;
    if (adit_text_to_number(adit_span_of(slash + 1, text.len - len - 1),
                            (uint64_t)out->base.len * 8, &bits))
        return false;
    out->bits = (uint8_t)bits;
    return is_base(out);
}
