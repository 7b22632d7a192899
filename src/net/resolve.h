/* SPDX-License-Identifier: BSD-2-Clause */
/* Name look-up off the loop. */
#ifndef ADIT_NET_RESOLVE_H
#define ADIT_NET_RESOLVE_H

#include "net/sockaddr.h"

struct adit_resolve;

/* `failure` is NULL, or the resolver's words. */
typedef void adit_resolve_fn(void *arg, const struct adit_sockaddrs *addresses,
                             const char *failure);

/* The callback comes once, never from inside this call. NO_MEMORY, SYSTEM: it will not come. */
ADIT_MUST_USE enum adit_err adit_resolve_start(struct adit_loop *loop, const char *host,
                                               uint16_t port, int family, adit_resolve_fn *done,
                                               void *arg, struct adit_resolve **out);
/* The callback will not come; the look-up itself may go on in the background. NULL is fine. */
void adit_resolve_cancel(struct adit_resolve *resolve);

#endif
