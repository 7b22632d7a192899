/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the client's configuration reader, for each other. */
#ifndef ADIT_CONFIG_SSH_ROWS_H
#define ADIT_CONFIG_SSH_ROWS_H

#include "config/keyword.h"
#include "config/ssh_config.h"

extern const struct adit_keyword adit_ssh_rows[];
extern const size_t adit_ssh_row_count;

#define ADIT_SSH_EXPANDED_MAX ((size_t)64 * 1024) /* bytes of a text after its tokens */
#define ADIT_SSH_WHY_SIZE     384                 /* of a sentence, without file and line */

/* The letters that may follow % in paths and in Match exec… */
#define ADIT_SSH_TOKENS       "%CLdhijklnpru"
/* …and in ProxyCommand. */
#define ADIT_SSH_PROXY_TOKENS "%hnpr"

/* A Host or Match line; `why` has ADIT_SSH_WHY_SIZE bytes. FORMAT, UNSUPPORTED, and of exec SYSTEM. */
ADIT_MUST_USE enum adit_err adit_ssh_match_host(const struct adit_ssh_config *config,
                                                const struct adit_config_line *line, bool *matches,
                                                char *why);
ADIT_MUST_USE enum adit_err adit_ssh_match(struct adit_ssh_config *config,
                                           const struct adit_config_line *line, bool *matches,
                                           char *why);

/*
 * Appends the host to connect to as it stands now, without a NUL: HostName with
 * its tokens expanded, or the target. LIMIT, NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_ssh_expand_host_name(const struct adit_ssh_config *config,
                                                      struct adit_buffer *out);

enum adit_ssh_expansion {
    ADIT_EXPAND_VARIABLES = 1, /* ${NAME}, too */
    ADIT_EXPAND_PATH = 3,      /* …and ~ */
    ADIT_EXPAND_SHELL = 4,     /* a shell will read it: names with its signs are refused */
};

/*
 * Appends the text with the tokens of `letters` (NULL: none, and % is nothing
 * special) expanded, without a NUL. FORMAT
 * with a sentence in `why`, which has ADIT_SSH_WHY_SIZE bytes; LIMIT, NO_MEMORY
 * without one.
 */
ADIT_MUST_USE enum adit_err adit_ssh_expand(const struct adit_ssh_config *config, const char *text,
                                            const char *letters, unsigned how,
                                            struct adit_buffer *out, char *why);

/* Replaces *host, the name to connect to, by its canonical name. NOT_FOUND with config->error. */
ADIT_MUST_USE enum adit_err adit_ssh_canonicalize(struct adit_ssh_config *config,
                                                  struct adit_buffer *host);

#endif
