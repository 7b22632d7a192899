/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that ssh_config is read from. */
#ifndef ADIT_APP_CONFIG_FILES_H
#define ADIT_APP_CONFIG_FILES_H

#include "config/files.h"

#include "log.h"

struct adit_client_files {
    struct adit_config_files files; /* to be handed to the configuration */
    const struct adit_client_log *log;
    bool strict; /* refuse what others could have written, as ssh does with ~/.ssh/config */
};

void adit_client_files_init(struct adit_client_files *files, const struct adit_client_log *log);

#endif
