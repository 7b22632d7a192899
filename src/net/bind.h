/* SPDX-License-Identifier: BSD-2-Clause */
/* The sockets that listen at an address. */
#ifndef ADIT_NET_BIND_H
#define ADIT_NET_BIND_H

#include "net/sockaddr.h"

struct adit_listening {
    int fds[ADIT_SOCKADDRS_MAX];
    size_t count;
};

/*
 * One non-blocking socket for each address of the settings, all on one port.
 * An address of a family that this host lacks is passed over if another one is
 * left. SYSTEM with `text`.
 */
ADIT_MUST_USE enum adit_err adit_bind(const struct adit_listen_settings *settings,
                                      struct adit_listening *out, char *text, size_t text_size);
void adit_listening_close(struct adit_listening *listening);
/* The port of a socket's own address; 0: it has none. */
uint16_t adit_bound_port(int fd);

#endif
