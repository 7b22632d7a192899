/* SPDX-License-Identifier: BSD-2-Clause */
#include "users.h"

#include "base/span.h"
#include "base/text.h"

bool adit_user_name_ok(struct adit_span name)
{
    if (name.len == 0 || name.len >= ADIT_USER_SIZE || name.data[0] == '-')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        const uint8_t c = name.data[i];

        if (c < 0x20 || c == 0x7f || c == '/')
            return false;
        if (c == '.' && i + 1 < name.len && name.data[i + 1] == '.')
            return false;
    }
    return !adit_span_is(name, ".");
}

/* The part behind the last '@' is the host; a user's name may hold one itself. */
static bool matches(const char *pattern, const char *user, const char *address)
{
    const char *at = strrchr(pattern, '@');
    const struct adit_span whole = adit_span_text(pattern);

    if (at == NULL)
        return adit_text_matches(whole, adit_span_text(user), false);
    return adit_text_matches(adit_span_of(pattern, (size_t)(at - pattern)), adit_span_text(user),
                             false) &&
           adit_address_match_list(adit_span_text(at + 1), address) > 0;
}

static bool any_matches(const struct adit_config_list *list, const char *user, const char *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (matches(list->items[i], user, address))
            return true;
    return false;
}

bool adit_user_allowed(const struct adit_sshd_config *config, const char *user, const char *address)
{
    if (any_matches(&config->deny_users, user, address))
        return false;
    return config->allow_users.count == 0 || any_matches(&config->allow_users, user, address);
}
