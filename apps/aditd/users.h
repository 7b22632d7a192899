/* SPDX-License-Identifier: BSD-2-Clause */
/* Which user names are taken at all. Users need no account on this machine. */
#ifndef ADITD_USERS_H
#define ADITD_USERS_H

#include "config/sshd_config.h"

#define ADIT_USER_SIZE 65 /* with its NUL */

/*
 * A name that may stand in a path and a log line: 1 to 64 bytes, no control
 * byte, no '/', no "..", no '-' in front, not ".".
 */
bool adit_user_name_ok(struct adit_span name);

/* AllowUsers and DenyUsers, patterns USER and USER@HOST; `address` is numeric. */
bool adit_user_allowed(const struct adit_sshd_config *config, const char *user,
                       const char *address);

#endif
