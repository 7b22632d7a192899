/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket addresses that need no look-up. */
#ifndef ADIT_NET_SOCKADDR_H
#define ADIT_NET_SOCKADDR_H

#include "net/listen.h"

struct adit_sockaddr {
    struct sockaddr_storage storage;
    socklen_t len;
};

/* What one name may stand for; further addresses are passed over. */
enum { ADIT_SOCKADDRS_MAX = 16 };

struct adit_sockaddrs {
    struct adit_sockaddr list[ADIT_SOCKADDRS_MAX];
    size_t count;
};

struct addrinfo;

/*
 * "192.0.2.7", "2001:db8::1", "fe80::1%eth0", and "localhost" as the loopback
 * of both families, of the family that is asked for (AF_UNSPEC: both). False:
 * it is another name, or an address of the other family.
 */
bool adit_sockaddr_parse(const char *host, uint16_t port, int family, struct adit_sockaddrs *out);

/*
 * Appends what getaddrinfo() gave, in its order, but with the families taking
 * turns (RFC 8305, 4): a family that leads nowhere holds nothing up.
 */
void adit_sockaddrs_add(struct adit_sockaddrs *addresses, const struct addrinfo *info);

uint16_t adit_sockaddr_port(const struct adit_sockaddr *address);
void adit_sockaddr_set_port(struct adit_sockaddr *address, uint16_t port);
const struct sockaddr *adit_sockaddr_get(const struct adit_sockaddr *address);

#endif
