/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings for a destination, from the files that ssh would read. */
#include "tunnel/load.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "tunnel/failure.h"
#include "tunnel/login.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PASSWD_SIZE = 16 * 1024,
    /* With ConnectTimeout=none the system's own limit on a TCP connection comes long before. */
    NO_CONNECT_TIMEOUT_MS = 10 * 60 * 1000,
};

#define USER_FOLDER   "~/.ssh"
#define SYSTEM_FOLDER "/etc/ssh"

_Static_assert(ADIT_SSH_IDENTITIES_MAX == ADIT_IDENTITIES_MAX &&
                   ADIT_SSH_FILES_MAX == ADIT_FILES_MAX && ADIT_SSH_USERS_MAX == ADIT_USERS_MAX,
               "the settings hold what the configuration may");
_Static_assert(ADIT_SSH_HOSTS_MAX == ADIT_HOSTS_MAX, "that many alternative hosts, too");

/* ---- the files ---- */

/* ssh asks the system who we are; $HOME is for users whom it does not know. */
static void find_ourselves(struct adit_loaded *l)
{
    char memory[PASSWD_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;
    const char *home = NULL;

    if (getpwuid_r(getuid(), &entry, memory, sizeof memory, &found) == 0 && found != NULL) {
        (void)snprintf(l->local_user, sizeof l->local_user, "%s", entry.pw_name);
        home = entry.pw_dir;
    } else {
        home = secure_getenv("HOME");
    }
    if (home != NULL)
        (void)snprintf(l->home, sizeof l->home, "%s", home);
    if (gethostname(l->local_host, sizeof l->local_host - 1) != 0)
        l->local_host[0] = '\0';
}

/* One that need not be there. */
static enum adit_err read_file(struct adit_loaded *l, const char *path, const char *folder,
                               enum adit_file_care care)
{
    enum adit_err err;

    l->reader.care = care;
    err = adit_ssh_config_read(&l->config, path, folder);
    return err == ADIT_ERR_NOT_FOUND ? ADIT_OK : err;
}

static enum adit_err read_files(struct adit_loaded *l, const char *only)
{
    char path[ADIT_LOADED_PATH_SIZE + sizeof "/.ssh/config"];
    enum adit_err err = ADIT_OK;

    if (only != NULL && adit_text_equal_nocase(adit_span_text(only), "none"))
        return ADIT_OK;
    if (only != NULL) {
        l->reader.care = ADIT_FILE_NAMED;
        return adit_ssh_config_read(&l->config, only, USER_FOLDER);
    }
    if (l->home[0] != '\0') {
        (void)snprintf(path, sizeof path, "%s/.ssh/config", l->home);
        err = read_file(l, path, USER_FOLDER, ADIT_FILE_OURS);
    }
    return err ? err : read_file(l, SYSTEM_FOLDER "/ssh_config", SYSTEM_FOLDER, ADIT_FILE_NAMED);
}

static enum adit_err take_options(struct adit_loaded *l, const struct adit_ssh_options *options)
{
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; err == ADIT_OK && i < options->option_count; i++) {
        const struct adit_ssh_option *option = &options->options[i];

        err = option->keyword != NULL
                  ? adit_ssh_config_set(&l->config, option->keyword, option->value)
                  : adit_ssh_config_option(&l->config, option->value);
    }
    if (err == ADIT_OK && l->destination.user[0] != '\0')
        err = adit_ssh_config_set(&l->config, "User", l->destination.user);
    if (err == ADIT_OK && l->destination.port[0] != '\0')
        err = adit_ssh_config_set(&l->config, "Port", l->destination.port);
    return err;
}

/* Of each keyword the first value counts: options, then the user's file, then the system's. */
static enum adit_err read_config(struct adit_loaded *l, const struct adit_ssh_options *options)
{
    struct adit_ssh_target target = { .host = l->destination.host };
    bool again = false;
    enum adit_err err;

    find_ourselves(l);
    target.local_host = l->local_host;
    target.local_id = (unsigned)getuid();
    target.local_user = l->local_user[0] != '\0' ? l->local_user : NULL;
    target.home = l->home[0] != '\0' ? l->home : NULL;
    adit_ssh_config_init(&l->config, &target, &l->reader.files);
    err = take_options(l, options);
    if (err == ADIT_OK)
        err = read_files(l, options->config_file);
    if (err == ADIT_OK)
        err = adit_ssh_config_settle(&l->config, &again);
    if (err == ADIT_OK && again)
        err = read_files(l, options->config_file);
    return err ? err : adit_ssh_config_finish(&l->config);
}

/* ---- from the configuration to the settings ---- */

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

/* PreferredAuthentications without what another keyword forbids and what is not known here. */
static void choose_methods(struct adit_loaded *l)
{
    const char *preferred = l->config.preferred_authentications;
    struct adit_span rest = adit_span_text(preferred ? preferred : ADIT_METHODS_DEFAULT);
    struct adit_span name;
    size_t len = 0;

    while (adit_text_list_next(&rest, &name)) {
        const bool wanted = (adit_span_is(name, "publickey") &&
                             l->config.pubkey_authentication != ADIT_PUBKEY_NO) ||
                            (adit_span_is(name, "keyboard-interactive") &&
                             l->config.kbd_interactive_authentication) ||
                            (adit_span_is(name, "password") && l->config.password_authentication);

        if (!wanted || len + name.len + sizeof "," > sizeof l->methods)
            continue;
        if (len > 0)
            l->methods[len++] = ',';
        memcpy(l->methods + len, name.data, name.len);
        len += name.len;
    }
    l->methods[len] = '\0';
}

/* What is beyond `max` is left out. */
static size_t copy_list(const struct adit_config_list *list, const char **out, size_t max)
{
    const size_t count = list->count < max ? list->count : max;

    for (size_t i = 0; i < count; i++)
        out[i] = list->items[i];
    return count;
}

/* In the settings 0 is what was not given, so a 0 of the configuration is another value there. */
static void fill(struct adit_tunnel_settings *settings, const struct adit_loaded *l)
{
    const struct adit_ssh_config *config = &l->config;

    settings->host = config->host_name;
    settings->port = config->port;
    settings->alternative_host_count =
        copy_list(&config->alternative_hosts, settings->alternative_hosts, ADIT_HOSTS_MAX);
    settings->user = config->user;
    settings->host_key_alias = config->host_key_alias;
    settings->bind_address = config->bind_address;
    settings->bind_interface = config->bind_interface;
    settings->proxy_command = config->proxy_command;
    settings->proxy_url = config->proxy_url;
    settings->address_family = family_of(config->address_family);
    settings->identity_file_count =
        copy_list(&config->identity_files, settings->identity_files, ADIT_IDENTITIES_MAX);
    settings->certificate_file_count =
        copy_list(&config->certificate_files, settings->certificate_files, ADIT_IDENTITIES_MAX);
    settings->identity_agent = config->identity_agent;
    settings->identities_only = config->identities_only;
    settings->add_keys_to_agent = config->add_keys_to_agent;
    settings->add_keys_ms = config->add_keys_ms;
    settings->batch_mode = config->batch_mode;
    settings->password_prompts =
        config->number_of_password_prompts ? config->number_of_password_prompts : UINT_MAX;
    settings->preferred_methods = l->methods;
    settings->host_key_policy = config->strict_host_key_checking;
    settings->user_known_hosts_count =
        copy_list(&config->user_known_hosts_files, settings->user_known_hosts, ADIT_FILES_MAX);
    settings->global_known_hosts_count =
        copy_list(&config->global_known_hosts_files, settings->global_known_hosts, ADIT_FILES_MAX);
    settings->hash_known_hosts = config->hash_known_hosts;
    settings->update_host_keys = config->update_host_keys;
    settings->algorithms = config->algorithms;
    settings->ca_signature_algorithms = config->ca_signature_algorithms;
    settings->rekey_bytes = config->rekey_bytes;
    settings->rekey_ms = config->rekey_ms;
    settings->window_memory = config->window_memory;
    settings->compression = config->compression;
    settings->connect_timeout_ms =
        config->connect_timeout_ms ? config->connect_timeout_ms : NO_CONNECT_TIMEOUT_MS;
    settings->alive_interval_ms =
        config->server_alive_interval_ms ? config->server_alive_interval_ms : UINT64_MAX;
    settings->alive_count_max = config->server_alive_count_max ? config->server_alive_count_max : 1;
    settings->no_reconnect = !config->reconnect;
    settings->connect_wait_ms = config->connect_wait_ms ? config->connect_wait_ms : UINT64_MAX;
    settings->no_tcp_keepalive = !config->tcp_keep_alive;
    settings->require_strict_kex = config->require_strict_kex;
    settings->publickey_unbound = config->pubkey_authentication == ADIT_PUBKEY_UNBOUND;
    settings->gateway_ports = config->gateway_ports;
    settings->socket_mode = 0777U & ~config->stream_local_bind_mask;
    settings->unlink_sockets = config->stream_local_bind_unlink;
    settings->forward_allow_user_count =
        copy_list(&config->forward_allow_users, settings->forward_allow_users, ADIT_USERS_MAX);
}

static void release(struct adit_tunnel_settings *settings)
{
    struct adit_loaded *l = (struct adit_loaded *)(void *)settings->loaded;

    settings->loaded = NULL;
    while (l != NULL) {
        struct adit_loaded *next = (struct adit_loaded *)(void *)l->hop.loaded;

        adit_ssh_config_clear(&l->config);
        free(l);
        l = next;
    }
}

/* The sentences of the configuration say themselves where the fault is: no leg before them. */
static enum adit_err refuse(struct adit_failure *failure, enum adit_err err, const char *text)
{
    if (failure != NULL) {
        failure->err = err;
        failure->leg = ADIT_LEG_CLIENT;
        (void)snprintf(failure->text, sizeof failure->text, "%s", text);
    }
    return err;
}

enum adit_err adit_load_one(struct adit_tunnel_settings *settings, const char *destination,
                            const struct adit_ssh_options *options, struct adit_failure *failure)
{
    struct adit_loaded *l = adit_new(sizeof *l);
    enum adit_err err;

    if (l == NULL)
        return adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT, "out of memory");
    if (!adit_destination_parse(&l->destination, destination)) {
        free(l);
        return adit_failure_return(failure, ADIT_ERR_FORMAT, ADIT_LEG_CLIENT,
                                   "\"%s\" is not [user@]host or ssh://[user@]host[:port]",
                                   destination);
    }
    adit_config_reader_init(&l->reader, settings);
    err = read_config(l, options);
    if (err) {
        err = refuse(failure, err, l->config.error);
        adit_ssh_config_clear(&l->config);
        free(l);
        return err;
    }
    choose_methods(l);
    fill(settings, l);
    settings->loaded = &l->config;
    return ADIT_OK;
}

enum adit_err adit_tunnel_settings_load_with(struct adit_tunnel_settings *settings,
                                             const char *destination,
                                             const struct adit_ssh_options *options,
                                             struct adit_failure *failure)
{
    struct adit_tunnel_settings fresh = *settings;
    enum adit_err err;

    if (failure != NULL)
        *failure = (struct adit_failure){ 0 };
    fresh.loaded = NULL;
    err = adit_load_one(&fresh, destination, options, failure);
    if (err == ADIT_OK && !options->without_jumps)
        err = adit_load_jumps(&fresh, options->config_file, failure);
    if (err) {
        release(&fresh);
        return err;
    }
    release(settings); /* of an earlier load; callbacks and keys stay */
    *settings = fresh;
    return ADIT_OK;
}

enum adit_err adit_tunnel_settings_load(struct adit_tunnel_settings *settings,
                                        const char *destination, struct adit_failure *failure)
{
    const struct adit_ssh_options none = { 0 };

    return adit_tunnel_settings_load_with(settings, destination, &none, failure);
}

void adit_tunnel_settings_clear(struct adit_tunnel_settings *settings)
{
    release(settings);
    adit_tunnel_settings_init(settings);
}
