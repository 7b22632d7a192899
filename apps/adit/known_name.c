/* SPDX-License-Identifier: BSD-2-Clause */
/* A mistyped name would be waited for without an end: it may be that of a host that is not up yet. */
#include "known_name.h"

#include <stdio.h>
#include <string.h>

bool adit_name_is_known(const struct adit_ssh_config *config, const char *config_file, char *why,
                        size_t size)
{
    const char *where = config_file ? config_file : "~/.ssh/config and /etc/ssh/ssh_config";
    const size_t forward_count =
        config->local_forward_count + config->remote_forward_count + config->dynamic_forward_count;

    if (config->is_named || forward_count > 0)
        return true;
    (void)snprintf(why, size, "no Host line of %s is for it, and it has no HostName and no forward",
                   where);
    return false;
}
