/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Colons part the fields, except inside brackets. The target is taken off the
 * end (host:port, one path, or nothing for SOCKS), what is left says where to
 * listen. Bytes that have no place in a name are refused, so that a spec prints
 * and reads back the same.
 */
#include "config/forward_spec.h"

#include "base/span.h"
#include "base/text.h"
#include "config/service_port.h"

#include <stdio.h>

enum {
    FIELDS_MAX = 4,
    PATH_MAX_LEN = 107, /* of sockaddr_un */
};

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

static bool is_path(const struct field *field)
{
    return !field->bracketed && field->text.len && field->text.data[0] == '/';
}

static bool copy_text(const struct field *field, const char *forbidden, char *out)
{
    for (size_t i = 0; i < field->text.len; i++) {
        const uint8_t c = field->text.data[i];
        if (c <= ' ' || c == 0x7f || strchr(forbidden, c))
            return false;
    }
    if (field->text.len >= ADIT_HOST_MAX)
        return false;
    if (field->text.len)
        memcpy(out, field->text.data, field->text.len);
    out[field->text.len] = '\0';
    return true;
}

static bool copy_name(const struct field *field, char *out)
{
    return copy_text(field, "\"'\\#=/[]", out);
}

static bool copy_path(const struct field *field, char *out)
{
    return field->text.len <= PATH_MAX_LEN && copy_text(field, "\"'\\#=", out);
}

static bool copy_port(const struct field *field, uint16_t *out)
{
    return !field->bracketed && adit_service_port(field->text, out);
}

/* What is wrong with the fields that say where to listen, or NULL. */
static const char *fill_listen(const struct field *fields, size_t count,
                               enum adit_forward_kind kind, struct adit_forward_spec *out)
{
    out->bind_given = count == 2 || is_path(&fields[0]);
    if (is_path(&fields[0])) {
        if (count == 2 || !copy_path(&fields[0], out->bind))
            return "the path to listen at is no path of a socket";
        return NULL;
    }
    if (count == 2 && !copy_name(&fields[0], out->bind))
        return "the address to listen on is no address";
    if (!copy_port(&fields[count - 1], &out->bind_port))
        return "the port to listen on is not a port";
    if (out->bind_port == 0 && kind != ADIT_FORWARD_SPEC_REMOTE)
        return "port 0 is for remote forwards only";
    return NULL;
}

/* What is wrong with the fields of the target, or NULL. */
static const char *fill_target(const struct field *fields, size_t count,
                               struct adit_forward_spec *out)
{
    if (count == 0)
        return NULL;
    if (count == 1)
        return copy_path(&fields[0], out->host) ? NULL
                                                : "the path to connect to is no path of a socket";
    if (!copy_name(&fields[0], out->host) || out->host[0] == '\0')
        return "the host to connect to is no host name or address";
    if (!copy_port(&fields[1], &out->port) || out->port == 0)
        return "the port to connect to is not a port from 1 to 65535";
    return NULL;
}

/* How many of the fields are the target. */
static size_t target_fields(const struct field *fields, size_t count, enum adit_forward_kind kind)
{
    if (kind == ADIT_FORWARD_SPEC_DYNAMIC || (kind == ADIT_FORWARD_SPEC_REMOTE && count == 1))
        return 0;
    if (count > 0 && is_path(&fields[count - 1]))
        return 1;
    return kind == ADIT_FORWARD_SPEC_REMOTE && count == 2 && !is_path(&fields[0]) ? 0 : 2;
}

static const char *form_of(enum adit_forward_kind kind)
{
    switch (kind) {
    case ADIT_FORWARD_SPEC_DYNAMIC:
        return "not [address:]port (an IPv6 address stands in brackets)";
    case ADIT_FORWARD_SPEC_LOCAL:
    case ADIT_FORWARD_SPEC_REMOTE:
        break;
    }
    return "not [address:]port:host:port (an IPv6 address stands in brackets)";
}

enum adit_err adit_forward_spec_parse(struct adit_span text, enum adit_forward_kind kind,
                                      struct adit_forward_spec *out, char *why, size_t why_size)
{
    struct field fields[FIELDS_MAX] = { 0 };
    size_t count;
    size_t target;
    const char *wrong;
    char shown[160];

    memset(out, 0, sizeof *out);
    count = text.len ? split(text, fields) : 0;
    target = target_fields(fields, count, kind);
    if (count <= target || count - target > 2)
        wrong = form_of(kind);
    else
        wrong = fill_listen(fields, count - target, kind, out);
    if (wrong == NULL)
        wrong = fill_target(fields + count - target, target, out);
    if (wrong == NULL)
        return ADIT_OK;
    adit_text_printable(text, shown, sizeof shown);
    (void)snprintf(why, why_size, "\"%s\": %s", shown, wrong);
    return ADIT_ERR_FORMAT;
}

enum adit_err adit_forward_spec_print(const struct adit_forward_spec *spec, struct adit_buffer *out)
{
    const bool bind_v6 = strchr(spec->bind, ':') != NULL;
    const bool host_v6 = strchr(spec->host, ':') != NULL;
    char text[2 * ADIT_HOST_MAX + 32];
    int len;

    if (spec->bind[0] == '/')
        len = snprintf(text, sizeof text, "%s", spec->bind);
    else
        len = snprintf(text, sizeof text, "%s%s%s%s%u", bind_v6 ? "[" : "", spec->bind,
                       bind_v6 ? "]" : "", spec->bind_given ? ":" : "", (unsigned)spec->bind_port);
    if (len > 0 && spec->host[0] == '/')
        (void)snprintf(text + len, sizeof text - (size_t)len, " %s", spec->host);
    else if (len > 0 && spec->host[0])
        (void)snprintf(text + len, sizeof text - (size_t)len, " %s%s%s:%u", host_v6 ? "[" : "",
                       spec->host, host_v6 ? "]" : "", (unsigned)spec->port);
    return adit_buffer_append(out, adit_span_text(text));
}
