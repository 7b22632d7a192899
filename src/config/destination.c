/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/destination.h"

#include <stddef.h>
#include <string.h>

static bool copy_part(char *out, size_t size, const char *part, size_t len)
{
    if (len == 0 || len >= size)
        return false;
    memcpy(out, part, len);
    out[len] = '\0';
    return true;
}

/* "host", "host:port" or "[address]:port", and perhaps a slash. */
static bool split_port(struct adit_destination *out, const char *text)
{
    const bool bracketed = text[0] == '[';
    const char *host = text + bracketed;
    const size_t host_len = strcspn(host, bracketed ? "]" : ":/");
    const char *rest = host + host_len;
    size_t port_len;

    if (!copy_part(out->host, sizeof out->host, host, host_len))
        return false;
    if (bracketed && *rest++ != ']')
        return false;
    if (*rest == ':') {
        port_len = strcspn(++rest, "/");
        if (!copy_part(out->port, sizeof out->port, rest, port_len))
            return false;
        rest += port_len;
    }
    return *rest == '\0' || strcmp(rest, "/") == 0;
}

bool adit_destination_parse(struct adit_destination *out, const char *word)
{
    static const char scheme[] = "ssh://";
    const bool is_uri = strncmp(word, scheme, sizeof scheme - 1) == 0;
    const char *text = is_uri ? word + sizeof scheme - 1 : word;
    const char *at = strrchr(text, '@'); /* the last: a user name may have one */

    *out = (struct adit_destination){ 0 };
    if (at) {
        if (!copy_part(out->user, sizeof out->user, text, (size_t)(at - text)))
            return false;
        text = at + 1;
    }
    /* What would look like an option to others is no host. */
    if (text[0] == '-')
        return false;
    return is_uri ? split_port(out, text)
                  : copy_part(out->host, sizeof out->host, text, strlen(text));
}
