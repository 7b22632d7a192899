/* SPDX-License-Identifier: BSD-2-Clause */
/* What depends on other settings: done when all sources are read. */
#include "config/ssh_rows.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

enum { SOCKET_PATH_MAX = 107 }; /* of sockaddr_un */

/* ---- the host ---- */

/* An address in its usual form; false: it is a name. */
static bool take_address(const struct adit_ssh_config *config, struct adit_buffer *host,
                         enum adit_err *err)
{
    const struct adit_config_files *files = config->files;
    struct adit_buffer address = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    bool found;

    *err = adit_buffer_append(host, adit_span_of("", 1));
    if (*err)
        return false;
    host->len--;
    found = files && files->address &&
            files->address(files->user, (const char *)host->data, &address) == ADIT_OK;
    if (found) {
        adit_buffer_empty(host);
        *err = adit_buffer_append(host, adit_buffer_span(&address));
    }
    adit_buffer_clear(&address);
    return found;
}

static void to_lower(uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (uint8_t)(text[i] - 'A' + 'a');
}

static enum adit_err find_host(struct adit_ssh_config *config, struct adit_buffer *host)
{
    enum adit_err err = adit_ssh_expand_host_name(config, host);

    config->is_named = config->is_named || adit_ssh_config_is_set(config, "HostName");
    if (err || take_address(config, host, &err) || err)
        return err;
    to_lower(host->data, host->len);
    return adit_ssh_canonicalize(config, host);
}

static void mark_given(struct adit_ssh_config *config, const char *keyword)
{
    const struct adit_keyword *row =
        adit_keyword_find(adit_ssh_rows, adit_ssh_row_count, adit_span_text(keyword));

    config->given[row - adit_ssh_rows] = true;
}

static enum adit_err with_sentence(struct adit_ssh_config *config, enum adit_err err)
{
    if (err && config->error[0] == '\0')
        (void)snprintf(config->error, sizeof config->error, "%s", adit_err_text(err));
    return err;
}

enum adit_err adit_ssh_config_settle(struct adit_ssh_config *config, bool *again)
{
    struct adit_buffer host = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    enum adit_err err;

    *again = false;
    config->error[0] = '\0'; /* a file that need not be there may have left a sentence */
    err = find_host(config, &host);
    if (!err) {
        config->host_name = adit_config_pool_text(&config->pool, adit_buffer_span(&host));
        if (config->host_name == NULL)
            err = ADIT_ERR_NO_MEMORY;
    }
    adit_buffer_clear(&host);
    if (err)
        return with_sentence(config, err);
    mark_given(config, "HostName"); /* for the files, if they are read again */
    config->settled = true;
    config->final_pass =
        config->wants_final || config->canonicalize_hostname != ADIT_CANONICALIZE_NO;
    *again = config->final_pass;
    return ADIT_OK;
}

/* ---- texts with tokens ---- */

/* Appends the expanded text to `out`; the sentence names the keyword. */
static enum adit_err expand(struct adit_ssh_config *config, const char *keyword, const char *text,
                            unsigned how, struct adit_buffer *out)
{
    char why[ADIT_SSH_WHY_SIZE] = "";
    const enum adit_err err = adit_ssh_expand(config, text, ADIT_SSH_TOKENS, how, out, why);

    if (err)
        (void)snprintf(config->error, sizeof config->error, "%s: %s", keyword,
                       why[0] ? why : adit_err_text(err));
    return err;
}

static enum adit_err expand_path(struct adit_ssh_config *config, const char *keyword,
                                 const char **path)
{
    struct adit_buffer out = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    enum adit_err err = ADIT_OK;

    if (*path == NULL)
        return ADIT_OK;
    err = expand(config, keyword, *path, ADIT_EXPAND_PATH, &out);
    if (!err) {
        *path = adit_config_pool_text(&config->pool, adit_buffer_span(&out));
        if (*path == NULL)
            err = ADIT_ERR_NO_MEMORY;
    }
    adit_buffer_clear(&out);
    return err;
}

static bool list_has(const struct adit_config_list *list, struct adit_span text)
{
    for (size_t i = 0; i < list->count; i++)
        if (adit_span_is(text, list->items[i]))
            return true;
    return false;
}

/* The expanded paths, each once and without "none", which stands for no path. */
static enum adit_err expand_list(struct adit_ssh_config *config, const char *keyword,
                                 const struct adit_config_list *list,
                                 struct adit_config_list *expanded)
{
    struct adit_buffer path = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    struct adit_config_list result = { 0 };
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; !err && i < list->count; i++) {
        if (adit_text_equal_nocase(adit_span_text(list->items[i]), "none"))
            continue;
        adit_buffer_empty(&path);
        err = expand(config, keyword, list->items[i], ADIT_EXPAND_PATH, &path);
        if (!err && !list_has(&result, adit_buffer_span(&path)))
            err = adit_config_list_add(&config->pool, &result, adit_buffer_span(&path));
    }
    adit_buffer_clear(&path);
    *expanded = result;
    return err;
}

/* Those in the home folder only where there is one. */
static enum adit_err default_list(struct adit_ssh_config *config, const char *keyword,
                                  const char *const *paths, struct adit_config_list *list)
{
    enum adit_err err = ADIT_OK;

    if (adit_ssh_config_is_set(config, keyword) ||
        ((*paths)[0] == '~' && config->target.home == NULL))
        return ADIT_OK;
    for (; !err && *paths; paths++)
        err = adit_config_list_add(&config->pool, list, adit_span_text(*paths));
    return err;
}

/* "none" and the name of a variable are no paths. */
static enum adit_err finish_agent(struct adit_ssh_config *config)
{
    const char *agent = config->identity_agent;

    if (agent == NULL || strcmp(agent, "SSH_AUTH_SOCK") == 0 || strcmp(agent, "none") == 0 ||
        (agent[0] == '$' && agent[1] != '{'))
        return ADIT_OK;
    return expand_path(config, "IdentityAgent", &config->identity_agent);
}

/* ssh learns further host keys unless somebody chose where they are kept. */
static void finish_update(struct adit_ssh_config *config)
{
    const struct adit_config_list *files = &config->user_known_hosts_files;

    if (adit_ssh_config_is_set(config, "UpdateHostKeys"))
        return;
    config->update_host_keys =
        !adit_ssh_config_is_set(config, "UserKnownHostsFile") ||
                (files->count == 1 && strcmp(files->items[0], "~/.ssh/known_hosts") == 0)
            ? ADIT_UPDATE_YES
            : ADIT_UPDATE_NO;
}

static enum adit_err finish_paths(struct adit_ssh_config *config)
{
    static const char *const identities[] = { "~/.ssh/id_rsa", "~/.ssh/id_ecdsa",
                                              "~/.ssh/id_ed25519", NULL };
    static const char *const users[] = { "~/.ssh/known_hosts", "~/.ssh/known_hosts2", NULL };
    static const char *const globals[] = { "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2",
                                           NULL };
    struct adit_config_list *known = &config->user_known_hosts_files;
    enum adit_err err;

    config->identity_files_given = adit_ssh_config_is_set(config, "IdentityFile");
    finish_update(config);
    err = default_list(config, "IdentityFile", identities, &config->written.identity_files);
    if (!err)
        err = default_list(config, "UserKnownHostsFile", users, known);
    if (!err)
        err = default_list(config, "GlobalKnownHostsFile", globals,
                           &config->global_known_hosts_files);
    if (!err)
        err = expand_list(config, "IdentityFile", &config->written.identity_files,
                          &config->identity_files);
    if (!err)
        err = expand_list(config, "CertificateFile", &config->written.certificate_files,
                          &config->certificate_files);
    if (!err)
        err = expand_list(config, "UserKnownHostsFile", known, known);
    if (!err)
        err = expand_path(config, "ControlPath", &config->control_path);
    return err ? err : finish_agent(config);
}

static enum adit_err finish_command(struct adit_ssh_config *config)
{
    struct adit_buffer out = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    char why[ADIT_SSH_WHY_SIZE] = "";
    enum adit_err err = ADIT_OK;

    if (config->written.proxy_command == NULL)
        return ADIT_OK;
    if (config->proxy_use_fdpass) {
        (void)snprintf(config->error, sizeof config->error,
                       "ProxyUseFdpass is not supported: a ProxyCommand is to carry the bytes");
        return ADIT_ERR_UNSUPPORTED;
    }
    err = adit_ssh_expand(config, config->written.proxy_command, ADIT_SSH_PROXY_TOKENS,
                          ADIT_EXPAND_SHELL, &out, why);
    if (!err) {
        config->proxy_command = adit_config_pool_text(&config->pool, adit_buffer_span(&out));
        if (config->proxy_command == NULL)
            err = ADIT_ERR_NO_MEMORY;
    }
    if (why[0])
        (void)snprintf(config->error, sizeof config->error, "ProxyCommand: %s", why);
    adit_buffer_clear(&out);
    return err;
}

/* ---- sockets in the file system ---- */

static enum adit_err expand_socket(struct adit_ssh_config *config, const char *keyword,
                                   char path[static ADIT_HOST_MAX])
{
    struct adit_buffer out = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    enum adit_err err;

    if (path[0] != '/')
        return ADIT_OK;
    err = expand(config, keyword, path, 0, &out);
    if (!err && out.len > SOCKET_PATH_MAX) {
        (void)snprintf(config->error, sizeof config->error,
                       "%s: the path of the socket is longer than %d bytes", keyword,
                       SOCKET_PATH_MAX);
        err = ADIT_ERR_LIMIT;
    }
    if (!err) {
        memcpy(path, out.data, out.len);
        path[out.len] = '\0';
    }
    adit_buffer_clear(&out);
    return err;
}

static enum adit_err finish_forwards(struct adit_ssh_config *config, const char *keyword,
                                     struct adit_forward_spec *forwards, size_t *count)
{
    enum adit_err err = ADIT_OK;

    if (config->clear_all_forwardings)
        *count = 0;
    for (size_t i = 0; !err && i < *count; i++) {
        err = expand_socket(config, keyword, forwards[i].bind);
        if (!err)
            err = expand_socket(config, keyword, forwards[i].host);
    }
    return err;
}

/* Host names of known_hosts are in lower case. */
static enum adit_err finish_alias(struct adit_ssh_config *config)
{
    char *copy;

    if (config->host_key_alias == NULL)
        return ADIT_OK;
    copy = adit_config_pool_text(&config->pool, adit_span_text(config->host_key_alias));
    if (copy == NULL)
        return ADIT_ERR_NO_MEMORY;
    to_lower((uint8_t *)copy, strlen(copy));
    config->host_key_alias = copy;
    return ADIT_OK;
}

enum adit_err adit_ssh_config_finish(struct adit_ssh_config *config)
{
    bool again;
    enum adit_err err = ADIT_OK;

    config->error[0] = '\0';
    if (!config->settled)
        err = adit_ssh_config_settle(config, &again);
    if (!err)
        err = finish_alias(config);
    if (config->user == NULL)
        config->user = config->target.local_user ? config->target.local_user : "";
    if (!err)
        err = finish_paths(config);
    if (!err)
        err = finish_command(config);
    if (!err)
        err = finish_forwards(config, "LocalForward", config->local_forwards,
                              &config->local_forward_count);
    if (!err)
        err = finish_forwards(config, "RemoteForward", config->remote_forwards,
                              &config->remote_forward_count);
    if (!err)
        err = finish_forwards(config, "DynamicForward", config->dynamic_forwards,
                              &config->dynamic_forward_count);
    return with_sentence(config, err);
}
