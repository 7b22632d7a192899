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
#include <string.h>

void adit_ssh_config_init(struct adit_ssh_config *config, const struct adit_ssh_target *target,
                          const struct adit_config_files *files)
{
    *config = (struct adit_ssh_config){
        .port = 22,
        .canonicalize_max_dots = 1,
        .canonicalize_fallback_local = true,
        .pubkey_authentication = ADIT_PUBKEY_YES,
        .password_authentication = true,
        .kbd_interactive_authentication = true,
        .number_of_password_prompts = 3,
        .strict_host_key_checking = ADIT_HOST_KEY_ASK,
        .connect_timeout_ms = 30000,
        .server_alive_interval_ms = 5000,
        .server_alive_count_max = 3,
        .tcp_keep_alive = true,
        .exit_on_forward_failure = true,
        .reconnect = true,
        .connect_wait_ms = 15000,
        .window_memory = (uint64_t)256 << 20,
        .stream_local_bind_mask = 0177,
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
    (void)snprintf(why, ADIT_SSH_WHY_SIZE, "unknown keyword \"%s\"", shown);
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
    *noted = (row->flags & ADIT_KEYWORD_IGNORED) ||
             ((row->flags & ADIT_KEYWORD_LEFT_OUT) && !adit_keyword_is_harmless(setting));
    (void)snprintf(setting->why, setting->why_size, "%s %s", row->name,
                   row->why ? row->why : "has no effect on tunnels");
    return ADIT_OK;
}

/* Of ProxyCommand and ProxyJump the first that is not "none" counts. */
static bool is_overruled(const struct adit_ssh_config *config, const struct adit_keyword *row)
{
    if (strcmp(row->name, "ProxyCommand") == 0)
        return config->proxy_jump != NULL;
    return strcmp(row->name, "ProxyJump") == 0 && adit_ssh_config_is_set(config, "ProxyCommand");
}

/* A keyword with what follows it, from a line or from an option. */
struct words {
    struct adit_span keyword;
    const struct adit_span *args;
    size_t arg_count;
    struct adit_span rest;
};

static struct words words_of(const struct adit_config_line *line)
{
    return (struct words){ line->keyword, line->args, line->arg_count, line->rest };
}

/* Obeys it; `why` has ADIT_SSH_WHY_SIZE bytes. *noted: it holds a note. */
static enum adit_err obey(struct adit_ssh_config *config, const struct words *words, char *why,
                          bool *noted)
{
    const struct adit_setting setting = {
        .keyword = adit_keyword_find(adit_ssh_rows, adit_ssh_row_count, words->keyword),
        .args = words->args,
        .arg_count = words->arg_count,
        .rest = words->rest,
        .pool = &config->pool,
        .why = why,
        .why_size = ADIT_SSH_WHY_SIZE,
        .noted = noted,
    };
    const struct adit_keyword_set set = {
        .rows = adit_ssh_rows,
        .config = config,
        .given = config->given,
    };

    *noted = false;
    if (setting.keyword == NULL)
        return unknown_keyword(config, words->keyword, why);
    if (setting.keyword->kind == NULL)
        return without_value(&setting, noted);
    if (is_overruled(config, setting.keyword))
        return ADIT_OK;
    return adit_keyword_apply(&set, &setting);
}

/* What is left out is to be seen; the rest is for the debug log. */
static void tell(const struct adit_ssh_config *config, struct adit_span keyword, const char *line)
{
    const struct adit_keyword *row = adit_keyword_find(adit_ssh_rows, adit_ssh_row_count, keyword);
    const struct adit_config_files *files = config->files;

    if (files == NULL)
        return;
    if (row->flags & ADIT_KEYWORD_LEFT_OUT) {
        if (files->warn != NULL)
            files->warn(files->user, line);
    } else if (files->note != NULL) {
        files->note(files->user, line);
    }
}

static void tell_note(const struct adit_ssh_config *config, struct adit_config_source *source,
                      const char *why)
{
    adit_config_source_say(source, why); /* for its file and line */
    tell(config, source->line.keyword, config->error);
    source->error[0] = '\0';
}

static bool is_name(struct adit_span pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (strchr("*?!", pattern.data[i]) != NULL)
            return false;
    return pattern.len > 0;
}

static enum adit_err obey_host(struct adit_ssh_config *config, const struct adit_config_line *line,
                               bool *active, char *why)
{
    enum adit_err err = adit_ssh_match_host(config, line, active, why);
    const bool is_for_all = line->arg_count == 1 && adit_span_is(line->args[0], "*");

    config->is_named = config->is_named || (err == ADIT_OK && *active && !is_for_all);
    for (size_t i = 0; !err && config->sources == 1 && i < line->arg_count; i++)
        if (is_name(line->args[i]))
            err = adit_config_list_add(&config->pool, &config->named_hosts, line->args[i]);
    return err;
}

static enum adit_err obey_line(struct adit_ssh_config *config, struct adit_config_source *source)
{
    const struct adit_config_line *line = &source->line;
    const struct words words = words_of(line);
    bool *active = adit_config_source_active(source);
    char why[ADIT_SSH_WHY_SIZE] = "";
    bool noted = false;
    enum adit_err err = ADIT_OK;

    if (adit_text_equal_nocase(line->keyword, "Host"))
        err = obey_host(config, line, active, why);
    else if (adit_text_equal_nocase(line->keyword, "Match"))
        err = adit_ssh_match(config, line, active, why);
    else if (adit_text_equal_nocase(line->keyword, "Include"))
        return *active ? adit_config_source_include(source) : ADIT_OK;
    else if (*active)
        err = obey(config, &words, why, &noted);
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
    config->sources++;
    return read_source(config, source, adit_config_source_open_file(source, path));
}

/* ---- the command line ---- */

static enum adit_err obey_argument(struct adit_ssh_config *config, const struct words *words)
{
    char why[ADIT_SSH_WHY_SIZE] = "";
    bool noted;
    const enum adit_err err = obey(config, words, why, &noted);

    if (noted)
        tell(config, words->keyword, why);
    if (err)
        (void)snprintf(config->error, sizeof config->error, "command line: %s", why);
    return err;
}

enum adit_err adit_ssh_config_option(struct adit_ssh_config *config, const char *option)
{
    struct adit_config_line *line = adit_new(sizeof *line);
    const char *why = "the option is empty";
    struct words words;
    enum adit_err err;

    if (line == NULL)
        return out_of_memory(config);
    err = adit_config_line_split(adit_span_text(option), line, &why);
    if (!err && line->keyword.len == 0)
        err = ADIT_ERR_FORMAT;
    if (err) {
        (void)snprintf(config->error, sizeof config->error, "command line: %s", why);
    } else {
        words = words_of(line);
        err = obey_argument(config, &words);
    }
    free(line);
    return err;
}

enum adit_err adit_ssh_config_set(struct adit_ssh_config *config, const char *keyword,
                                  const char *value)
{
    const struct adit_span arg = adit_span_text(value);
    const struct words words = { adit_span_text(keyword), &arg, 1, arg };

    if (strchr(value, '\n')) {
        (void)snprintf(config->error, sizeof config->error, "command line: %s: a line break",
                       keyword);
        return ADIT_ERR_FORMAT;
    }
    return obey_argument(config, &words);
}

bool adit_ssh_config_is_set(const struct adit_ssh_config *config, const char *keyword)
{
    const struct adit_keyword *row =
        adit_keyword_find(adit_ssh_rows, adit_ssh_row_count, adit_span_text(keyword));

    return row && config->given[row - adit_ssh_rows];
}

enum adit_err adit_ssh_config_print(const struct adit_ssh_config *config, struct adit_buffer *out)
{
    enum adit_err err = adit_print_text("host ", out);

    if (!err)
        err = adit_print_text(config->target.host, out);
    if (!err)
        err = adit_print_text("\n", out);
    if (err)
        return err;
    return adit_keywords_print(adit_ssh_rows, adit_ssh_row_count, config, config->given, out);
}
