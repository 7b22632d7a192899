/* SPDX-License-Identifier: BSD-2-Clause */
/* From the command line and the configuration files to the settings of a tunnel. */
#ifndef ADIT_APP_SETTINGS_H
#define ADIT_APP_SETTINGS_H

#include "config/ssh_config.h"

#include "config_files.h"
#include "options.h"

struct adit_client_config {
    struct adit_ssh_config ssh;

    /* private: what `ssh` borrows */
    struct adit_client_files files;
    char home[4096];
    char local_user[256];
};

/*
 * Reads what `options` and the files say, in ssh's order. *config is not to be
 * moved, is to be cleared in any case, and borrows from `options` and `log`.
 * False with a sentence in config->ssh.error.
 */
bool adit_client_config_load(struct adit_client_config *config, const struct adit_options *options,
                             const struct adit_client_log *log);
void adit_client_config_clear(struct adit_client_config *config);

/*
 * Fills what the configuration knows of; borrows from it. `methods` is room for
 * the names of login methods. False with a sentence in `why`.
 */
#define ADIT_METHODS_SIZE 256
bool adit_client_settings_fill(struct adit_tunnel_settings *settings,
                               const struct adit_ssh_config *config,
                               char methods[static ADIT_METHODS_SIZE], char *why, size_t size);

#endif
