/* SPDX-License-Identifier: BSD-2-Clause */
/* The lexer that ssh_config and sshd_config share: text to lines, a line to words. */
#ifndef ADIT_CONFIG_LINES_H
#define ADIT_CONFIG_LINES_H

#include "config/files.h"

#define ADIT_CONFIG_ARGS_MAX 512

struct adit_config_line {
    struct adit_span keyword; /* borrows from the text; empty: a blank line or a comment */
    struct adit_span args[ADIT_CONFIG_ARGS_MAX]; /* without their quotes; live in `words` */
    size_t arg_count;
    uint8_t words[ADIT_CONFIG_LINE_MAX];
};

/* Takes the next line off *rest, without its newline; false at the end. */
bool adit_config_line_next(struct adit_span *rest, struct adit_span *line);

/*
 * Splits "keyword words…" or "keyword=words…". A word may stand in double or
 * single quotes or have parts in them; a backslash before a quote, a backslash
 * or (outside quotes) a space takes its meaning away; `#` at the start of a
 * word begins a comment. The value of ProxyCommand and the like is one word as
 * it stands. FORMAT, LIMIT: *why is a static sentence.
 */
ADIT_MUST_USE enum adit_err adit_config_line_split(struct adit_span text,
                                                   struct adit_config_line *out, const char **why);

#endif
