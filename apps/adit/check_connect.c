/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections from this machine: to the target of -R, to a port that is asked about. */
#include "check_forwards.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECT_MS = 10000 };

/* Connects within the time; -1 with errno. The descriptor blocks. */
static int connect_to(const struct sockaddr *address, socklen_t len)
{
    const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
    int error = 0;
    socklen_t size = sizeof error;

    if (fd < 0)
        return -1;
    if (connect(fd, address, len) != 0)
        error = errno;
    if (error == EINPROGRESS) {
        error = poll(&poll_fd, 1, CONNECT_MS) == 1 ? 0 : ETIMEDOUT;
        if (error == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
            error = errno;
    }
    /* It was taken, and reset before we looked (else it were refused): whoever reads finds its end. */
    if (error == ECONNRESET)
        error = 0;
    if (error == 0 && fcntl(fd, F_SETFL, 0) == 0)
        return fd;
    (void)close(fd);
    errno = error;
    return -1;
}

static int connect_to_path(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    return connect_to((const struct sockaddr *)&address, sizeof address);
}

static int fail(struct adit_failure *failure, enum adit_err err, const char *host, uint16_t port,
                const char *why)
{
    failure->err = err;
    failure->leg = ADIT_LEG_CLIENT;
    if (port == 0)
        (void)snprintf(failure->text, sizeof failure->text, "connect to %.300s from here: %s", host,
                       why);
    else
        (void)snprintf(failure->text, sizeof failure->text, "connect to %.300s:%u from here: %s",
                       host, port, why);
    return -1;
}

int adit_check_connect(const char *host, uint16_t port, struct adit_failure *failure)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char service[8];
    int fd = -1;
    int error;

    if (port == 0 && host[0] == '/') {
        fd = connect_to_path(host);
        return fd >= 0 ? fd : fail(failure, ADIT_ERR_SYSTEM, host, 0, strerrordesc_np(errno));
    }
    (void)snprintf(service, sizeof service, "%u", port);
    error = getaddrinfo(host, service, &hints, &found);
    if (error != 0)
        return fail(failure, ADIT_ERR_NOT_FOUND, host, port, gai_strerror(error));
    errno = EADDRNOTAVAIL;
    for (const struct addrinfo *info = found; info != NULL && fd < 0; info = info->ai_next)
        fd = connect_to(info->ai_addr, info->ai_addrlen);
    error = errno;
    freeaddrinfo(found);
    if (fd >= 0)
        return fd;
    return fail(failure, error == ETIMEDOUT ? ADIT_ERR_TIMEOUT : ADIT_ERR_SYSTEM, host, port,
                strerrordesc_np(error));
}
