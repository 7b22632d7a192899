/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sockios.h>
#include <sys/ioctl.h>
#endif

static void set_option(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

void adit_socket_no_delay(int fd)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

void adit_socket_keep_alive(int fd)
{
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

void adit_socket_limit_unsent(int fd, int bytes)
{
    set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
}

uint64_t adit_socket_silent_ms(int fd)
{
#ifdef __linux__
    const uint32_t tick_ms = 10; /* the system counts in ticks, of so long at most */
    struct tcp_info info = { 0 };
    socklen_t len = sizeof info;

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
        return info.tcpi_last_ack_recv > tick_ms ? info.tcpi_last_ack_recv - tick_ms : 0;
#endif
    return 0;
}

void adit_socket_no_block(int fd)
{
    const int flags = fcntl(fd, F_GETFL);

    if (flags >= 0 && (flags & O_NONBLOCK) == 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

size_t adit_socket_unsent(int fd)
{
#ifdef __linux__
    int protocol = 0;
    int unsent = 0;
    socklen_t len = sizeof protocol;

    /* A Unix socket's bytes are with the peer at once. */
    if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) == 0 && protocol == IPPROTO_TCP &&
        ioctl(fd, SIOCOUTQ, &unsent) == 0 && unsent > 0)
        return (size_t)unsent;
#endif
    return 0;
}

void adit_socket_reset(int fd)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(fd);
}

bool adit_errno_is_again(int error)
{
    return error == EAGAIN || error == EINTR;
}

const char *adit_errno_text(int error, char *buf, size_t size)
{
    return strerror_r(error, buf, size);
}

struct iovec adit_socket_piece(struct adit_span bytes)
{
    const union {
        const uint8_t *data;
        void *any;
    } both = { bytes.data };

    return (struct iovec){ both.any, bytes.len };
}
