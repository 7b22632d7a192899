/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which blocks concern us. Host looks at the name that the user wrote, and when
 * the files are read again at the one that was found; Match looks at what has
 * been settled so far, so HostName and User above it count.
 */
#include "config/ssh_rows.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

enum adit_err adit_ssh_match_host(const struct adit_ssh_config *config,
                                  const struct adit_config_line *line, bool *matches, char *why)
{
    const struct adit_span host =
        adit_span_text(config->final_pass ? config->host_name : config->target.host);
    bool negated = false;

    *matches = false;
    if (line->arg_count == 0) {
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "Host wants a pattern");
        return ADIT_ERR_FORMAT;
    }
    for (size_t i = 0; i < line->arg_count; i++) {
        struct adit_span pattern = line->args[i];
        const bool no = pattern.len && pattern.data[0] == '!';

        if (no)
            pattern = adit_span_of(pattern.data + 1, pattern.len - 1);
        if (!adit_text_matches(pattern, host, false))
            continue;
        negated = negated || no;
        *matches = true;
    }
    *matches = *matches && !negated;
    return ADIT_OK;
}

enum criterion { ALL, CANONICAL, FINAL, HOST, ORIGINALHOST, USER, LOCALUSER, TAGGED, EXEC };

static const char *const names[] = { "all",  "canonical", "final",  "host", "originalhost",
                                     "user", "localuser", "tagged", "exec" };

/* Runs the command of Match exec. */
static enum adit_err judge_exec(const struct adit_ssh_config *config, struct adit_span command,
                                bool *hit, char *why)
{
    const struct adit_config_files *files = config->files;
    struct adit_buffer text = adit_buffer_init(ADIT_CONFIG_LINE_MAX + 1);
    struct adit_buffer expanded = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    char wrong[ADIT_SSH_WHY_SIZE] = "";
    enum adit_err err = adit_buffer_append(&text, command);

    *hit = false;
    if (!err)
        err = adit_buffer_append(&text, adit_span_of("", 1));
    if (!err)
        err = adit_ssh_expand(config, (const char *)text.data, ADIT_SSH_TOKENS, ADIT_EXPAND_SHELL,
                              &expanded, wrong);
    if (!err)
        err = adit_buffer_append(&expanded, adit_span_of("", 1));
    if (!err && files && files->run)
        err = files->run(files->user, (const char *)expanded.data, hit);
    if (err)
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "Match exec: %.300s",
                       wrong[0] ? wrong : adit_err_text(err));
    adit_buffer_clear(&text);
    adit_buffer_clear(&expanded);
    return err;
}

static enum adit_err judge_host(const struct adit_ssh_config *config, struct adit_span list,
                                bool *hit, char *why)
{
    struct adit_buffer host = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    const enum adit_err err = adit_ssh_expand_host_name(config, &host);

    *hit = adit_text_match_list(list, adit_buffer_span(&host), true) == 1;
    adit_buffer_clear(&host);
    if (err)
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "Match: %s", adit_err_text(err));
    return err;
}

/* Whether one criterion holds; `list` is its argument, if it has one. */
static enum adit_err judge(struct adit_ssh_config *config, enum criterion criterion,
                           struct adit_span list, bool *hit, char *why)
{
    const struct adit_ssh_target *target = &config->target;

    switch (criterion) {
    case ALL:
        *hit = true;
        break;
    case FINAL:
        config->wants_final = true;
        *hit = config->final_pass;
        break;
    case CANONICAL:
        *hit = config->final_pass;
        break;
    case HOST:
        return judge_host(config, list, hit, why);
    case ORIGINALHOST:
        *hit = adit_text_match_list(list, adit_span_text(target->host), true) == 1;
        break;
    case USER:
        *hit =
            adit_text_match_list(
                list, adit_span_text(config->user ? config->user : target->local_user), false) == 1;
        break;
    case LOCALUSER:
        *hit = adit_text_match_list(list, adit_span_text(target->local_user), false) == 1;
        break;
    case TAGGED:
        *hit = adit_text_match_list(list, adit_span_text(config->tag), false) == 1;
        break;
    case EXEC:
        return judge_exec(config, list, hit, why);
    }
    return ADIT_OK;
}

/* One criterion as it stands in the line. */
struct clause {
    enum criterion criterion;
    bool negated;
    struct adit_span argument;
};

/* Takes "name", "name argument" or "name=argument" from the words at *at. */
static enum adit_err take_clause(const struct adit_config_line *line, size_t *at,
                                 struct clause *clause, char *why)
{
    struct adit_span name = line->args[(*at)++];
    const uint8_t *equals = name.len ? memchr(name.data, '=', name.len) : NULL;
    size_t row = 0;
    char shown[64];

    *clause = (struct clause){ .negated = name.len && name.data[0] == '!' };
    if (equals) {
        clause->argument = adit_span_of(equals + 1, name.len - (size_t)(equals + 1 - name.data));
        name.len = (size_t)(equals - name.data);
    }
    if (clause->negated)
        name = adit_span_of(name.data + 1, name.len - 1);
    while (row < ADIT_ARRAY_LEN(names) && !adit_text_equal_nocase(name, names[row]))
        row++;
    if (row == ADIT_ARRAY_LEN(names)) {
        adit_text_printable(name, shown, sizeof shown);
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "Match %s is not supported", shown);
        return ADIT_ERR_UNSUPPORTED;
    }
    clause->criterion = (enum criterion)row;
    if (row <= FINAL || equals)
        return ADIT_OK;
    if (*at == line->arg_count) {
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "Match %s wants %s", names[row],
                       row == EXEC ? "a command" : "a pattern");
        return ADIT_ERR_FORMAT;
    }
    clause->argument = line->args[(*at)++];
    return ADIT_OK;
}

enum adit_err adit_ssh_match(struct adit_ssh_config *config, const struct adit_config_line *line,
                             bool *matches, char *why)
{
    size_t at = 0;

    *matches = true;
    if (line->arg_count == 0) {
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "Match wants a criterion");
        return ADIT_ERR_FORMAT;
    }
    while (at < line->arg_count) {
        struct clause clause;
        bool hit = false;
        enum adit_err err = take_clause(line, &at, &clause, why);

        if (!err && clause.criterion == ALL && at < line->arg_count) {
            (void)snprintf(why, ADIT_SSH_WHY_SIZE, "Match all stands for itself");
            return ADIT_ERR_FORMAT;
        }
        /* No program is started for a block that does not concern us anyway. */
        if (!err && (*matches || clause.criterion != EXEC))
            err = judge(config, clause.criterion, clause.argument, &hit, why);
        if (err)
            return err;
        *matches = *matches && hit != clause.negated;
    }
    return ADIT_OK;
}
