/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Name look-up off the loop, on threads of its own: an answer that never comes
 * holds up neither the loop, nor the look-ups of others than who asks for it,
 * nor the loop's end.
 */
#ifndef ADIT_NET_RESOLVE_H
#define ADIT_NET_RESOLVE_H

#include "net/sockaddr.h"

struct adit_resolve;
struct adit_resolver; /* what the look-ups of one loop share */

struct adit_resolve_name {
    const char *host; /* copied */
    uint16_t port;
    int family;     /* AF_UNSPEC, AF_INET, AF_INET6 */
    uint64_t asker; /* a number for who asks, and who shares with others; 0: only we do */
};

/* `failure` is NULL, or the resolver's words. */
typedef void adit_resolve_fn(void *arg, const struct adit_sockaddrs *addresses,
                             const char *failure);

/* The callback comes once, never from inside this call. NO_MEMORY, SYSTEM: it will not come. */
ADIT_MUST_USE enum adit_err adit_resolve_start(struct adit_loop *loop,
                                               const struct adit_resolve_name *name,
                                               adit_resolve_fn *done, void *arg,
                                               struct adit_resolve **out);
/* The callback will not come; the look-up itself may go on in the background. NULL is fine. */
void adit_resolve_cancel(struct adit_resolve *resolve);

/* The loop's own part of it; adit_loop_free() calls it. NULL is fine. */
void adit_resolver_leave(struct adit_resolver *resolver);

#endif
