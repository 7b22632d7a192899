/* SPDX-License-Identifier: BSD-2-Clause */
/* Of each keyword the first value counts: command line, then the user's file, then the system's. */
#include "settings.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define USER_FOLDER   "~/.ssh"
#define SYSTEM_FOLDER "/etc/ssh"
#define SYSTEM_FILE   SYSTEM_FOLDER "/ssh_config"

/*
 * With ConnectTimeout=none the limit is the system's own on a TCP connection,
 * which comes long before this one.
 */
enum { NO_CONNECT_TIMEOUT_MS = 10 * 60 * 1000 };

/* ssh asks the system who we are, and so does adit; $HOME is for users unknown to it. */
static void find_user(struct adit_client_config *config)
{
    char memory[16 * 1024];
    struct passwd entry;
    struct passwd *found = NULL;
    const char *home = getenv("HOME"); /* NOLINT(concurrency-mt-unsafe): before any thread */

    if (getpwuid_r(getuid(), &entry, memory, sizeof memory, &found) == 0 && found) {
        (void)snprintf(config->local_user, sizeof config->local_user, "%s", entry.pw_name);
        home = entry.pw_dir;
    }
    if (home)
        (void)snprintf(config->home, sizeof config->home, "%s", home);
}

static enum adit_err take_options(struct adit_ssh_config *config,
                                  const struct adit_options *options)
{
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; err == ADIT_OK && i < options->setting_count; i++) {
        const struct adit_given_setting *given = &options->settings[i];

        err = given->keyword ? adit_ssh_config_set(config, given->keyword, given->value)
                             : adit_ssh_config_option(config, given->value);
    }
    return err;
}

/* One that need not be there. */
static enum adit_err read_file(struct adit_client_config *config, const char *path,
                               const char *include_dir, bool strict)
{
    enum adit_err err;

    config->files.strict = strict;
    err = adit_ssh_config_read(&config->ssh, path, include_dir);
    return err == ADIT_ERR_NOT_FOUND ? ADIT_OK : err;
}

static enum adit_err read_files(struct adit_client_config *config, const char *only)
{
    char path[sizeof config->home + sizeof "/.ssh/config"];
    enum adit_err err = ADIT_OK;

    if (only && strcasecmp(only, "none") == 0)
        return ADIT_OK;
    if (only)
        return adit_ssh_config_read(&config->ssh, only, USER_FOLDER);
    if (config->home[0]) {
        (void)snprintf(path, sizeof path, "%s/.ssh/config", config->home);
        err = read_file(config, path, USER_FOLDER, true);
    }
    return err ? err : read_file(config, SYSTEM_FILE, SYSTEM_FOLDER, false);
}

bool adit_client_config_load(struct adit_client_config *config, const struct adit_options *options,
                             const struct adit_client_log *log)
{
    struct adit_ssh_target target = { .host = options->destination.host };
    enum adit_err err;

    *config = (struct adit_client_config){ 0 };
    adit_client_files_init(&config->files, log);
    find_user(config);
    target.local_user = config->local_user[0] ? config->local_user : NULL;
    target.home = config->home[0] ? config->home : NULL;
    adit_ssh_config_init(&config->ssh, &target, &config->files.files);
    err = take_options(&config->ssh, options);
    if (err == ADIT_OK)
        err = read_files(config, options->config_file);
    if (err == ADIT_OK)
        err = adit_ssh_config_finish(&config->ssh);
    return err == ADIT_OK;
}

void adit_client_config_clear(struct adit_client_config *config)
{
    adit_ssh_config_clear(&config->ssh);
}

static int family_of(enum adit_config_family family)
{
    switch (family) {
    case ADIT_FAMILY_INET:
        return AF_INET;
    case ADIT_FAMILY_INET6:
        return AF_INET6;
    case ADIT_FAMILY_ANY:
        break;
    }
    return AF_UNSPEC;
}

/* PreferredAuthentications without what another keyword forbids. */
static bool choose_methods(const struct adit_ssh_config *config,
                           char methods[static ADIT_METHODS_SIZE])
{
    const char *rest = config->preferred_authentications ? config->preferred_authentications
                                                         : "publickey,password";
    size_t len = 0;

    methods[0] = '\0';
    while (*rest) {
        const size_t name_len = strcspn(rest, ",");
        const bool is_key = name_len == 9 && memcmp(rest, "publickey", name_len) == 0;
        const bool is_password = name_len == 8 && memcmp(rest, "password", name_len) == 0;

        if ((is_key && config->pubkey_authentication) ||
            (is_password && config->password_authentication)) {
            if (len + name_len + 2 > ADIT_METHODS_SIZE)
                return false;
            if (len)
                methods[len++] = ',';
            memcpy(methods + len, rest, name_len);
            len += name_len;
            methods[len] = '\0';
        }
        rest += name_len;
        rest += *rest == ',';
    }
    return len > 0;
}

static bool copy_list(const struct adit_config_list *list, const char **out, size_t *count,
                      size_t max)
{
    if (list->count > max)
        return false;
    for (size_t i = 0; i < list->count; i++)
        out[i] = list->items[i];
    *count = list->count;
    return true;
}

static const char *fill_files(struct adit_tunnel_settings *settings,
                              const struct adit_ssh_config *config)
{
    if (!copy_list(&config->identity_files, settings->identity_files,
                   &settings->identity_file_count, ADIT_IDENTITIES_MAX))
        return "too many identity files (-i)";
    if (!copy_list(&config->user_known_hosts_files, settings->user_known_hosts,
                   &settings->user_known_hosts_count, ADIT_FILES_MAX))
        return "too many files in UserKnownHostsFile";
    if (!copy_list(&config->global_known_hosts_files, settings->global_known_hosts,
                   &settings->global_known_hosts_count, ADIT_FILES_MAX))
        return "too many files in GlobalKnownHostsFile";
    return NULL;
}

static void fill_numbers(struct adit_tunnel_settings *settings,
                         const struct adit_ssh_config *config)
{
    settings->port = config->port;
    settings->address_family = family_of(config->address_family);
    settings->password_prompts = config->number_of_password_prompts;
    settings->rekey_bytes = config->rekey_bytes;
    settings->rekey_ms = config->rekey_ms;
    settings->connect_timeout_ms =
        config->connect_timeout_ms ? config->connect_timeout_ms : NO_CONNECT_TIMEOUT_MS;
    settings->alive_interval_ms =
        config->server_alive_interval_ms ? config->server_alive_interval_ms : UINT64_MAX;
    settings->alive_count_max = config->server_alive_count_max;
}

bool adit_client_settings_fill(struct adit_tunnel_settings *settings,
                               const struct adit_ssh_config *config,
                               char methods[static ADIT_METHODS_SIZE], char *why, size_t size)
{
    const char *wrong = fill_files(settings, config);

    if (wrong == NULL && config->user[0] == '\0')
        wrong = "no user to log in as; say which with -l or user@host";
    if (wrong == NULL && !choose_methods(config, methods))
        wrong = "no login method is left: adit knows publickey and password";
    if (wrong) {
        (void)snprintf(why, size, "%s", wrong);
        return false;
    }
    settings->host = config->host_name;
    settings->user = config->user;
    settings->host_key_alias = config->host_key_alias;
    settings->bind_address = config->bind_address;
    settings->bind_interface = config->bind_interface;
    settings->preferred_methods = methods;
    settings->batch_mode = config->batch_mode;
    settings->host_key_policy = config->strict_host_key_checking;
    settings->hash_known_hosts = config->hash_known_hosts;
    settings->algorithms = config->algorithms;
    settings->no_tcp_keepalive = !config->tcp_keep_alive;
    settings->require_strict_kex = config->require_strict_kex;
    settings->gateway_ports = config->gateway_ports;
    settings->socket_mode = 0777U & ~config->stream_local_bind_mask;
    settings->unlink_sockets = config->stream_local_bind_unlink;
    fill_numbers(settings, config);
    return true;
}
