/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/alternative_host.h"

#include "base/span.h"
#include "base/text.h"
#include "config/destination.h"
#include "config/ssh_values.h"
#include "config/values.h"

#include <stdio.h>
#include <string.h>

enum { WORD_SIZE = 320 };

/* The form is that of a URL of ssh without its user. */
bool adit_alternative_host_parse(const char *word, struct adit_alternative_host *out)
{
    char url[WORD_SIZE];
    struct adit_destination destination;
    uint64_t port = 0;
    const int len = snprintf(url, sizeof url, "ssh://%s", word);

    if (len < 0 || (size_t)len >= sizeof url || strpbrk(word, "@/") != NULL ||
        !adit_destination_parse(&destination, url) || destination.host[0] == '-')
        return false;
    if (destination.port[0] != '\0' &&
        (adit_text_to_number(adit_span_text(destination.port), UINT16_MAX, &port) || port == 0))
        return false;
    memcpy(out->host, destination.host, sizeof out->host);
    out->port = (uint16_t)port;
    return true;
}

static enum adit_err hosts_parse(const struct adit_setting *setting, void *field)
{
    for (size_t i = 0; i < setting->arg_count && !adit_setting_is_none(setting); i++) {
        const struct adit_span arg = setting->args[i];
        struct adit_alternative_host host;
        char word[WORD_SIZE];

        if (arg.len >= sizeof word || memchr(arg.data, 0, arg.len) != NULL)
            return adit_setting_bad(setting, arg, "host[:port]");
        memcpy(word, arg.data, arg.len);
        word[arg.len] = '\0';
        if (!adit_alternative_host_parse(word, &host))
            return adit_setting_bad(setting, arg, "host[:port] (IPv6 addresses stand in brackets)");
    }
    return adit_value_list.parse(setting, field);
}

static enum adit_err hosts_print(const struct adit_keyword *keyword, const void *field,
                                 struct adit_buffer *out)
{
    return adit_value_list.print(keyword, field, out);
}

const struct adit_value_kind adit_value_alternative_hosts = { hosts_parse, hosts_print };
