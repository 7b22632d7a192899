/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/dial_source.h"

#include "net/sockaddr.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

/* The interface's first address of the family. */
static bool interface_address(const char *interface, int family, struct adit_sockaddr *out)
{
    const socklen_t len =
        family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    struct ifaddrs *all = NULL;
    const struct ifaddrs *i;

    if (getifaddrs(&all))
        return false;
    for (i = all; i; i = i->ifa_next)
        if (i->ifa_addr && i->ifa_addr->sa_family == family && strcmp(i->ifa_name, interface) == 0)
            break;
    if (i) {
        memcpy(&out->storage, i->ifa_addr, len);
        out->len = len;
    }
    freeifaddrs(all);
    return i != NULL;
}

int adit_dial_source_bind(int fd, int family, const char *address, const char *interface)
{
    struct adit_sockaddrs numeric;
    struct adit_sockaddr source;

    bool found = false;

    if (address == NULL && interface == NULL)
        return 0;
    if (address) {
        found = adit_sockaddr_parse(address, 0, family, &numeric);
        source = numeric.list[0];
    } else {
        found = interface_address(interface, family, &source);
    }
    if (!found)
        return EADDRNOTAVAIL;
    return bind(fd, adit_sockaddr_get(&source), source.len) ? errno : 0;
}
