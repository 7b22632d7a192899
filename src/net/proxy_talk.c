/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/proxy_talk.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    OUT_MAX = 2048, /* names of 255 bytes, and user and password in base64 */
    IN_MAX = 512,
};

enum adit_err adit_proxy_talk_start(struct adit_proxy_talk *talk,
                                    const struct adit_proxy_url *proxy, const char *host,
                                    uint16_t port)
{
    const size_t len = strlen(host);

    *talk = (struct adit_proxy_talk){ .proxy = *proxy, .port = port };
    talk->out = adit_buffer_init_secret(OUT_MAX);
    talk->in = adit_buffer_init(IN_MAX);
    if (len == 0 || len >= sizeof talk->host)
        return ADIT_ERR_USAGE;
    for (size_t i = 0; i < len; i++)
        if (host[i] <= ' ' || host[i] == 0x7f)
            return ADIT_ERR_USAGE; /* it would end the request's line */
    memcpy(talk->host, host, len + 1);
    return proxy->kind == ADIT_PROXY_HTTP ? adit_proxy_http_ask(talk) : adit_proxy_socks_ask(talk);
}

void adit_proxy_talk_clear(struct adit_proxy_talk *talk)
{
    adit_buffer_clear(&talk->out);
    adit_buffer_clear(&talk->in);
    adit_wipe(talk, sizeof *talk);
}

size_t adit_proxy_talk_take(struct adit_proxy_talk *talk, struct adit_span bytes)
{
    if (talk->done || talk->err)
        return 0;
    return talk->proxy.kind == ADIT_PROXY_HTTP ? adit_proxy_http_take(talk, bytes)
                                               : adit_proxy_socks_take(talk, bytes);
}

void adit_proxy_talk_fail(struct adit_proxy_talk *talk, enum adit_err err, const char *format, ...)
{
    va_list args;

    talk->err = err;
    va_start(args, format);
    (void)vsnprintf(talk->why, sizeof talk->why, format, args);
    va_end(args);
}
