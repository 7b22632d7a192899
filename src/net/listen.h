/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening sockets. Out of descriptors, one pauses for a second and says so once. */
#ifndef ADIT_NET_LISTEN_H
#define ADIT_NET_LISTEN_H

#include "net/loop.h"

#include <sys/socket.h>

struct adit_listener;
struct adit_sockaddrs;

struct adit_listen_settings {
    /*
     * Numeric or name; NULL: loopback, both families; "" or "*": all addresses,
     * both families; "/…": a socket in the file system, which goes with the listener.
     */
    const char *address;
    const struct adit_sockaddrs *found; /* what the name was looked up to; or NULL */
    bool no_look_up;                    /* a name but "localhost" is refused */
    uint16_t port;                      /* 0: any free one, the same for both families */
    unsigned socket_mode;               /* of "/…": permission bits; 0: 0600 */
    bool unlink_first;                  /* of "/…": a socket that is there already gives way */
    int family;                         /* AF_UNSPEC, AF_INET, AF_INET6 */
    const struct adit_log *log;         /* borrowed for the listener's life; may be NULL */
    bool *in_use; /* whether it failed because somebody has the address already; or NULL */
};

/*
 * `fd` is non-blocking, with TCP_NODELAY, and belongs to the callee, who may
 * free the listener.
 */
typedef void adit_accept_fn(void *arg, int fd, const struct sockaddr *peer);

/* Whether an address is a name that would have to be looked up. */
bool adit_listen_needs_look_up(const char *address, int family);

/*
 * Numeric addresses and "localhost" are not looked up; another name is, and that blocks,
 * unless it is in the settings what was found.
 * SYSTEM: `text` (size `text_size`) says why, with the address. NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_listener_new(struct adit_loop *loop,
                                              const struct adit_listen_settings *settings,
                                              adit_accept_fn *accepted, void *arg, char *text,
                                              size_t text_size, struct adit_listener **out);
/* 0: it is a socket in the file system. */
uint16_t adit_listener_port(const struct adit_listener *listener);
/* Closes at once. NULL is fine. */
void adit_listener_free(struct adit_listener *listener);

/* "192.0.2.7" or "2001:db8::1", and the port, of a socket address. */
void adit_address_text(const struct sockaddr *address, char *host, size_t size, uint16_t *port);

#endif
