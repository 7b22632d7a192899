/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/authorized_keys.h"

enum { HOST_MAX = 255 };

/* 1 to 65535, or `*`. A 0 in the text must not become the 0 that stands for any. */
static enum adit_err parse_port(struct adit_span text, uint16_t *out)
{
    uint64_t port = 0;

    if (!adit_span_is(text, "*") &&
        (adit_text_to_number(text, UINT16_MAX, &port) != ADIT_OK || port == 0))
        return ADIT_ERR_FORMAT;
    *out = (uint16_t)port;
    return ADIT_OK;
}

/* Where the last colon stands, or text.len. */
static size_t last_colon(struct adit_span text)
{
    for (size_t i = text.len; i > 0; i--)
        if (text.data[i - 1] == ':')
            return i - 1;
    return text.len;
}

/* Takes the brackets off; a colon in a host must stand in brackets. */
static bool parse_host(struct adit_span text, struct adit_span *out)
{
    const bool has_brackets = text.len > 2 && text.data[0] == '[' && text.data[text.len - 1] == ']';

    *out = has_brackets ? adit_span_of(text.data + 1, text.len - 2) : text;
    if (out->len == 0 || out->len > HOST_MAX)
        return false;
    for (size_t i = 0; i < out->len; i++) {
        const uint8_t c = out->data[i];

        if (c <= ' ' || c == 0x7f || c == '[' || c == ']' || (c == ':' && !has_brackets))
            return false;
    }
    return true;
}

static enum adit_err parse_path(struct adit_span text, struct adit_permit *out)
{
    if (text.len > HOST_MAX)
        return ADIT_ERR_FORMAT;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] == 0x7f)
            return ADIT_ERR_FORMAT;
    out->host = adit_text_copy(text);
    return out->host ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

enum adit_err adit_permit_parse(struct adit_span text, bool listen, struct adit_permit *out)
{
    const size_t colon = last_colon(text);
    struct adit_span host;
    enum adit_err err;

    *out = (struct adit_permit){ 0 };
    if (text.len && text.data[0] == '/')
        return parse_path(text, out);
    if (colon == text.len)
        return listen ? parse_port(text, &out->port) : ADIT_ERR_FORMAT;
    err = parse_port(adit_span_of(text.data + colon + 1, text.len - colon - 1), &out->port);
    if (err)
        return err;
    if (!parse_host(adit_span_of(text.data, colon), &host))
        return ADIT_ERR_FORMAT;
    out->host = adit_text_copy(host);
    return out->host ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

bool adit_permit_allows(const struct adit_permit *permit, const char *host, uint16_t port)
{
    if (adit_is_path(permit->host) || (permit->port != 0 && permit->port != port))
        return false;
    return permit->host == NULL ||
           adit_text_matches(adit_span_text(permit->host), adit_span_text(host), true);
}

bool adit_permit_allows_path(const struct adit_permit *permit, const char *path)
{
    return adit_is_path(permit->host) &&
           adit_text_matches(adit_span_text(permit->host), adit_span_text(path), false);
}
