/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Colons part the fields, except inside brackets. Three fields are
 * port:host:hostport, four begin with the address to listen on. Bytes that have
 * no place in a name are refused, so that a spec prints and reads back the same.
 */
#include "config/forward_spec.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

enum { FIELDS_MAX = 4 };

struct field {
    struct adit_span text;
    bool bracketed;
};

/* Takes a field and the colon after it; *last: there was none. False: the brackets are wrong. */
static bool take_field(struct adit_span *rest, struct field *field, bool *last)
{
    const uint8_t end = rest->len && rest->data[0] == '[' ? ']' : ':';
    const size_t start = end == ']';
    size_t at = start;

    while (at < rest->len && rest->data[at] != end)
        at++;
    field->bracketed = end == ']';
    field->text = adit_span_of(rest->data + start, at - start);
    if (field->bracketed) {
        if (at == rest->len || field->text.len == 0)
            return false;
        at++;
    }
    *last = at == rest->len;
    if (!*last && rest->data[at] != ':')
        return false;
    at += !*last;
    *rest = adit_span_of(rest->data + at, rest->len - at);
    return true;
}

/* The number of fields, or 0 when they are too many or wrongly bracketed. */
static size_t split(struct adit_span text, struct field *fields)
{
    size_t count = 0;
    bool last = false;

    while (!last) {
        if (count == FIELDS_MAX || !take_field(&text, &fields[count], &last))
            return 0;
        count++;
    }
    return count;
}

static bool copy_name(const struct field *field, char *out)
{
    for (size_t i = 0; i < field->text.len; i++) {
        const uint8_t c = field->text.data[i];
        if (c <= ' ' || c == 0x7f || strchr("\"'\\#=/[]", c))
            return false;
    }
    if (field->text.len >= ADIT_HOST_MAX)
        return false;
    if (field->text.len)
        memcpy(out, field->text.data, field->text.len);
    out[field->text.len] = '\0';
    return true;
}

static bool copy_port(const struct field *field, uint16_t *out)
{
    uint64_t n;

    if (field->bracketed || adit_text_to_number(field->text, UINT16_MAX, &n))
        return false;
    *out = (uint16_t)n;
    return true;
}

/* What is wrong with the fields, or NULL when *out is filled. */
static const char *fill(const struct field *fields, size_t count, bool is_remote,
                        struct adit_forward_spec *out)
{
    const size_t port_at = count - 3;

    out->bind_given = count == FIELDS_MAX;
    if (out->bind_given && !copy_name(&fields[0], out->bind))
        return "the address to listen on is no address";
    if (!copy_port(&fields[port_at], &out->bind_port))
        return "the port to listen on is not a port";
    if (out->bind_port == 0 && !is_remote)
        return "port 0 is for remote forwards only";
    if (!copy_name(&fields[port_at + 1], out->host) || out->host[0] == '\0')
        return "the host to connect to is no host name or address";
    if (!copy_port(&fields[port_at + 2], &out->port) || out->port == 0)
        return "the port to connect to is not a port from 1 to 65535";
    return NULL;
}

enum adit_err adit_forward_spec_parse(struct adit_span text, bool is_remote,
                                      struct adit_forward_spec *out, char *why, size_t why_size)
{
    struct field fields[FIELDS_MAX] = { 0 };
    size_t count;
    const char *wrong;
    enum adit_err err = ADIT_ERR_FORMAT;
    char shown[160];

    memset(out, 0, sizeof *out);
    count = split(text, fields);
    if (text.len && memchr(text.data, '/', text.len)) {
        wrong = "sockets in the file system are not supported";
        err = ADIT_ERR_UNSUPPORTED;
    } else if (is_remote && (count == 1 || count == 2) && text.len) {
        wrong = "a remote forward without a target (SOCKS) is not supported";
        err = ADIT_ERR_UNSUPPORTED;
    } else if (count < 3) {
        wrong = "not [address:]port:host:port (an IPv6 address stands in brackets)";
    } else {
        wrong = fill(fields, count, is_remote, out);
    }
    if (wrong == NULL)
        return ADIT_OK;
    adit_text_printable(text, shown, sizeof shown);
    (void)snprintf(why, why_size, "\"%s\": %s", shown, wrong);
    return err;
}

enum adit_err adit_forward_spec_print(const struct adit_forward_spec *spec, struct adit_buffer *out)
{
    const bool bind_v6 = strchr(spec->bind, ':') != NULL;
    const bool host_v6 = strchr(spec->host, ':') != NULL;
    char text[2 * ADIT_HOST_MAX + 32];

    (void)snprintf(text, sizeof text, "%s%s%s%s%u %s%s%s:%u", bind_v6 ? "[" : "", spec->bind,
                   bind_v6 ? "]" : "", spec->bind_given ? ":" : "", (unsigned)spec->bind_port,
                   host_v6 ? "[" : "", spec->host, host_v6 ? "]" : "", (unsigned)spec->port);
    return adit_buffer_append(out, adit_span_text(text));
}
