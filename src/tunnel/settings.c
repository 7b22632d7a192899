/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/settings.h"

#include "base/memory.h"
#include "base/span.h"
#include "config/alternative_host.h"
#include "config/proxy_url.h"
#include "tunnel/failure.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    DEFAULT_PORT = 22,
    DEFAULT_PASSWORD_PROMPTS = 3,
    DEFAULT_CONNECT_TIMEOUT_MS = 30 * 1000,
    DEFAULT_ALIVE_INTERVAL_MS = 5 * 1000,
    DEFAULT_ALIVE_COUNT_MAX = 3,
    DEFAULT_CONNECT_WAIT_MS = 15 * 1000,
    DEFAULT_WINDOW_MEMORY = 256 * 1024 * 1024,
};

/* Where in the struct the texts stand: copied, freed and wiped by this list. */
static const size_t texts[] = {
    offsetof(struct adit_tunnel_settings, host),
    offsetof(struct adit_tunnel_settings, user),
    offsetof(struct adit_tunnel_settings, host_key_alias),
    offsetof(struct adit_tunnel_settings, bind_address),
    offsetof(struct adit_tunnel_settings, bind_interface),
    offsetof(struct adit_tunnel_settings, identity_agent),
    offsetof(struct adit_tunnel_settings, proxy_command),
    offsetof(struct adit_tunnel_settings, proxy_url),
    offsetof(struct adit_tunnel_settings, password),
    offsetof(struct adit_tunnel_settings, preferred_methods),
    offsetof(struct adit_tunnel_settings, algorithms.kex),
    offsetof(struct adit_tunnel_settings, algorithms.host_keys),
    offsetof(struct adit_tunnel_settings, algorithms.ciphers),
    offsetof(struct adit_tunnel_settings, algorithms.macs),
    offsetof(struct adit_tunnel_settings, algorithms.compression),
    offsetof(struct adit_tunnel_settings, algorithms.pubkey_accepted),
    offsetof(struct adit_tunnel_settings, ca_signature_algorithms),
};

struct text_list {
    size_t first; /* offset of its array */
    size_t count; /* offset of its count */
};

static const struct text_list lists[] = {
    { offsetof(struct adit_tunnel_settings, identity_files),
      offsetof(struct adit_tunnel_settings, identity_file_count) },
    { offsetof(struct adit_tunnel_settings, certificate_files),
      offsetof(struct adit_tunnel_settings, certificate_file_count) },
    { offsetof(struct adit_tunnel_settings, user_known_hosts),
      offsetof(struct adit_tunnel_settings, user_known_hosts_count) },
    { offsetof(struct adit_tunnel_settings, global_known_hosts),
      offsetof(struct adit_tunnel_settings, global_known_hosts_count) },
    { offsetof(struct adit_tunnel_settings, alternative_hosts),
      offsetof(struct adit_tunnel_settings, alternative_host_count) },
    { offsetof(struct adit_tunnel_settings, forward_allow_users),
      offsetof(struct adit_tunnel_settings, forward_allow_user_count) },
};

static const char **text_at(struct adit_tunnel_settings *settings, size_t offset)
{
    return (const char **)(void *)((char *)settings + offset);
}

static size_t count_at(const struct adit_tunnel_settings *settings, size_t offset)
{
    return *(const size_t *)(const void *)((const char *)settings + offset);
}

void adit_tunnel_settings_init(struct adit_tunnel_settings *settings)
{
    *settings = (struct adit_tunnel_settings){ .log_level = 1 };
}

/* The copy's memory is ours to free, whatever the type of the borrowed says. */
static void *own(const void *borrowed)
{
    void *pointer;

    memcpy(&pointer, &borrowed, sizeof pointer);
    return pointer;
}

static void free_text(const char **text)
{
    adit_text_free_secret(own(*text));
    *text = NULL;
}

static void clear_one(struct adit_tunnel_settings *settings)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++)
        free_text(text_at(settings, texts[i]));
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lists); i++)
        for (size_t j = 0; j < count_at(settings, lists[i].count); j++)
            free_text(text_at(settings, lists[i].first) + j);
    free(own(settings->keys));
    *settings = (struct adit_tunnel_settings){ 0 };
}

static bool is_proxy_url(const char *text)
{
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_url url;
    const enum adit_err err = adit_proxy_url_parse(text, &url, why);

    adit_proxy_url_clear(&url);
    return err == ADIT_OK || strcmp(text, ADIT_PROXY_FROM_ENVIRONMENT) == 0;
}

static bool are_alternatives(const struct adit_tunnel_settings *settings)
{
    struct adit_alternative_host host;
    size_t good = 0;

    if (settings->alternative_host_count > ADIT_HOSTS_MAX)
        return false;
    while (good < settings->alternative_host_count && settings->alternative_hosts[good] != NULL &&
           adit_alternative_host_parse(settings->alternative_hosts[good], &host))
        good++;
    return good == settings->alternative_host_count;
}

static enum adit_err check(const struct adit_tunnel_settings *settings,
                           struct adit_failure *failure)
{
    const char *wrong = NULL;

    if (settings->host == NULL || settings->host[0] == '\0')
        wrong = "no host to connect to";
    else if (settings->user == NULL || settings->user[0] == '\0')
        wrong = "no user to log in as; say which with -l or user@host";
    else if (settings->preferred_methods != NULL && settings->preferred_methods[0] == '\0')
        wrong = "no login method is left: adit knows publickey, "
                "keyboard-interactive and password";
    else if (settings->proxy_url != NULL && !is_proxy_url(settings->proxy_url))
        wrong = "the proxy's URL is not http://, socks5:// or socks4a:// with a host";
    else if (!are_alternatives(settings))
        wrong = "of the alternative hosts one is no host[:port], or they are too many";
    else if (settings->identity_file_count > ADIT_IDENTITIES_MAX)
        wrong = "too many key files";
    else if (settings->certificate_file_count > ADIT_IDENTITIES_MAX)
        wrong = "too many certificates";
    else if (settings->user_known_hosts_count > ADIT_FILES_MAX ||
             settings->global_known_hosts_count > ADIT_FILES_MAX)
        wrong = "too many known_hosts files";
    else if (settings->forward_allow_user_count > ADIT_USERS_MAX)
        wrong = "too many users who may use the forwards";
    else if (settings->key_count > 0 && settings->keys == NULL)
        wrong = "a count of keys, and no keys";
    else if (settings->address_family != AF_UNSPEC && settings->address_family != AF_INET &&
             settings->address_family != AF_INET6)
        wrong = "an unknown address family";
    else if ((unsigned)settings->host_key_policy > ADIT_HOST_KEY_OFF)
        wrong = "an unknown host key policy";
    if (wrong == NULL)
        return ADIT_OK;
    return adit_failure_return(failure, ADIT_ERR_USAGE, ADIT_LEG_CLIENT, "%s", wrong);
}

/* Replaces the borrowed text by a copy. NULL stays NULL. */
static enum adit_err own_text(const char **text)
{
    if (*text == NULL)
        return ADIT_OK;
    *text = adit_text_copy(adit_span_text(*text));
    return *text != NULL ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

static enum adit_err own_keys(struct adit_tunnel_settings *settings,
                              const struct adit_tunnel_settings *from)
{
    const struct adit_key **keys;

    settings->key_count = 0;
    if (from->key_count == 0)
        return ADIT_OK;
    keys = calloc(from->key_count, sizeof(const struct adit_key *));
    if (keys == NULL)
        return ADIT_ERR_NO_MEMORY;
    for (size_t i = 0; i < from->key_count; i++)
        keys[i] = from->keys[i];
    settings->keys = keys;
    settings->key_count = from->key_count;
    return ADIT_OK;
}

/* From here on every text in `settings` is a copy or NULL, so that clear is safe at any point. */
static enum adit_err own_all(struct adit_tunnel_settings *settings,
                             const struct adit_tunnel_settings *from)
{
    enum adit_err err = ADIT_OK;

    settings->keys = NULL;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++)
        if (own_text(text_at(settings, texts[i])) != ADIT_OK)
            err = ADIT_ERR_NO_MEMORY;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lists); i++)
        for (size_t j = 0; j < count_at(from, lists[i].count); j++)
            if (own_text(text_at(settings, lists[i].first) + j) != ADIT_OK)
                err = ADIT_ERR_NO_MEMORY;
    return err ? err : own_keys(settings, from);
}

static void fill_defaults(struct adit_tunnel_settings *settings)
{
    if (settings->port == 0)
        settings->port = DEFAULT_PORT;
    if (settings->password_prompts == 0)
        settings->password_prompts = DEFAULT_PASSWORD_PROMPTS;
    if (settings->connect_timeout_ms == 0)
        settings->connect_timeout_ms = DEFAULT_CONNECT_TIMEOUT_MS;
    if (settings->alive_interval_ms == 0)
        settings->alive_interval_ms = DEFAULT_ALIVE_INTERVAL_MS;
    if (settings->alive_count_max == 0)
        settings->alive_count_max = DEFAULT_ALIVE_COUNT_MAX;
    if (settings->window_memory == 0)
        settings->window_memory = DEFAULT_WINDOW_MEMORY;
    if (settings->connect_wait_ms == 0)
        settings->connect_wait_ms = DEFAULT_CONNECT_WAIT_MS;
}

static enum adit_err copy_one(struct adit_tunnel_settings *to,
                              const struct adit_tunnel_settings *from, struct adit_failure *failure)
{
    enum adit_err err = check(from, failure);

    *to = (struct adit_tunnel_settings){ 0 };
    if (err)
        return err;
    *to = *from;
    to->loaded = NULL;
    to->jump = NULL;
    err = own_all(to, from);
    if (err) {
        clear_one(to);
        return adit_failure_return(failure, err, ADIT_LEG_CLIENT, "%s", adit_err_text(err));
    }
    fill_defaults(to);
    return ADIT_OK;
}

/* Not by fill_defaults(): a copy may be copied once more, and 0 is what was not given. */
unsigned adit_settings_prompts(const struct adit_tunnel_settings *settings)
{
    return settings->password_prompts == UINT_MAX ? 0 : settings->password_prompts;
}

void adit_settings_clear(struct adit_tunnel_settings *settings)
{
    struct adit_tunnel_settings *jump = own(settings->jump);

    clear_one(settings);
    while (jump != NULL) {
        struct adit_tunnel_settings *next = own(jump->jump);

        clear_one(jump);
        free(jump);
        jump = next;
    }
}

enum adit_err adit_settings_copy(struct adit_tunnel_settings *to,
                                 const struct adit_tunnel_settings *from,
                                 struct adit_failure *failure)
{
    struct adit_tunnel_settings *last = to;
    enum adit_err err = copy_one(to, from, failure);
    int count = 0;

    while (err == ADIT_OK && from->jump != NULL) {
        struct adit_tunnel_settings *jump =
            count++ < ADIT_JUMPS_MAX ? adit_new(sizeof *jump) : NULL;

        if (jump == NULL) {
            err = count > ADIT_JUMPS_MAX
                      ? adit_failure_return(failure, ADIT_ERR_LIMIT, ADIT_LEG_CLIENT,
                                            "more than %d jump hosts", ADIT_JUMPS_MAX)
                      : adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT,
                                            "out of memory");
            break;
        }
        from = from->jump;
        last->jump = jump;
        last = jump;
        err = copy_one(jump, from, failure);
    }
    if (err)
        adit_settings_clear(to);
    return err;
}
