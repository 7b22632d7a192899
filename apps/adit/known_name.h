/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a name that stands for a tunnel stands in the configuration at all. */
#ifndef ADIT_APP_KNOWN_NAME_H
#define ADIT_APP_KNOWN_NAME_H

#include "config/ssh_config.h"

/*
 * A Host line is for it, it has a HostName or a forward. False: `why` says so in
 * one sentence. `config_file` is that of -F, or NULL.
 */
bool adit_name_is_known(const struct adit_ssh_config *config, const char *config_file, char *why,
                        size_t size);

#endif
