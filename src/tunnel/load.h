/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings that were read from ssh_config, and what they point into. */
#ifndef ADIT_TUNNEL_LOAD_H
#define ADIT_TUNNEL_LOAD_H

#include "config/destination.h"
#include "config/ssh_config.h"
#include "tunnel/config_files.h"

enum {
    ADIT_LOADED_NAME_SIZE = 256,
    ADIT_LOADED_PATH_SIZE = 4096,
    ADIT_LOADED_METHODS_SIZE = 256,
};

/* Lives until adit_tunnel_settings_clear(). */
struct adit_loaded {
    struct adit_ssh_config config; /* first: settings->loaded points to it */
    struct adit_config_reader reader;
    struct adit_destination destination;
    char local_user[ADIT_LOADED_NAME_SIZE];
    char local_host[ADIT_LOADED_NAME_SIZE];
    char home[ADIT_LOADED_PATH_SIZE];
    char methods[ADIT_LOADED_METHODS_SIZE];
    struct adit_tunnel_settings hop; /* of ProxyJump; its `loaded` is the next of these */
};

/* For one host, without those on the way to it. */
ADIT_MUST_USE enum adit_err adit_load_one(struct adit_tunnel_settings *settings,
                                          const char *destination,
                                          const struct adit_ssh_options *options,
                                          struct adit_failure *failure);
/*
 * For the hosts of ProxyJump, each by its own name, as ssh does: of the command
 * line they get no more than -F.
 */
ADIT_MUST_USE enum adit_err adit_load_jumps(struct adit_tunnel_settings *settings,
                                            const char *config_file, struct adit_failure *failure);

#endif
