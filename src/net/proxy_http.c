/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CONNECT (RFC 9110, 9.3.6; RFC 9112). Of the answer only the status line is of
 * interest; an answer of 2xx has no body, the tunnel begins behind its header.
 */
#include "base/base64.h"
#include "base/span.h"
#include "base/text.h"
#include "net/proxy_talk.h"

#include <stdio.h>

enum {
    HEADER_MAX = 16 * 1024,
    LINE_MAX = 200, /* what is kept of the status line */
    SHOWN_SIZE = 160,
    CREDENTIALS_MAX = 2 * ADIT_PROXY_PART_SIZE,
};

/* ---- the request ---- */

static enum adit_err add(struct adit_proxy_talk *talk, const char *text)
{
    return adit_buffer_append(&talk->out, adit_span_text(text));
}

/* RFC 7617 */
static enum adit_err add_credentials(struct adit_proxy_talk *talk)
{
    struct adit_buffer both = adit_buffer_init_secret(CREDENTIALS_MAX);
    enum adit_err err = add(talk, "Proxy-Authorization: Basic ");

    if (!err)
        err = adit_buffer_append(&both, adit_span_text(talk->proxy.user));
    if (!err)
        err = adit_buffer_append(&both, adit_span_text(":"));
    if (!err)
        err = adit_buffer_append(&both, adit_span_text(talk->proxy.password));
    if (!err)
        err = adit_base64_encode(adit_buffer_span(&both), &talk->out);
    if (!err)
        err = add(talk, "\r\n");
    adit_buffer_clear(&both);
    return err;
}

enum adit_err adit_proxy_http_ask(struct adit_proxy_talk *talk)
{
    const bool is_v6 = strchr(talk->host, ':') != NULL;
    char target[ADIT_PROXY_PART_SIZE + sizeof "[]:65535"];
    char request[2 * sizeof target + 64];
    enum adit_err err;

    (void)snprintf(target, sizeof target, "%s%s%s:%u", is_v6 ? "[" : "", talk->host,
                   is_v6 ? "]" : "", (unsigned)talk->port);
    (void)snprintf(request, sizeof request, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", target, target);
    err = add(talk, request);
    if (!err && talk->proxy.has_user)
        err = add_credentials(talk);
    return err ? err : add(talk, "\r\n");
}

/* ---- the answer ---- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 words" (RFC 9112, 4); 0 for anything else. */
static unsigned status_of(struct adit_span line)
{
    const uint8_t *p = line.data;

    if (line.len < 12 || !is_digit(p[5]) || p[6] != '.' || !is_digit(p[7]) || p[8] != ' ' ||
        !is_digit(p[9]) || !is_digit(p[10]) || !is_digit(p[11]) || (line.len > 12 && p[12] != ' '))
        return 0;
    return (p[9] - (unsigned)'0') * 100 + (p[10] - (unsigned)'0') * 10 + p[11] - (unsigned)'0';
}

/* Said as soon as it is seen: an SSH server, for one, would not say anything more. */
static bool speaks_http(struct adit_span line)
{
    static const char start[] = "HTTP/";
    const size_t len = line.len < sizeof start - 1 ? line.len : sizeof start - 1;

    return memcmp(line.data, start, len) == 0;
}

static void judge(struct adit_proxy_talk *talk)
{
    struct adit_span line = adit_buffer_span(&talk->in);
    char shown[SHOWN_SIZE];
    unsigned status;
    bool wants_login;

    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    status = status_of(line);
    wants_login = status == 407 || status == 401; /* some proxies mean themselves by 401 */
    (void)adit_text_printable(line, shown, sizeof shown);
    if (status >= 200 && status < 300)
        talk->done = true;
    else if (wants_login && !talk->proxy.has_user)
        adit_proxy_talk_fail(talk, ADIT_ERR_AUTH, "it wants a user and a password: %s", shown);
    else if (wants_login)
        adit_proxy_talk_fail(talk, ADIT_ERR_AUTH, "it refuses the user or the password: %s", shown);
    else if (status)
        adit_proxy_talk_fail(talk, ADIT_ERR_REFUSED, "it refuses: %s", shown);
    else
        adit_proxy_talk_fail(talk, ADIT_ERR_MALFORMED, "its answer is not HTTP: %s", shown);
}

/* One byte of the header; the first line is kept without its newline. */
static void take_byte(struct adit_proxy_talk *talk, uint8_t c)
{
    const bool is_first = talk->step == 0;

    if (++talk->taken > HEADER_MAX) {
        adit_proxy_talk_fail(talk, ADIT_ERR_LIMIT, "the header of its answer is too long");
    } else if (c == '\n') {
        talk->step = 1;
        if (talk->line_len == 0)
            judge(talk);
        talk->line_len = 0;
    } else {
        talk->line_len += c != '\r';
        if (is_first && talk->in.len < LINE_MAX &&
            adit_buffer_append(&talk->in, adit_span_of(&c, 1)) != ADIT_OK)
            adit_proxy_talk_fail(talk, ADIT_ERR_NO_MEMORY, "out of memory");
        else if (is_first && !speaks_http(adit_buffer_span(&talk->in)))
            judge(talk);
    }
}

size_t adit_proxy_http_take(struct adit_proxy_talk *talk, struct adit_span bytes)
{
    size_t at = 0;

    while (at < bytes.len && !talk->done && !talk->err)
        take_byte(talk, bytes.data[at++]);
    return at;
}
