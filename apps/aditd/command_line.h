/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef ADITD_COMMAND_LINE_H
#define ADITD_COMMAND_LINE_H

#include "gateway_settings.h"

/* FORMAT: a usage error, told on stderr. UNSUPPORTED: help or version was shown; exit 0. */
ADIT_MUST_USE enum adit_err adit_options_parse(struct adit_options *options, int argc, char **argv);
/* Appends "keyword=value". LIMIT, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_options_set(struct adit_options *options, const char *keyword,
                                             const char *value);
/* The same for a value that is one word whatever is in it. */
ADIT_MUST_USE enum adit_err adit_options_set_path(struct adit_options *options, const char *keyword,
                                                  const char *path);
void adit_options_clear(struct adit_options *options);

#endif
