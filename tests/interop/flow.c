/* SPDX-License-Identifier: BSD-2-Clause */
#include "interop/flow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 120000 /* without one byte's progress */

bool adit_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)fputs("traffic: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return false;
}

struct adit_stream adit_stream_init(uint64_t seed, bool is_down)
{
    return (struct adit_stream){ .state = seed * 2 + is_down };
}

void adit_stream_fill(struct adit_stream *s, uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s->left == 0) {
            uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);

            z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
            z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
            s->word = z ^ (z >> 31);
            s->left = 8;
        }
        buf[i] = (uint8_t)s->word;
        s->word >>= 8;
        s->left--;
    }
}

bool adit_wait_for(int fd, short events, short *got)
{
    struct pollfd pfd = { .fd = fd, .events = events };
    int n;

    do
        n = poll(&pfd, 1, PATIENCE_MS);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return adit_fail("no progress for %d s", PATIENCE_MS / 1000);
    *got = pfd.revents;
    return true;
}

bool adit_write_all(int fd, const void *data, size_t len)
{
    const uint8_t *next = data;
    short got;

    while (len > 0) {
        const ssize_t n = send(fd, next, len, MSG_NOSIGNAL);

        if (n > 0) {
            next += n;
            len -= (size_t)n;
        } else if (errno != EAGAIN) {
            return adit_fail("send: %s", strerror(errno));
        } else if (!adit_wait_for(fd, POLLOUT, &got)) {
            return false;
        }
    }
    return true;
}

ssize_t adit_read_all(int fd, void *data, size_t len)
{
    uint8_t *next = data;
    size_t have = 0;
    short got;

    while (have < len) {
        const ssize_t n = recv(fd, next + have, len - have, 0);

        if (n == 0)
            break;
        if (n > 0)
            have += (size_t)n;
        else if (errno != EAGAIN || !adit_wait_for(fd, POLLIN, &got))
            return -1;
    }
    return (ssize_t)have;
}

bool adit_expect_end(int fd)
{
    uint8_t byte;
    const ssize_t n = adit_read_all(fd, &byte, 1);

    if (n < 0)
        return adit_fail("%s where the end was expected", strerror(errno));
    return n == 0 || adit_fail("bytes after the last one");
}

int adit_connect_to(uint16_t port)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int one = 1;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

int adit_listen_on(uint16_t *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(*port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 512) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

static bool flow_send(struct adit_flow *f)
{
    ssize_t n;

    if (f->pending == 0) {
        f->pending = f->to_send < FLOW_CHUNK ? (size_t)f->to_send : FLOW_CHUNK;
        f->pending_at = 0;
        adit_stream_fill(&f->out, f->buf, f->pending);
    }
    n = send(f->fd, f->buf + f->pending_at, f->pending, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || adit_fail("send: %s", strerror(errno));
    f->pending -= (size_t)n;
    f->pending_at += (size_t)n;
    f->to_send -= (size_t)n;
    if (f->to_send == 0 && f->ends_first)
        (void)shutdown(f->fd, SHUT_WR);
    return true;
}

static bool flow_receive(struct adit_flow *f)
{
    uint8_t came[FLOW_CHUNK];
    uint8_t expected[FLOW_CHUNK];
    /* The verdict follows the last byte: only a flow that ends with EOF may look further. */
    const size_t want = f->to_come == 0           ? 1
                        : f->to_come < FLOW_CHUNK ? (size_t)f->to_come
                                                  : FLOW_CHUNK;
    const ssize_t n = recv(f->fd, came, want, 0);

    if (n < 0)
        return errno == EAGAIN || adit_fail("receive: %s", strerror(errno));
    f->eof_seen = n == 0;
    if (n == 0)
        return f->to_come == 0 ||
               adit_fail("ended %llu bytes early", (unsigned long long)f->to_come);
    if ((uint64_t)n > f->to_come)
        return adit_fail("bytes after the last one");
    adit_stream_fill(&f->in, expected, (size_t)n);
    f->to_come -= (size_t)n;
    return memcmp(came, expected, (size_t)n) == 0 || adit_fail("bytes were altered");
}

bool adit_flow_run(struct adit_flow *f, bool until_eof)
{
    if (f->ends_first && f->to_send == 0)
        (void)shutdown(f->fd, SHUT_WR);
    for (;;) {
        const bool may_send = f->to_send > 0 && (f->eof_seen || !f->waits_first);
        const bool may_receive = f->to_come > 0 || (until_eof && !f->eof_seen);
        short got;

        if (!may_send && !may_receive)
            return true;
        if (!adit_wait_for(f->fd, (short)((may_send ? POLLOUT : 0) | (may_receive ? POLLIN : 0)),
                           &got))
            return false;
        if (may_send && (got & (POLLOUT | POLLERR)) && !flow_send(f))
            return false;
        if (may_receive && (got & (POLLIN | POLLHUP | POLLERR)) && !flow_receive(f))
            return false;
    }
}
