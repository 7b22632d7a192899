/* SPDX-License-Identifier: BSD-2-Clause */
/* Services that speak in lines of text. */
#include "base/span.h"
#include "base/text.h"
#include "wire/greeting_readers.h"

#include <stdio.h>

/* Takes the next line off `*rest`, without its end; false: it is not whole yet. */
static bool take_line(struct adit_span *rest, struct adit_span *line)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;

    if (end == NULL)
        return false;
    *line = adit_span_of(rest->data, (size_t)(end - rest->data));
    rest->data += line->len + 1;
    rest->len -= line->len + 1;
    if (line->len > 0 && line->data[line->len - 1] == '\r')
        line->len--;
    return true;
}

static bool begins_with(struct adit_span text, const char *start)
{
    const size_t len = strlen(start);

    return text.len >= len && memcmp(text.data, start, len) == 0;
}

/* As far as it goes: it may still become one that does. */
static bool may_begin_with(struct adit_span text, const char *start)
{
    const size_t len = strlen(start);

    return text.len == 0 || memcmp(text.data, start, text.len < len ? text.len : len) == 0;
}

static struct adit_span without_start(struct adit_span text, size_t len)
{
    return adit_span_of(text.data + len, text.len - len);
}

static void set_name(struct adit_greeting *out, enum adit_service service, struct adit_span detail)
{
    const char *name = adit_service_name(service);
    char shown[sizeof out->name - 16];

    out->service = service;
    (void)adit_text_printable(detail, shown, sizeof shown);
    if (shown[0] == '\0')
        (void)snprintf(out->name, sizeof out->name, "%s", name);
    else
        (void)snprintf(out->name, sizeof out->name, "%s (%s)", name, shown);
}

/* ---- Redis ---- */

/* Of the INFO: "redis_version:7.0.15". */
static void name_redis(struct adit_span info, struct adit_greeting *out)
{
    static const struct {
        const char *key;
        const char *name;
    } versions[] = {
        { "redis_version:", "Redis" },
        { "valkey_version:", "Valkey" }, /* it tells the version of Redis that it is like, too */
    };
    struct adit_span line;
    char number[32];

    while (take_line(&info, &line))
        for (size_t i = 0; i < ADIT_ARRAY_LEN(versions); i++)
            if (begins_with(line, versions[i].key)) {
                (void)adit_text_printable(without_start(line, strlen(versions[i].key)), number,
                                          sizeof number);
                (void)snprintf(out->name, sizeof out->name, "%s %s", versions[i].name, number);
            }
}

/* The answer to INFO, behind that to PING: a text with its length before it, or an error. */
static enum adit_greeting_verdict read_redis_info(struct adit_span rest, struct adit_greeting *out)
{
    struct adit_span line;
    uint64_t len;

    if (!take_line(&rest, &line))
        return ADIT_GREETING_MORE;
    if (line.len == 0 || line.data[0] != '$' ||
        adit_text_to_number(without_start(line, 1), ADIT_GREETING_MAX, &len) != ADIT_OK)
        return ADIT_GREETING_KNOWN; /* it may not be asked for: its name is enough */
    if (rest.len < len)
        return ADIT_GREETING_MORE;
    rest.len = (size_t)len;
    name_redis(rest, out);
    return ADIT_GREETING_KNOWN;
}

enum adit_greeting_verdict adit_greeting_redis(bool asked, struct adit_span bytes,
                                               struct adit_greeting *out)
{
    static const struct {
        const char *start;
        bool is_asked_for; /* unasked for, it is nobody's */
        bool is_refusal;
    } answers[] = {
        { "+PONG", true, false },
        { "-NOAUTH ", true, false }, /* as it should be: it wants a password */
        { "-NOPERM ", true, false },
        { "-LOADING ", true, true },
        { "-DENIED Redis ", false, true }, /* "is running in protected mode" */
        { "-ERR max number of clients", false, true },
    };
    struct adit_span rest = bytes;
    struct adit_span line;
    bool more = false;

    for (size_t i = 0; i < ADIT_ARRAY_LEN(answers); i++) {
        if (answers[i].is_asked_for && !asked)
            continue;
        if (begins_with(bytes, answers[i].start)) {
            set_name(out, ADIT_SERVICE_REDIS, ADIT_SPAN_EMPTY);
            if (!take_line(&rest, &line))
                return ADIT_GREETING_MORE;
            out->is_refusal = answers[i].is_refusal;
            if (out->is_refusal)
                (void)adit_text_printable(without_start(line, 1), out->text, sizeof out->text);
            return i == 0 ? read_redis_info(rest, out) : ADIT_GREETING_KNOWN;
        }
        more = more || may_begin_with(bytes, answers[i].start);
    }
    return more ? ADIT_GREETING_MORE : ADIT_GREETING_UNKNOWN;
}

/* ---- HTTP ---- */

enum adit_greeting_verdict adit_greeting_http(bool asked, struct adit_span bytes,
                                              struct adit_greeting *out)
{
    static const char server[] = "server:";
    struct adit_span rest = bytes;
    struct adit_span line;

    (void)asked;
    if (!may_begin_with(bytes, "HTTP/1."))
        return ADIT_GREETING_UNKNOWN;
    if (!take_line(&rest, &line))
        return ADIT_GREETING_MORE;
    set_name(out, ADIT_SERVICE_HTTP, ADIT_SPAN_EMPTY);
    while (take_line(&rest, &line) && line.len > 0) {
        struct adit_span key = line;

        if (key.len > sizeof server - 1)
            key.len = sizeof server - 1;
        if (!adit_text_equal_nocase(key, server))
            continue;
        line = without_start(line, key.len);
        while (line.len > 0 && line.data[0] == ' ')
            line = without_start(line, 1);
        set_name(out, ADIT_SERVICE_HTTP, line);
        return ADIT_GREETING_KNOWN;
    }
    return line.len == 0 ? ADIT_GREETING_KNOWN : ADIT_GREETING_MORE;
}

/* ---- TLS ---- */

/* An alert (RFC 8446, 5.1) is what it answers to a question that is no hello. */
enum adit_greeting_verdict adit_greeting_tls(bool asked, struct adit_span bytes,
                                             struct adit_greeting *out)
{
    static const char alert[] = "\x15\x03";

    (void)asked;
    if (!may_begin_with(bytes, alert))
        return ADIT_GREETING_UNKNOWN;
    if (bytes.len < sizeof alert - 1)
        return ADIT_GREETING_MORE;
    set_name(out, ADIT_SERVICE_TLS, ADIT_SPAN_EMPTY);
    return ADIT_GREETING_KNOWN;
}

/* ---- SSH ---- */

enum adit_greeting_verdict adit_greeting_ssh(bool asked, struct adit_span bytes,
                                             struct adit_greeting *out)
{
    static const char start[] = "SSH-2.0-";
    struct adit_span rest = bytes;
    struct adit_span line;

    (void)asked;
    if (!may_begin_with(bytes, start))
        return ADIT_GREETING_UNKNOWN;
    if (!take_line(&rest, &line))
        return ADIT_GREETING_MORE;
    if (!begins_with(line, start))
        return ADIT_GREETING_UNKNOWN;
    set_name(out, ADIT_SERVICE_SSH, without_start(line, sizeof start - 1));
    return ADIT_GREETING_KNOWN;
}
