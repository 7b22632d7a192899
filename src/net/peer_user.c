/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/peer_user.h"

#include "net/peer_ends.h"
#include "net/sockaddr.h"

#include <netinet/in.h>
#include <string.h>

static const uint8_t ipv4_prefix[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

bool adit_end_is_ipv4(const struct adit_end *end)
{
    return memcmp(end->address, ipv4_prefix, sizeof ipv4_prefix) == 0;
}

static bool read_end(const struct sockaddr_storage *from, struct adit_end *end, uint32_t *interface)
{
    struct sockaddr_in6 six;
    struct sockaddr_in four;

    switch (from->ss_family) {
    case AF_INET:
        memcpy(&four, from, sizeof four);
        memcpy(end->address, ipv4_prefix, sizeof ipv4_prefix);
        memcpy(end->address + sizeof ipv4_prefix, &four.sin_addr, sizeof four.sin_addr);
        end->port = four.sin_port;
        return true;
    case AF_INET6:
        memcpy(&six, from, sizeof six);
        memcpy(end->address, &six.sin6_addr, sizeof end->address);
        end->port = six.sin6_port;
        *interface = six.sin6_scope_id;
        return true;
    default:
        return false;
    }
}

/* Its local end is our remote one. False: the connection is gone, or it is none of TCP. */
static bool find_ends(int fd, struct adit_ends *ends)
{
    struct adit_sockaddr own = { .len = sizeof own.storage };
    struct adit_sockaddr peer = { .len = sizeof peer.storage };

    *ends = (struct adit_ends){ 0 };
    return getsockname(fd, (struct sockaddr *)&own.storage, &own.len) == 0 &&
           getpeername(fd, (struct sockaddr *)&peer.storage, &peer.len) == 0 &&
           read_end(&own.storage, &ends->remote, &ends->interface) &&
           read_end(&peer.storage, &ends->local, &ends->interface);
}

static bool is_in_file_system(int fd)
{
    struct adit_sockaddr own = { .len = sizeof own.storage };

    return getsockname(fd, (struct sockaddr *)&own.storage, &own.len) == 0 &&
           own.storage.ss_family == AF_UNIX;
}

#ifdef __linux__

/* Those that the peer had when it connected. */
static enum adit_err unix_user(int fd, uint32_t *user)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || peer.pid == 0)
        return ADIT_ERR_NOT_FOUND;
    *user = peer.uid;
    return ADIT_OK;
}

#else

static enum adit_err unix_user(int fd, uint32_t *user)
{
    (void)fd;
    (void)user;
    return ADIT_ERR_SYSTEM;
}

#endif

enum adit_err adit_peer_user(int fd, uint32_t *user)
{
    struct adit_ends ends;
    enum adit_err err;

    if (is_in_file_system(fd))
        return unix_user(fd, user);
    if (!find_ends(fd, &ends))
        return ADIT_ERR_NOT_FOUND;
    err = adit_peer_diag(&ends, user);
    /* Without that, all sockets are looked through; but not for a peer who has gone meanwhile. */
    if (err == ADIT_ERR_SYSTEM)
        err = find_ends(fd, &ends) ? adit_peer_rows(&ends, user) : ADIT_ERR_NOT_FOUND;
    return err;
}
