/* SPDX-License-Identifier: BSD-2-Clause */
/* Failures as sentences that begin with the leg: "gateway: connect to gw:22: …". */
#ifndef ADIT_TUNNEL_FAILURE_H
#define ADIT_TUNNEL_FAILURE_H

#include "adit/tunnel.h"

#define ADIT_TARGET_SIZE 320

/* "host:port", "[v6]:port", or the path of a socket; cut to size. */
const char *adit_target_text(const char *host, uint16_t port, char out[static ADIT_TARGET_SIZE]);

/* `failure` may be NULL. */
void adit_failure_set(struct adit_failure *failure, enum adit_err err, enum adit_leg leg,
                      const char *format, ...) ADIT_FORMAT(4, 5);
/* The same; returns `err`, to end a function with. */
ADIT_MUST_USE enum adit_err adit_failure_return(struct adit_failure *failure, enum adit_err err,
                                                enum adit_leg leg, const char *format, ...)
    ADIT_FORMAT(4, 5);

/* Why the gateway refused a connection to host:port (RFC 4254, 5.1). */
void adit_failure_set_refused(struct adit_failure *failure,
                              const struct adit_refused_event *refused, const char *host,
                              uint16_t port);

#endif
