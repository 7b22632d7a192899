/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arguments of -L, -R and -D (ssh(1)): where to listen, then what to connect
 * to. Instead of address and port, and of host and port, there may stand the
 * path of a socket in the file system, which begins with a slash.
 */
#ifndef ADIT_CONFIG_FORWARD_SPEC_H
#define ADIT_CONFIG_FORWARD_SPEC_H

#include "base/buffer.h"

#define ADIT_HOST_MAX 256 /* bytes of a host name with its NUL */

enum adit_forward_kind {
    ADIT_FORWARD_SPEC_LOCAL,
    ADIT_FORWARD_SPEC_REMOTE, /* without a target: SOCKS, answered here */
    ADIT_FORWARD_SPEC_DYNAMIC,
};

struct adit_forward_spec {
    bool bind_given;          /* false: GatewayPorts or the gateway decides */
    char bind[ADIT_HOST_MAX]; /* without brackets; "" and "*" stand for all addresses; a path */
    uint16_t bind_port;       /* 0: any free one (remote only), or bind is a path */
    char host[ADIT_HOST_MAX]; /* the target, without brackets; a path; "": SOCKS */
    uint16_t port;            /* 0 beside a path and beside "" */
};

/*
 * Fills *out from one argument; IPv6 addresses stand in brackets. FORMAT with a
 * sentence in `why` that quotes the argument.
 */
ADIT_MUST_USE enum adit_err adit_forward_spec_parse(struct adit_span text,
                                                    enum adit_forward_kind kind,
                                                    struct adit_forward_spec *out, char *why,
                                                    size_t why_size);

/* Appends "[bind:]port host:hostport", as it stands after LocalForward. LIMIT, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_forward_spec_print(const struct adit_forward_spec *spec,
                                                    struct adit_buffer *out);

#endif
