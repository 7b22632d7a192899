/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines come from a source, are looked up in the table of ssh_rows.c and stored
 * where their row says. Only Host, Match, Include and unknown keywords need
 * more than a row.
 */
#include "config/ssh_config.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "config/source.h"
#include "config/ssh_rows.h"

#include <stdio.h>
#include <stdlib.h>

enum { WHY_SIZE = 384, EXPANDED_MAX = 64 * 1024 };

void adit_ssh_config_init(struct adit_ssh_config *config, const struct adit_ssh_target *target,
                          const struct adit_config_files *files)
{
    *config = (struct adit_ssh_config){
        .port = 22,
        .pubkey_authentication = true,
        .password_authentication = true,
        .number_of_password_prompts = 3,
        .strict_host_key_checking = ADIT_HOST_KEY_ASK,
        .connect_timeout_ms = 30000,
        .server_alive_interval_ms = 5000,
        .server_alive_count_max = 3,
        .tcp_keep_alive = true,
        .reconnect = true,
        .log_level = ADIT_LOG_INFO,
        .target = *target,
        .files = files,
    };
}

void adit_ssh_config_clear(struct adit_ssh_config *config)
{
    adit_config_pool_clear(&config->pool);
    *config = (struct adit_ssh_config){ 0 };
}

static enum adit_err out_of_memory(struct adit_ssh_config *config)
{
    (void)snprintf(config->error, sizeof config->error, "%s", adit_err_text(ADIT_ERR_NO_MEMORY));
    return ADIT_ERR_NO_MEMORY;
}

/* ---- one line ---- */

static enum adit_err unknown_keyword(const struct adit_ssh_config *config, struct adit_span keyword,
                                     char *why)
{
    char shown[96];

    if (adit_text_match_list(adit_span_text(config->ignore_unknown), keyword, true) == 1)
        return ADIT_OK;
    adit_text_printable(keyword, shown, sizeof shown);
    (void)snprintf(why, WHY_SIZE, "unknown keyword \"%s\"", shown);
    return ADIT_ERR_FORMAT;
}

/* `why` is left with the note, for the caller to send with file and line. */
static enum adit_err without_value(const struct adit_setting *setting, bool *noted)
{
    const struct adit_keyword *row = setting->keyword;

    if ((row->flags & ADIT_KEYWORD_REFUSED) && !adit_keyword_is_harmless(setting)) {
        (void)snprintf(setting->why, setting->why_size, "%s %s", row->name, row->why);
        return ADIT_ERR_UNSUPPORTED;
    }
    *noted = (row->flags & ADIT_KEYWORD_IGNORED) != 0;
    (void)snprintf(setting->why, setting->why_size, "%s has no effect on tunnels", row->name);
    return ADIT_OK;
}

/* Obeys a keyword with its words; `why` has WHY_SIZE bytes. *noted: it holds a note. */
static enum adit_err obey(struct adit_ssh_config *config, struct adit_span keyword,
                          const struct adit_span *args, size_t arg_count, char *why, bool *noted)
{
    const struct adit_setting setting = {
        .keyword = adit_keyword_find(adit_ssh_rows, adit_ssh_row_count, keyword),
        .args = args,
        .arg_count = arg_count,
        .pool = &config->pool,
        .why = why,
        .why_size = WHY_SIZE,
    };
    const struct adit_keyword_set set = {
        .rows = adit_ssh_rows,
        .config = config,
        .given = config->given,
    };

    *noted = false;
    if (setting.keyword == NULL)
        return unknown_keyword(config, keyword, why);
    if (setting.keyword->kind == NULL)
        return without_value(&setting, noted);
    return adit_keyword_apply(&set, &setting);
}

static void tell_note(const struct adit_ssh_config *config, struct adit_config_source *source,
                      const char *why)
{
    if (config->files == NULL || config->files->note == NULL)
        return;
    adit_config_source_say(source, why); /* for its file and line */
    config->files->note(config->files->user, config->error);
    source->error[0] = '\0';
}

static enum adit_err obey_line(struct adit_ssh_config *config, struct adit_config_source *source)
{
    const struct adit_config_line *line = &source->line;
    bool *active = adit_config_source_active(source);
    char why[WHY_SIZE] = "";
    bool noted = false;
    enum adit_err err = ADIT_OK;

    if (adit_text_equal_nocase(line->keyword, "Host"))
        err = adit_ssh_match_host(config, line, active, why, sizeof why);
    else if (adit_text_equal_nocase(line->keyword, "Match"))
        err = adit_ssh_match(config, line, active, why, sizeof why);
    else if (adit_text_equal_nocase(line->keyword, "Include"))
        return *active ? adit_config_source_include(source) : ADIT_OK;
    else if (*active)
        err = obey(config, line->keyword, line->args, line->arg_count, why, &noted);
    else if (!adit_keyword_find(adit_ssh_rows, adit_ssh_row_count, line->keyword))
        err = unknown_keyword(config, line->keyword, why);
    if (noted)
        tell_note(config, source, why);
    return err ? adit_config_source_fail(source, err, why) : ADIT_OK;
}

/* ---- sources ---- */

static struct adit_config_source *source_new(struct adit_ssh_config *config,
                                             const char *include_dir)
{
    struct adit_config_source *source = adit_new(sizeof *source);

    if (source == NULL)
        return NULL;
    source->files = config->files;
    source->files_read = &config->files_read;
    source->error = config->error;
    source->error_size = sizeof config->error;
    source->home = config->target.home;
    source->include_dir = include_dir;
    return source;
}

/* Obeys all lines of a source that was opened with `err`, and frees it. */
static enum adit_err read_source(struct adit_ssh_config *config, struct adit_config_source *source,
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

enum adit_err adit_ssh_config_parse(struct adit_ssh_config *config, const char *name,
                                    struct adit_span text, const char *include_dir)
{
    struct adit_config_source *source = source_new(config, include_dir);

    if (source == NULL)
        return out_of_memory(config);
    return read_source(config, source, adit_config_source_open_text(source, name, text));
}

enum adit_err adit_ssh_config_read(struct adit_ssh_config *config, const char *path,
                                   const char *include_dir)
{
    struct adit_config_source *source = source_new(config, include_dir);

    if (source == NULL)
        return out_of_memory(config);
    return read_source(config, source, adit_config_source_open_file(source, path));
}

/* ---- the command line ---- */

static enum adit_err obey_argument(struct adit_ssh_config *config, struct adit_span keyword,
                                   const struct adit_span *args, size_t arg_count)
{
    char why[WHY_SIZE] = "";
    bool noted;
    const enum adit_err err = obey(config, keyword, args, arg_count, why, &noted);

    if (noted && config->files && config->files->note)
        config->files->note(config->files->user, why);
    if (err)
        (void)snprintf(config->error, sizeof config->error, "command line: %s", why);
    return err;
}

enum adit_err adit_ssh_config_option(struct adit_ssh_config *config, const char *option)
{
    struct adit_config_line *line = adit_new(sizeof *line);
    const char *why = "the option is empty";
    enum adit_err err;

    if (line == NULL)
        return out_of_memory(config);
    err = adit_config_line_split(adit_span_text(option), line, &why);
    if (!err && line->keyword.len == 0)
        err = ADIT_ERR_FORMAT;
    if (err)
        (void)snprintf(config->error, sizeof config->error, "command line: %s", why);
    else
        err = obey_argument(config, line->keyword, line->args, line->arg_count);
    free(line);
    return err;
}

enum adit_err adit_ssh_config_set(struct adit_ssh_config *config, const char *keyword,
                                  const char *value)
{
    const struct adit_span arg = adit_span_text(value);

    if (strchr(value, '\n')) {
        (void)snprintf(config->error, sizeof config->error, "command line: %s: a line break",
                       keyword);
        return ADIT_ERR_FORMAT;
    }
    return obey_argument(config, adit_span_text(keyword), &arg, 1);
}

/* ---- what depends on other settings ---- */

static enum adit_err finish_host(struct adit_ssh_config *config)
{
    struct adit_buffer host = adit_buffer_init(EXPANDED_MAX);
    enum adit_err err = adit_ssh_expand_host_name(config, &host);

    if (!err) {
        config->host_name = adit_config_pool_text(&config->pool, adit_buffer_span(&host));
        if (config->host_name == NULL)
            err = ADIT_ERR_NO_MEMORY;
    }
    adit_buffer_clear(&host);
    if (config->user == NULL)
        config->user = config->target.local_user ? config->target.local_user : "";
    return err;
}

static bool list_has(const struct adit_config_list *list, struct adit_span text)
{
    for (size_t i = 0; i < list->count; i++)
        if (adit_span_is(text, list->items[i]))
            return true;
    return false;
}

/* Replaces the list by its expanded paths, each once. */
static enum adit_err expand_paths(struct adit_ssh_config *config, const char *keyword,
                                  struct adit_config_list *list)
{
    struct adit_config_list expanded = { 0 };
    struct adit_buffer path = adit_buffer_init(EXPANDED_MAX);
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; !err && i < list->count; i++) {
        const char *text = list->items[i];

        if (text[0] == '~' && (config->target.home == NULL || (text[1] && text[1] != '/'))) {
            (void)snprintf(config->error, sizeof config->error, "%s: %s", keyword,
                           config->target.home ? "~user is not supported"
                                               : "the home folder (~) is not known");
            err = ADIT_ERR_UNSUPPORTED;
            break;
        }
        adit_buffer_empty(&path);
        err = adit_ssh_expand_path(config, text, &path);
        if (!err && !list_has(&expanded, adit_buffer_span(&path)))
            err = adit_config_list_add(&config->pool, &expanded, adit_buffer_span(&path));
    }
    adit_buffer_clear(&path);
    *list = expanded;
    return err;
}

static enum adit_err default_paths(struct adit_ssh_config *config, struct adit_config_list *list,
                                   const char *const *paths, bool in_home)
{
    enum adit_err err = ADIT_OK;

    if (in_home && config->target.home == NULL)
        return ADIT_OK;
    for (; !err && *paths; paths++)
        err = adit_config_list_add(&config->pool, list, adit_span_text(*paths));
    return err;
}

static enum adit_err finish_paths(struct adit_ssh_config *config)
{
    static const char *const identities[] = { "~/.ssh/id_rsa", "~/.ssh/id_ecdsa",
                                              "~/.ssh/id_ed25519", NULL };
    static const char *const users[] = { "~/.ssh/known_hosts", "~/.ssh/known_hosts2", NULL };
    static const char *const globals[] = { "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2",
                                           NULL };
    const struct {
        const char *keyword;
        struct adit_config_list *list;
        const char *const *defaults;
        bool in_home;
    } rows[] = {
        { "IdentityFile", &config->identity_files, identities, true },
        { "UserKnownHostsFile", &config->user_known_hosts_files, users, true },
        { "GlobalKnownHostsFile", &config->global_known_hosts_files, globals, false },
    };
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; !err && i < ADIT_ARRAY_LEN(rows); i++) {
        if (!adit_ssh_config_is_set(config, rows[i].keyword))
            err = default_paths(config, rows[i].list, rows[i].defaults, rows[i].in_home);
        if (!err)
            err = expand_paths(config, rows[i].keyword, rows[i].list);
    }
    config->identity_files_given = adit_ssh_config_is_set(config, "IdentityFile");
    return err;
}

enum adit_err adit_ssh_config_finish(struct adit_ssh_config *config)
{
    enum adit_err err;

    config->error[0] = '\0'; /* a file that need not be there may have left a sentence */
    err = finish_host(config);
    if (!err)
        err = finish_paths(config);
    if (!err)
        err = adit_ssh_finish_ways(config);
    if (config->clear_all_forwardings) {
        config->local_forward_count = 0;
        config->remote_forward_count = 0;
    }
    if (err && config->error[0] == '\0')
        (void)snprintf(config->error, sizeof config->error, "%s", adit_err_text(err));
    return err;
}

bool adit_ssh_config_is_set(const struct adit_ssh_config *config, const char *keyword)
{
    const struct adit_keyword *row =
        adit_keyword_find(adit_ssh_rows, adit_ssh_row_count, adit_span_text(keyword));

    return row && config->given[row - adit_ssh_rows];
}

enum adit_err adit_ssh_config_print(const struct adit_ssh_config *config, struct adit_buffer *out)
{
    return adit_keywords_print(adit_ssh_rows, adit_ssh_row_count, config, config->given, out);
}
