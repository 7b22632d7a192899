/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the client's configuration reader, for each other. */
#ifndef ADIT_CONFIG_SSH_ROWS_H
#define ADIT_CONFIG_SSH_ROWS_H

#include "config/keyword.h"
#include "config/ssh_config.h"

extern const struct adit_keyword adit_ssh_rows[];
extern const size_t adit_ssh_row_count;

/* The letters that may follow % in the path of a key or known_hosts file. */
#define ADIT_SSH_PATH_TOKENS "%dhknpru"

/* Whether a Host line concerns the target. FORMAT with a sentence in `why`. */
ADIT_MUST_USE enum adit_err adit_ssh_match_host(const struct adit_ssh_config *config,
                                                const struct adit_config_line *line, bool *matches,
                                                char *why, size_t why_size);

/* The same for a Match line. UNSUPPORTED for criteria that are not known here. */
ADIT_MUST_USE enum adit_err adit_ssh_match(const struct adit_ssh_config *config,
                                           const struct adit_config_line *line, bool *matches,
                                           char *why, size_t why_size);

/*
 * Appends the host to connect to as it stands now, without a NUL: HostName with
 * its tokens expanded, or the target. LIMIT, NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_ssh_expand_host_name(const struct adit_ssh_config *config,
                                                      struct adit_buffer *out);

/* Appends a path with ~ and % expanded, without a NUL; host_name and user are final. */
ADIT_MUST_USE enum adit_err adit_ssh_expand_path(const struct adit_ssh_config *config,
                                                 const char *path, struct adit_buffer *out);

/* The same for a text that is no path: % alone. */
ADIT_MUST_USE enum adit_err adit_ssh_expand_tokens(const struct adit_ssh_config *config,
                                                   const char *text, struct adit_buffer *out);

/* ---- ssh_ways.c ---- */

extern const struct adit_value_kind adit_ssh_proxy_command; /* of the whole struct */
extern const struct adit_value_kind adit_ssh_proxy_jump;    /* of the whole struct */
extern const struct adit_value_kind adit_ssh_proxy_url;     /* const char * */

/* `none` becomes NULL, % is expanded; host_name and user are final. */
ADIT_MUST_USE enum adit_err adit_ssh_finish_ways(struct adit_ssh_config *config);

#endif
