/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that ssh_config is read from. */
#ifndef ADIT_TUNNEL_CONFIG_FILES_H
#define ADIT_TUNNEL_CONFIG_FILES_H

#include "adit/tunnel.h"
#include "config/files.h"
#include "net/file.h"

struct adit_config_reader {
    struct adit_config_files files; /* to be handed to the configuration */
    enum adit_file_care care;       /* for the next file */
    adit_log_fn *log;               /* of notes and warnings; may be NULL */
    int log_level;
    void *log_user;
};

/* Notes go to the log of the settings. */
void adit_config_reader_init(struct adit_config_reader *reader,
                             const struct adit_tunnel_settings *settings);

#endif
