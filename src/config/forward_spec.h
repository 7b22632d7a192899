/* SPDX-License-Identifier: BSD-2-Clause */
/* The argument of -L and -R: [bind_address:]port:host:hostport (ssh(1)). */
#ifndef ADIT_CONFIG_FORWARD_SPEC_H
#define ADIT_CONFIG_FORWARD_SPEC_H

#include "base/buffer.h"

#define ADIT_HOST_MAX 256 /* bytes of a host name with its NUL */

struct adit_forward_spec {
    bool bind_given;          /* false: GatewayPorts or the gateway decides */
    char bind[ADIT_HOST_MAX]; /* without brackets; "" and "*" stand for all addresses */
    uint16_t bind_port;       /* 0: any free one (remote only) */
    char host[ADIT_HOST_MAX]; /* the target, without brackets */
    uint16_t port;
};

/*
 * Fills *out from one argument; IPv6 addresses stand in brackets. FORMAT, or
 * UNSUPPORTED for sockets in the file system and -R without a target, with a
 * sentence in `why` that quotes the argument.
 */
ADIT_MUST_USE enum adit_err adit_forward_spec_parse(struct adit_span text, bool is_remote,
                                                    struct adit_forward_spec *out, char *why,
                                                    size_t why_size);

/* Appends "[bind:]port host:hostport", as it stands after LocalForward. LIMIT, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_forward_spec_print(const struct adit_forward_spec *spec,
                                                    struct adit_buffer *out);

#endif
