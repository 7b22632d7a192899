/* SPDX-License-Identifier: BSD-2-Clause */
/* -W: stdin and stdout as the two directions of one connection. */
#ifndef ADIT_APP_STDIO_FORWARD_H
#define ADIT_APP_STDIO_FORWARD_H

#include "adit/tunnel.h"
#include "config/forward_spec.h"

#include "log.h"

/* Reads "host:port" into *out. False with a sentence in `why`. */
bool adit_stdio_target(const char *text, struct adit_forward_spec *out, char *why, size_t size);

/*
 * Carries until both directions have ended, and closes the tunnel. False when
 * the connection could not be made or broke off; the log tells why.
 */
bool adit_stdio_carry(struct adit_tunnel *tunnel, const struct adit_forward_spec *target,
                      const struct adit_client_log *log);

#endif
