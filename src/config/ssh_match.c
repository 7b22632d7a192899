/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which blocks concern us. Host looks at the name that the user wrote; Match
 * looks at what has been settled so far, so HostName and User above it count.
 */
#include "config/ssh_rows.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

enum adit_err adit_ssh_match_host(const struct adit_ssh_config *config,
                                  const struct adit_config_line *line, bool *matches, char *why,
                                  size_t why_size)
{
    const struct adit_span host = adit_span_text(config->target.host);
    bool negated = false;

    *matches = false;
    if (line->arg_count == 0) {
        (void)snprintf(why, why_size, "Host wants a pattern");
        return ADIT_ERR_FORMAT;
    }
    for (size_t i = 0; i < line->arg_count; i++) {
        struct adit_span pattern = line->args[i];
        const bool no = pattern.len && pattern.data[0] == '!';

        if (no)
            pattern = adit_span_of(pattern.data + 1, pattern.len - 1);
        if (!adit_text_matches(pattern, host, true))
            continue;
        negated = negated || no;
        *matches = true;
    }
    *matches = *matches && !negated;
    return ADIT_OK;
}

enum criterion { HOST, ORIGINALHOST, USER, LOCALUSER, TAGGED };

/* Whether one criterion's pattern list matches. LIMIT, NO_MEMORY. */
static enum adit_err judge(const struct adit_ssh_config *config, enum criterion criterion,
                           struct adit_span list, bool *matches)
{
    struct adit_buffer host = adit_buffer_init(ADIT_CONFIG_LINE_MAX * 2);
    struct adit_span text;
    enum adit_err err = ADIT_OK;

    switch (criterion) {
    case HOST:
        err = adit_ssh_expand_host_name(config, &host);
        text = adit_buffer_span(&host);
        break;
    case ORIGINALHOST:
        text = adit_span_text(config->target.host);
        break;
    case USER:
        text = adit_span_text(config->user ? config->user : config->target.local_user);
        break;
    case LOCALUSER:
        text = adit_span_text(config->target.local_user);
        break;
    case TAGGED:
        text = adit_span_text(config->tag);
        break;
    }
    *matches = adit_text_match_list(list, text, criterion <= ORIGINALHOST) == 1;
    adit_buffer_clear(&host);
    return err;
}

enum adit_err adit_ssh_match(const struct adit_ssh_config *config,
                             const struct adit_config_line *line, bool *matches, char *why,
                             size_t why_size)
{
    static const char *const names[] = { "host", "originalhost", "user", "localuser", "tagged" };

    *matches = true;
    if (line->arg_count == 1 && adit_text_equal_nocase(line->args[0], "all"))
        return ADIT_OK;
    for (size_t i = 0; i < line->arg_count; i += 2) {
        struct adit_span name = line->args[i];
        const bool negated = name.len && name.data[0] == '!';
        size_t row = 0;
        bool hit;
        enum adit_err err;
        char shown[64];

        if (negated)
            name = adit_span_of(name.data + 1, name.len - 1);
        while (row < ADIT_ARRAY_LEN(names) && !adit_text_equal_nocase(name, names[row]))
            row++;
        if (row == ADIT_ARRAY_LEN(names)) {
            adit_text_printable(name, shown, sizeof shown);
            (void)snprintf(why, why_size, "Match %s is not supported", shown);
            return ADIT_ERR_UNSUPPORTED;
        }
        if (i + 1 == line->arg_count) {
            (void)snprintf(why, why_size, "Match %s wants a pattern", names[row]);
            return ADIT_ERR_FORMAT;
        }
        err = judge(config, (enum criterion)row, line->args[i + 1], &hit);
        if (err) {
            (void)snprintf(why, why_size, "Match: %s", adit_err_text(err));
            return err;
        }
        *matches = *matches && hit != negated;
    }
    if (line->arg_count)
        return ADIT_OK;
    (void)snprintf(why, why_size, "Match wants a criterion");
    return ADIT_ERR_FORMAT;
}
