/* SPDX-License-Identifier: BSD-2-Clause */
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 4096, SEGMENT = 1400, SEND_BUFFER = 32768 };

void adit_bench_die(const char *what)
{
    if (errno)
        (void)fprintf(stderr, "%s: %s\n", what, strerrordesc_np(errno));
    else
        (void)fprintf(stderr, "%s\n", what);
    _Exit(1);
}

uint64_t adit_bench_number(const char *text, uint64_t max)
{
    char *end = NULL;
    unsigned long long number;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno || *text < '0' || *text > '9' || *end != '\0' || number > max) {
        (void)fprintf(stderr, "%s: not a number up to %llu\n", text, (unsigned long long)max);
        _Exit(2);
    }
    return number;
}

void *adit_bench_new(size_t count, size_t size)
{
    void *block = calloc(count, size);

    if (block == NULL)
        adit_bench_die("memory");
    return block;
}

uint64_t adit_bench_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void adit_bench_prepare(void)
{
    struct rlimit limit;

    (void)signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        adit_bench_die("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        adit_bench_die("setrlimit");
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void set_nodelay(int fd)
{
    const int one = 1;

    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0)
        adit_bench_die("TCP_NODELAY");
}

int adit_bench_try_listen(uint16_t *port)
{
    struct sockaddr_in address = loopback(*port);
    socklen_t size = sizeof address;
    const int one = 1;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

int adit_bench_listen(uint16_t *port)
{
    const int fd = adit_bench_try_listen(port);

    if (fd < 0)
        adit_bench_die("listen");
    return fd;
}

int adit_bench_accept(int listener)
{
    int fd;

    do
        fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd < 0)
        adit_bench_die("accept");
    set_nodelay(fd);
    return fd;
}

void adit_bench_set_narrow(int fd)
{
    const int segment = SEGMENT;
    const int buffer = SEND_BUFFER;

    if (setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) != 0)
        adit_bench_die("a narrow socket");
}

static int dial(uint16_t port, bool is_narrow)
{
    const struct sockaddr_in address = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        adit_bench_die("socket");
    if (is_narrow)
        adit_bench_set_narrow(fd);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        adit_bench_die("connect");
    set_nodelay(fd);
    return fd;
}

int adit_bench_dial(uint16_t port)
{
    return dial(port, false);
}

int adit_bench_dial_narrow(uint16_t port)
{
    return dial(port, true);
}

void adit_bench_set_blocking(int fd, bool blocking)
{
    if (fcntl(fd, F_SETFL, blocking ? 0 : O_NONBLOCK) != 0)
        adit_bench_die("fcntl");
}

bool adit_bench_send(int fd, const void *data, size_t len)
{
    const uint8_t *next = data;

    while (len > 0) {
        const ssize_t n = send(fd, next, len, MSG_NOSIGNAL);

        if (n < 0)
            return false;
        next += n;
        len -= (size_t)n;
    }
    return true;
}

bool adit_bench_receive(int fd, void *data, size_t len)
{
    uint8_t *next = data;

    while (len > 0) {
        const ssize_t n = recv(fd, next, len, 0);

        if (n <= 0) {
            errno = n == 0 ? 0 : errno;
            return false;
        }
        next += n;
        len -= (size_t)n;
    }
    return true;
}

void adit_bench_end_with_reset(int fd)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void adit_bench_reset(int fd)
{
    adit_bench_end_with_reset(fd);
    (void)close(fd);
}
