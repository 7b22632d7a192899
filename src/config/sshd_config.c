/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines come from a source, are looked up in the table of sshd_rows.c and stored
 * where their row says. Settings that only SshdDefaults excuses are remembered
 * until the end, for it may stand below them.
 */
#include "config/sshd_config.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "config/source.h"
#include "config/sshd_rows.h"

#include <stdio.h>
#include <stdlib.h>

enum { WHY_SIZE = 384, REFUSED_MAX = 256 };

void adit_sshd_config_init(struct adit_sshd_config *config, const struct adit_config_files *files)
{
    *config = (struct adit_sshd_config){
        .pubkey_authentication = true,
        .password_authentication = true,
        .strict_modes = true,
        .allow_tcp_forwarding = ADIT_FORWARDING_ALL,
        .stream_local_bind_mask = 0177,
        .client_alive_interval_ms = 15000,
        .client_alive_count_max = 3,
        .login_grace_time_ms = 120000,
        .max_auth_tries = 6,
        .max_channels = 16384,
        .max_startups = { 100, 30, 1000 },
        .window_memory = (uint64_t)256 << 20,
        .tcp_keep_alive = true,
        .compression = true,
        .log_level = ADIT_LOG_INFO,
        .syslog_facility = "AUTH",
        .files = files,
    };
}

void adit_sshd_config_clear(struct adit_sshd_config *config)
{
    adit_config_pool_clear(&config->pool);
    *config = (struct adit_sshd_config){ 0 };
}

static enum adit_err out_of_memory(struct adit_sshd_config *config)
{
    (void)snprintf(config->error, sizeof config->error, "%s", adit_err_text(ADIT_ERR_NO_MEMORY));
    return ADIT_ERR_NO_MEMORY;
}

static void note(const struct adit_sshd_config *config, const char *text)
{
    if (config->files && config->files->note)
        config->files->note(config->files->user, text);
}

/* ---- one line ---- */

/* What becomes of a line that was not refused outright. `why` tells more about it. */
enum outcome { OBEYED, NOTED, SOFTENED };

static enum adit_err without_value(const struct adit_setting *setting, enum outcome *outcome)
{
    const struct adit_keyword *row = setting->keyword;

    if (row->flags & ADIT_KEYWORD_IGNORED) {
        (void)snprintf(setting->why, setting->why_size, "%s has no effect on tunnels", row->name);
        *outcome = NOTED;
        return ADIT_OK;
    }
    if (adit_keyword_is_harmless(setting))
        return ADIT_OK;
    (void)snprintf(setting->why, setting->why_size, "%s %s", row->name, row->why);
    if (!(row->flags & ADIT_KEYWORD_SOFTENED))
        return ADIT_ERR_UNSUPPORTED;
    *outcome = SOFTENED;
    return ADIT_OK;
}

/* Obeys a keyword with its words; `why` has WHY_SIZE bytes. */
static enum adit_err obey(struct adit_sshd_config *config, const struct adit_config_line *line,
                          char *why, enum outcome *outcome)
{
    bool noted = false;
    const struct adit_setting setting = {
        .keyword = adit_keyword_find(adit_sshd_rows, adit_sshd_row_count, line->keyword),
        .args = line->args,
        .arg_count = line->arg_count,
        .pool = &config->pool,
        .why = why,
        .why_size = WHY_SIZE,
        .noted = &noted,
    };
    const struct adit_keyword_set set = {
        .rows = adit_sshd_rows,
        .config = config,
        .given = config->given,
    };
    enum adit_err err;
    char shown[96];

    *outcome = OBEYED;
    if (adit_text_equal_nocase(line->keyword, "Match")) {
        (void)snprintf(why, WHY_SIZE, "Match is not supported yet");
        return ADIT_ERR_UNSUPPORTED;
    }
    if (setting.keyword == NULL) {
        adit_text_printable(line->keyword, shown, sizeof shown);
        (void)snprintf(why, WHY_SIZE, "unknown keyword \"%s\"", shown);
        return ADIT_ERR_FORMAT;
    }
    if (setting.keyword->kind == NULL)
        return without_value(&setting, outcome);
    err = adit_keyword_apply(&set, &setting);
    if (noted)
        *outcome = NOTED;
    return err;
}

/* Acts on the outcome; `text` is the sentence with its place. */
static enum adit_err settle(struct adit_sshd_config *config, enum outcome outcome, const char *text)
{
    if (outcome == NOTED)
        note(config, text);
    if (outcome != SOFTENED || config->refused.count == REFUSED_MAX)
        return ADIT_OK;
    if (adit_config_list_add(&config->pool, &config->refused, adit_span_text(text)))
        return out_of_memory(config);
    return ADIT_OK;
}

static enum adit_err obey_line(struct adit_sshd_config *config, struct adit_config_source *source)
{
    char why[WHY_SIZE] = "";
    char text[sizeof config->error];
    enum outcome outcome;
    enum adit_err err;

    if (adit_text_equal_nocase(source->line.keyword, "Include"))
        return adit_config_source_include(source);
    err = obey(config, &source->line, why, &outcome);
    if (err)
        return adit_config_source_fail(source, err, why);
    if (outcome == OBEYED)
        return ADIT_OK;
    adit_config_source_say(source, why); /* for its file and line */
    memcpy(text, config->error, sizeof text);
    config->error[0] = '\0';
    return settle(config, outcome, text);
}

/* ---- sources ---- */

static struct adit_config_source *source_new(struct adit_sshd_config *config)
{
    struct adit_config_source *source = adit_new(sizeof *source);

    if (source == NULL)
        return NULL;
    source->files = config->files;
    source->files_read = &config->files_read;
    source->error = config->error;
    source->error_size = sizeof config->error;
    source->include_dir = "/etc/ssh";
    return source;
}

/* Obeys all lines of a source that was opened with `err`, and frees it. */
static enum adit_err read_source(struct adit_sshd_config *config, struct adit_config_source *source,
                                 enum adit_err err)
{
    bool more = true;

    while (!err) {
        err = adit_config_source_next(source, &more);
        if (err || !more)
            break;
        err = obey_line(config, source);
    }
    adit_config_source_clear(source);
    free(source);
    return err;
}

enum adit_err adit_sshd_config_parse(struct adit_sshd_config *config, const char *name,
                                     struct adit_span text)
{
    struct adit_config_source *source = source_new(config);

    if (source == NULL)
        return out_of_memory(config);
    return read_source(config, source, adit_config_source_open_text(source, name, text));
}

enum adit_err adit_sshd_config_read(struct adit_sshd_config *config, const char *path)
{
    struct adit_config_source *source = source_new(config);

    if (source == NULL)
        return out_of_memory(config);
    return read_source(config, source, adit_config_source_open_file(source, path));
}

enum adit_err adit_sshd_config_option(struct adit_sshd_config *config, const char *option)
{
    struct adit_config_line *line = adit_new(sizeof *line);
    char why[WHY_SIZE] = "the option is empty";
    const char *wrong = why;
    char text[WHY_SIZE + 32];
    enum outcome outcome = OBEYED;
    enum adit_err err;

    if (line == NULL)
        return out_of_memory(config);
    err = adit_config_line_split(adit_span_text(option), line, &wrong);
    if (!err && line->keyword.len == 0)
        err = ADIT_ERR_FORMAT;
    if (!err)
        err = obey(config, line, why, &outcome);
    (void)snprintf(text, sizeof text, "command line: %s", wrong);
    free(line);
    if (!err)
        return settle(config, outcome, text);
    (void)snprintf(config->error, sizeof config->error, "%s", text);
    return err;
}

/* ---- what depends on other settings ---- */

/* Refused settings: the first is the error, or all are notes. */
static enum adit_err finish_refused(struct adit_sshd_config *config)
{
    if (config->refused.count && !config->sshd_defaults) {
        (void)snprintf(config->error, sizeof config->error, "%s (or set SshdDefaults yes)",
                       config->refused.items[0]);
        return ADIT_ERR_UNSUPPORTED;
    }
    for (size_t i = 0; i < config->refused.count; i++)
        note(config, config->refused.items[i]);
    return ADIT_OK;
}

static enum adit_err default_list(struct adit_sshd_config *config, const char *keyword,
                                  struct adit_config_list *list, const char *const *texts)
{
    enum adit_err err = ADIT_OK;

    if (adit_sshd_config_is_set(config, keyword))
        return ADIT_OK;
    for (; !err && *texts; texts++)
        err = adit_config_list_add(&config->pool, list, adit_span_text(*texts));
    return err;
}

/* The defaults that are not the same under SshdDefaults. */
static enum adit_err finish_defaults(struct adit_sshd_config *config)
{
    static const char *const our_host_keys[] = { "/etc/aditd/ssh_host_ed25519_key",
                                                 "/etc/aditd/ssh_host_rsa_key", NULL };
    static const char *const sshd_host_keys[] = { "/etc/ssh/ssh_host_rsa_key",
                                                  "/etc/ssh/ssh_host_ecdsa_key",
                                                  "/etc/ssh/ssh_host_ed25519_key", NULL };
    static const char *const our_keys_files[] = { "/etc/aditd/authorized_keys/%u",
                                                  "%h/.ssh/authorized_keys", NULL };
    static const char *const sshd_keys_files[] = { ".ssh/authorized_keys", ".ssh/authorized_keys2",
                                                   NULL };
    const bool sshd = config->sshd_defaults;
    enum adit_err err =
        default_list(config, "HostKey", &config->host_keys, sshd ? sshd_host_keys : our_host_keys);

    if (!err)
        err = default_list(config, "AuthorizedKeysFile", &config->authorized_keys_files,
                           sshd ? sshd_keys_files : our_keys_files);
    if (sshd && !adit_sshd_config_is_set(config, "ClientAliveInterval"))
        config->client_alive_interval_ms = 0;
    if (sshd && !adit_sshd_config_is_set(config, "MaxStartups"))
        config->max_startups = (struct adit_max_startups){ 10, 30, 100 };
    if (!sshd && !adit_sshd_config_is_set(config, "PermitOpen"))
        config->permit_open.restricted = true;
    if (!sshd && !adit_sshd_config_is_set(config, "PermitListen"))
        config->permit_listen.restricted = true;
    return err;
}

/* Every address that has no port of its own listens on each Port. */
static enum adit_err finish_addresses(struct adit_sshd_config *config)
{
    static const struct adit_listen_address everywhere = { .host = "*" };
    const bool any = config->listen_address_count == 0;
    const struct adit_listen_address *asked = any ? &everywhere : config->listen_addresses;
    const size_t asked_count = any ? 1 : config->listen_address_count;
    struct adit_listen_address *addresses = NULL;
    size_t count = 0;

    for (size_t i = 0; i < asked_count; i++) {
        const size_t ports = asked[i].port ? 1 : config->ports.count;

        for (size_t p = 0; p < ports; p++) {
            uint64_t port = asked[i].port;
            struct adit_listen_address *place =
                adit_config_pool_push(&config->pool, &addresses, &count, sizeof *place);

            if (place == NULL)
                return ADIT_ERR_NO_MEMORY;
            if (port == 0 &&
                adit_text_to_number(adit_span_text(config->ports.items[p]), UINT16_MAX, &port))
                return ADIT_ERR_FORMAT;
            *place = (struct adit_listen_address){ asked[i].host, (uint16_t)port };
        }
    }
    config->listen_addresses = addresses;
    config->listen_address_count = count;
    return ADIT_OK;
}

enum adit_err adit_sshd_config_finish(struct adit_sshd_config *config)
{
    static const char *const ports[] = { "22", NULL };
    enum adit_err err;

    config->error[0] = '\0'; /* a file that need not be there may have left a sentence */
    err = finish_refused(config);
    if (err)
        return err;
    err = finish_defaults(config);
    if (!err)
        err = default_list(config, "Port", &config->ports, ports);
    if (!err)
        err = finish_addresses(config);
    if (err)
        (void)snprintf(config->error, sizeof config->error, "%s", adit_err_text(err));
    return err;
}

bool adit_sshd_config_is_set(const struct adit_sshd_config *config, const char *keyword)
{
    const struct adit_keyword *row =
        adit_keyword_find(adit_sshd_rows, adit_sshd_row_count, adit_span_text(keyword));

    return row && config->given[row - adit_sshd_rows];
}

enum adit_err adit_sshd_config_print(const struct adit_sshd_config *config, struct adit_buffer *out)
{
    return adit_keywords_print(adit_sshd_rows, adit_sshd_row_count, config, config->given, out);
}
