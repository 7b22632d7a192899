/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/proxy_env.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

/* NULL when it is empty, too. *found is its name. */
static const char *find_variable(const char *const *names, const char **found)
{
    for (; *names; names++) {
        const char *value = secure_getenv(*names);

        *found = *names;
        if (value && value[0])
            return value;
    }
    return NULL;
}

static struct adit_span trim(struct adit_span text)
{
    while (text.len && text.data[0] == ' ')
        text = adit_span_of(text.data + 1, text.len - 1);
    while (text.len && text.data[text.len - 1] == ' ')
        text.len--;
    return text;
}

/* "example.com" and ".example.com" stand for the name and all below it. */
static bool matches(struct adit_span entry, const char *host)
{
    const size_t host_len = strlen(host);

    if (entry.len && entry.data[0] == '.')
        entry = adit_span_of(entry.data + 1, entry.len - 1);
    if (entry.len == 0 || entry.len > host_len)
        return false;
    if (!adit_text_equal_nocase(entry, host + (host_len - entry.len)))
        return false;
    return entry.len == host_len || host[host_len - entry.len - 1] == '.';
}

bool adit_proxy_is_exempt(const char *list, const char *host)
{
    struct adit_span rest = adit_span_text(list);
    struct adit_span entry;

    while (adit_text_list_next(&rest, &entry)) {
        entry = trim(entry);
        if (adit_span_is(entry, "*") || matches(entry, host))
            return true;
    }
    return false;
}

bool adit_proxy_from_environment(const char *host, char url[static ADIT_PROXY_ENV_SIZE],
                                 const char **variable)
{
    static const char *const proxies[] = { "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
                                           NULL };
    static const char *const exemptions[] = { "NO_PROXY", "no_proxy", NULL };
    const char *list_name;
    const char *value = find_variable(proxies, variable);
    const char *exempt = find_variable(exemptions, &list_name);
    int len;

    if (value == NULL || (exempt && adit_proxy_is_exempt(exempt, host)))
        return false;
    /* "proxy:3128" is usual there. */
    len = snprintf(url, ADIT_PROXY_ENV_SIZE, "%s%s", strstr(value, "://") ? "" : "http://", value);
    return len > 0 && len < ADIT_PROXY_ENV_SIZE;
}
