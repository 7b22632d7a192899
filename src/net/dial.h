/* SPDX-License-Identifier: BSD-2-Clause */
/* Names to addresses, addresses to connected sockets; never holds up the loop. */
#ifndef ADIT_NET_DIAL_H
#define ADIT_NET_DIAL_H

#include "net/loop.h"
#include "net/sockaddr.h"

#include <sys/socket.h>

struct adit_dial;

struct adit_dial_settings {
    const char *host; /* name or numeric address; with port 0 the path of a socket; copied */
    uint16_t port;
    int family;               /* AF_UNSPEC, AF_INET, AF_INET6 */
    const char *bind_address; /* to connect from, or NULL */
    const char *bind_interface;
    uint64_t timeout_ms; /* for all of it; 0: the system's own */
    uint64_t asker;      /* as of a look-up */
    bool tcp_keepalive;
    /* Asked for each address before it is tried; NULL: all may be. For policies. */
    bool (*permitted)(void *arg, const struct sockaddr *address);
    /* Told once what the name stands for, before anything is tried; or NULL. */
    void (*looked_up)(void *arg, const struct adit_sockaddrs *addresses);
};

/*
 * `fd` is connected, non-blocking, with TCP_NODELAY, and belongs to the callee;
 * or it is -1 and `text` says what failed with the addresses tried ("connect to
 * db:3306 (10.0.0.7): Connection refused"). Then `err` is NOT_FOUND: the name
 * stands for no address; REFUSED: no address was permitted; TIMEOUT; LIMIT: we
 * are out of descriptors or memory; SYSTEM: the rest. The dial is gone.
 */
typedef void adit_dial_fn(void *arg, int fd, enum adit_err err, const char *text);

/* The callback comes once, never from inside this call. NO_MEMORY: it will not come. */
ADIT_MUST_USE enum adit_err adit_dial_start(struct adit_loop *loop,
                                            const struct adit_dial_settings *settings,
                                            adit_dial_fn *done, void *arg, struct adit_dial **out);
/* The callback will not come. */
void adit_dial_cancel(struct adit_dial *dial);

#endif
