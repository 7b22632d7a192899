/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose process holds the other end of an accepted connection. It is the user
 * who made that socket; a process that hands its socket on answers for it.
 */
#ifndef ADIT_NET_PEER_USER_H
#define ADIT_NET_PEER_USER_H

#include "adit/err.h"

/*
 * For TCP and sockets in the file system; waits for nobody. NOT_FOUND: the
 * other end is not on this machine, or no process has it any more, even if what
 * it has sent is still to be read. SYSTEM: the system does not tell.
 */
ADIT_MUST_USE enum adit_err adit_peer_user(int fd, uint32_t *user);

#endif
