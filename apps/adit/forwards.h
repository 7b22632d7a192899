/* SPDX-License-Identifier: BSD-2-Clause */
/* -L and -R. */
#ifndef ADIT_APP_FORWARDS_H
#define ADIT_APP_FORWARDS_H

#include "adit/tunnel.h"
#include "config/ssh_config.h"

#include "log.h"

/*
 * Opens every forward of the configuration. One that is refused is fatal
 * (false, the log tells why), unless ExitOnForwardFailure says "no".
 */
bool adit_client_forwards_open(struct adit_tunnel *tunnel, const struct adit_ssh_config *config,
                               const struct adit_client_log *log);

#endif
