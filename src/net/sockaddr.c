/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/sockaddr.h"

#include "base/span.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <strings.h>

const struct sockaddr *adit_sockaddr_get(const struct adit_sockaddr *address)
{
    return (const struct sockaddr *)&address->storage;
}

/* From `info` on, the next of this family, or of any other one. */
static const struct addrinfo *next_of(const struct addrinfo *info, int family, bool of_family)
{
    while (info && (info->ai_family == family) != of_family)
        info = info->ai_next;
    return info;
}

static void add(struct adit_sockaddrs *addresses, const struct addrinfo *info)
{
    struct adit_sockaddr *address = &addresses->list[addresses->count];

    if (info->ai_addrlen > sizeof address->storage)
        return;
    memcpy(&address->storage, info->ai_addr, info->ai_addrlen);
    address->len = info->ai_addrlen;
    addresses->count++;
}

void adit_sockaddrs_add(struct adit_sockaddrs *addresses, const struct addrinfo *info)
{
    const int first = info ? info->ai_family : AF_UNSPEC;
    const struct addrinfo *turn = info;
    const struct addrinfo *later = next_of(info, first, false);

    while ((turn || later) && addresses->count < ADIT_SOCKADDRS_MAX) {
        const struct addrinfo *after = NULL;

        if (turn) {
            add(addresses, turn);
            after = next_of(turn->ai_next, first, turn->ai_family == first);
        }
        turn = later;
        later = after;
    }
}

static void add_numeric(const char *host, uint16_t port, int family, struct adit_sockaddrs *out)
{
    const struct addrinfo hints = { .ai_family = family,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char service[8];

    (void)snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(host, service, &hints, &found))
        return;
    adit_sockaddrs_add(out, found);
    freeaddrinfo(found);
}

bool adit_sockaddr_parse(const char *host, uint16_t port, int family, struct adit_sockaddrs *out)
{
    out->count = 0;
    if (strcasecmp(host, "localhost") == 0) {
        if (family != AF_INET)
            add_numeric("::1", port, AF_INET6, out);
        if (family != AF_INET6)
            add_numeric("127.0.0.1", port, AF_INET, out);
    } else {
        add_numeric(host, port, family, out);
    }
    return out->count > 0;
}

_Static_assert(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port),
               "the port stands at the same place for both families");

static bool has_port(const struct adit_sockaddr *address)
{
    return address->storage.ss_family == AF_INET || address->storage.ss_family == AF_INET6;
}

uint16_t adit_sockaddr_port(const struct adit_sockaddr *address)
{
    struct sockaddr_in in;

    memcpy(&in, &address->storage, sizeof in);
    return has_port(address) ? ntohs(in.sin_port) : 0;
}

void adit_sockaddr_set_port(struct adit_sockaddr *address, uint16_t port)
{
    struct sockaddr_in in;

    if (!has_port(address))
        return;
    memcpy(&in, &address->storage, sizeof in);
    in.sin_port = htons(port);
    memcpy(&address->storage, &in, sizeof in);
}

void adit_address_text(const struct sockaddr *address, char *host, size_t size, uint16_t *port)
{
    const socklen_t len =
        address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    char service[8] = "0";
    uint64_t number = 0;

    *port = 0;
    if (address->sa_family != AF_INET && address->sa_family != AF_INET6) {
        (void)snprintf(host, size, "%s", address->sa_family == AF_UNIX ? "local socket" : "?");
        return;
    }
    if (getnameinfo(address, len, host, (socklen_t)size, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV)) {
        (void)snprintf(host, size, "?");
        return;
    }
    if (adit_text_to_number(adit_span_text(service), UINT16_MAX, &number) == ADIT_OK)
        *port = (uint16_t)number;
}
