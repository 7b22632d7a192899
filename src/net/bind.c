/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One socket for each address, so that a family can be missing on a host; an
 * IPv6 socket never takes IPv4 connections.
 */
#include "net/bind.h"

#include "base/span.h"
#include "base/text.h"
#include "net/socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

enum {
    BACKLOG = 4096,
    PORT_TRIES_MAX = 16, /* for a free port that is free for both families */
};

/* ---- addresses ---- */

static void look_up(const char *host, int family, struct adit_sockaddrs *out, char *words,
                    size_t size)
{
    const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    const int status = getaddrinfo(host, NULL, &hints, &found);

    (void)snprintf(words, size, "%s", status ? gai_strerror(status) : "no address");
    if (status)
        return;
    adit_sockaddrs_add(out, found);
    freeaddrinfo(found);
}

/* `words` says why there is none. */
static void find_addresses(const char *host, const struct adit_listen_settings *settings,
                           struct adit_sockaddrs *out, char *words, size_t size)
{
    const int family = settings->family;
    struct adit_sockaddrs v4;

    if (settings->found) {
        *out = *settings->found;
        return;
    }
    if (host[0] && strcmp(host, "*") != 0) {
        if (adit_sockaddr_parse(host, 0, family, out))
            return;
        if (settings->no_look_up)
            (void)snprintf(words, size, "not a numeric address");
        else
            look_up(host, family, out, words, size);
        return;
    }
    (void)adit_sockaddr_parse("::", 0, family, out);
    if (adit_sockaddr_parse("0.0.0.0", 0, family, &v4))
        out->list[out->count++] = v4.list[0];
}

bool adit_listen_needs_look_up(const char *address, int family)
{
    struct adit_sockaddrs ignored;

    return address != NULL && address[0] && strcmp(address, "*") != 0 && !adit_is_path(address) &&
           !adit_sockaddr_parse(address, 0, family, &ignored);
}

/* ---- sockets ---- */

/* Returns a listening socket, or -1 with errno. */
static int open_socket(const struct adit_sockaddr *address)
{
    const int one = 1;
    const int family = address->storage.ss_family;
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if (bind(fd, adit_sockaddr_get(address), address->len) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

uint16_t adit_bound_port(int fd)
{
    struct adit_sockaddr own = { .len = sizeof own.storage };

    if (getsockname(fd, (struct sockaddr *)&own.storage, &own.len))
        return 0;
    return adit_sockaddr_port(&own);
}

void adit_listening_close(struct adit_listening *listening)
{
    while (listening->count)
        (void)close(listening->fds[--listening->count]);
}

static bool family_is_missing(int error)
{
    return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

/* Listens on all addresses with one port. Returns 0, or an errno and the address in *failed. */
static int open_all(struct adit_sockaddrs *addresses, uint16_t port, struct adit_listening *out,
                    const struct adit_sockaddr **failed)
{
    int error = 0;

    for (size_t i = 0; i < addresses->count; i++) {
        struct adit_sockaddr *address = &addresses->list[i];
        int fd;

        adit_sockaddr_set_port(address, port);
        fd = open_socket(address);
        if (fd >= 0) {
            port = adit_bound_port(fd);
            out->fds[out->count++] = fd;
            continue;
        }
        error = errno;
        *failed = address;
        if (!family_is_missing(error)) {
            adit_listening_close(out);
            return error;
        }
    }
    return out->count ? 0 : error;
}

enum adit_err adit_bind(const struct adit_listen_settings *settings, struct adit_listening *out,
                        char *text, size_t text_size)
{
    const char *host = settings->address ? settings->address : "localhost";
    struct adit_sockaddrs addresses = { .count = 0 };
    const struct adit_sockaddr *failed = NULL;
    unsigned tries = settings->port ? 1 : PORT_TRIES_MAX;
    char shown[100];
    char words[100];
    int error;

    out->count = 0;
    if (settings->in_use)
        *settings->in_use = false;
    (void)adit_text_printable(adit_span_text(host), shown, sizeof shown);
    find_addresses(host, settings, &addresses, words, sizeof words);
    if (addresses.count == 0) {
        (void)snprintf(text, text_size, "listen on %s: %s", shown, words);
        return ADIT_ERR_SYSTEM;
    }
    do
        error = open_all(&addresses, settings->port, out, &failed);
    while (error == EADDRINUSE && --tries);
    if (settings->in_use)
        *settings->in_use = error == EADDRINUSE;
    if (error) {
        uint16_t port;

        adit_address_text(adit_sockaddr_get(failed), shown, sizeof shown, &port);
        (void)snprintf(text, text_size, "listen on %s port %u: %s", shown, settings->port,
                       adit_errno_text(error, words, sizeof words));
    }
    return error ? ADIT_ERR_SYSTEM : ADIT_OK;
}
