/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/proxy_url.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

static const struct scheme {
    const char *name;
    enum adit_proxy_kind kind;
    uint16_t port; /* when none is given */
} schemes[] = {
    { "http://", ADIT_PROXY_HTTP, 80 },
    { "socks5://", ADIT_PROXY_SOCKS5, 1080 },
    { "socks5h://", ADIT_PROXY_SOCKS5, 1080 },
    { "socks4a://", ADIT_PROXY_SOCKS4A, 1080 },
};

static enum adit_err refuse(const char *sentence, char why[static ADIT_PROXY_WHY_SIZE])
{
    (void)snprintf(why, ADIT_PROXY_WHY_SIZE, "%s", sentence);
    return ADIT_ERR_FORMAT;
}

static struct adit_span from(struct adit_span text, size_t at)
{
    return adit_span_of(text.data + at, text.len - at);
}

static bool starts_with(struct adit_span text, const char *start)
{
    const size_t len = strlen(start);

    return text.len >= len && adit_text_equal_nocase(adit_span_of(text.data, len), start);
}

/* Where the byte stands, or text.len. */
static size_t find_first(struct adit_span text, char byte)
{
    size_t at = 0;

    while (at < text.len && text.data[at] != (uint8_t)byte)
        at++;
    return at;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX stands for a byte (RFC 3986, 2.1). Control bytes could forge lines, and NUL ends a text. */
static bool decode(struct adit_span text, char out[static ADIT_PROXY_PART_SIZE])
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];

        if (c == '%') {
            const int high = text.len - i > 2 ? hex_digit(text.data[i + 1]) : -1;
            const int low = text.len - i > 2 ? hex_digit(text.data[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (uint8_t)(high << 4 | low);
            i += 2;
        }
        if (c < 0x20 || c == 0x7f || len + 1 == ADIT_PROXY_PART_SIZE)
            return false;
        out[len++] = (char)c;
    }
    out[len] = '\0';
    return true;
}

static bool take_user(struct adit_span text, struct adit_proxy_url *out)
{
    const size_t colon = find_first(text, ':');

    out->has_user = true;
    return decode(adit_span_of(text.data, colon), out->user) &&
           (colon == text.len || decode(from(text, colon + 1), out->password));
}

/* A name or address as it may stand in a request. */
static bool is_host(struct adit_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f || strchr("/?#@[]\\", text.data[i]))
            return false;
    return text.len > 0 && text.len < ADIT_PROXY_PART_SIZE;
}

/* "host", "host:port", "[address]" or "[address]:port". */
static bool take_host(struct adit_span text, struct adit_proxy_url *out)
{
    const bool bracketed = text.len > 0 && text.data[0] == '[';
    const struct adit_span inner = from(text, bracketed);
    const size_t len = find_first(inner, bracketed ? ']' : ':');
    struct adit_span rest = from(inner, len);
    uint64_t port;

    if (!is_host(adit_span_of(inner.data, len)) || (bracketed && rest.len == 0))
        return false;
    memcpy(out->host, inner.data, len);
    out->host[len] = '\0';
    rest = from(rest, bracketed);
    if (rest.len == 0)
        return true;
    if (rest.data[0] != ':' || adit_text_to_number(from(rest, 1), UINT16_MAX, &port) != ADIT_OK)
        return false;
    out->port = (uint16_t)port;
    return port > 0;
}

enum adit_err adit_proxy_url_parse(const char *text, struct adit_proxy_url *out,
                                   char why[static ADIT_PROXY_WHY_SIZE])
{
    struct adit_span rest = adit_span_text(text);
    const struct scheme *scheme = NULL;
    size_t at;

    *out = (struct adit_proxy_url){ 0 };
    why[0] = '\0';
    if (starts_with(rest, "https://"))
        return refuse("a proxy that is reached by TLS (https) is not supported", why);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(schemes); i++)
        if (starts_with(rest, schemes[i].name))
            scheme = &schemes[i];
    if (scheme == NULL)
        return refuse("it does not begin with http://, socks5:// or socks4a://", why);
    out->kind = scheme->kind;
    out->port = scheme->port;
    rest = from(rest, strlen(scheme->name));
    if (rest.len > 0 && rest.data[rest.len - 1] == '/')
        rest.len--;
    /* The last: a password may well have one that should have been written as %40. */
    for (at = rest.len; at > 0 && rest.data[at - 1] != '@'; at--)
        ;
    if (at > 0 && !take_user(adit_span_of(rest.data, at - 1), out))
        return refuse("the user or password is too long, or has a control byte or a wrong %", why);
    if (!take_host(from(rest, at), out))
        return refuse("it has no proper host and port", why);
    return ADIT_OK;
}

void adit_proxy_url_clear(struct adit_proxy_url *url)
{
    adit_wipe(url, sizeof *url);
}

const char *adit_proxy_url_shown(const struct adit_proxy_url *url,
                                 char out[static ADIT_PROXY_SHOWN_SIZE])
{
    static const char *const names[] = {
        [ADIT_PROXY_HTTP] = "http",
        [ADIT_PROXY_SOCKS5] = "socks5",
        [ADIT_PROXY_SOCKS4A] = "socks4a",
    };
    const bool is_v6 = strchr(url->host, ':') != NULL;

    (void)snprintf(out, ADIT_PROXY_SHOWN_SIZE, "%s://%s%s%s:%u", names[url->kind], is_v6 ? "[" : "",
                   url->host, is_v6 ? "]" : "", (unsigned)url->port);
    return out;
}
