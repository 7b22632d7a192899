/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of the network that may open or close the way to a peer: addresses,
 * routes and links that come and go. Linux tells them (rtnetlink); elsewhere
 * nothing does, and keepalives have to find out.
 */
#ifndef ADIT_NET_NETWORK_CHANGE_H
#define ADIT_NET_NETWORK_CHANGE_H

#include "net/loop.h"

struct adit_network_watch;

/*
 * `changed(arg)` comes half a second after the first of some changes: they come
 * in bursts. UNSUPPORTED: the system does not tell. NO_MEMORY, SYSTEM.
 */
ADIT_MUST_USE enum adit_err adit_network_watch_new(struct adit_loop *loop,
                                                   void (*changed)(void *arg), void *arg,
                                                   struct adit_network_watch **out);
/* NULL is fine. */
void adit_network_watch_free(struct adit_network_watch *watch);

/* Whether there is a change that counts among these messages of the kernel. */
bool adit_network_is_change(struct adit_span messages);

/* Whether the connected socket's own address is still one of this machine's. */
bool adit_socket_has_address(int fd);

#endif
