/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket at the other end of a TCP connection, found in the system's tables. */
#ifndef ADIT_NET_PEER_ENDS_H
#define ADIT_NET_PEER_ENDS_H

#include "adit/err.h"

enum { ADIT_ADDRESS_BYTES = 16 };

/* IPv4 as ::ffff:a.b.c.d; all in the order of the network. */
struct adit_end {
    uint8_t address[ADIT_ADDRESS_BYTES];
    uint16_t port;
};

/* As the socket that is looked for sees it. */
struct adit_ends {
    struct adit_end local;
    struct adit_end remote;
    uint32_t interface; /* that a link-local address belongs to; or 0 */
};

bool adit_end_is_ipv4(const struct adit_end *end);

/*
 * All of these: the user of the socket with these ends. NOT_FOUND: there is
 * none, or no process has it open. What is left over of a socket has no user,
 * and the system shows it as root's.
 */

/* peer_diag.c: the kernel is asked for that one. SYSTEM: it does not answer such questions. */
ADIT_MUST_USE enum adit_err adit_peer_diag(const struct adit_ends *ends, uint32_t *user);
/* Its answer (sock_diag(7)). SYSTEM: it is none. */
ADIT_MUST_USE enum adit_err adit_peer_diag_read(struct adit_span answer,
                                                const struct adit_ends *ends, uint32_t *user);

/* peer_rows.c: all sockets are looked through, in /proc/net. SYSTEM: they cannot be read. */
ADIT_MUST_USE enum adit_err adit_peer_rows(const struct adit_ends *ends, uint32_t *user);
/* One line of /proc/net/tcp, or with `six` of /proc/net/tcp6. */
ADIT_MUST_USE enum adit_err adit_peer_row_read(struct adit_span row, const struct adit_ends *ends,
                                               bool six, uint32_t *user);

#endif
