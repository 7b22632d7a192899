/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program at the end of a tunnel, on a thread of its own with a blocking
 * socket: sends a stream of known bytes, checks the stream that comes, and
 * tells how it ended.
 */
#ifndef ADIT_TESTS_STREAM_APP_H
#define ADIT_TESTS_STREAM_APP_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct stream_app {
    int fd;
    bool by_hand;           /* there is no program: the test itself uses `fd` */
    uint64_t send_total;    /* then it shuts its side down */
    uint64_t receive_total; /* what is expected before the end */
    uint32_t send_seed;
    uint32_t receive_seed;
    bool replies; /* sends when it has received the end */
    bool resets;  /* closes with a reset when it has sent (or, replying, received) all */
    int pause_fd; /* if not 0: reads nothing until this one can be read */
    void (*finished)(void *arg); /* on the thread */
    void *arg;

    uint64_t sent;
    uint64_t received;
    bool wrong_bytes;
    bool got_end;
    int error; /* errno of a read, or of a write that told before */
    pthread_t thread;
};

enum { STREAM_PIECE = 64 * 1024, STREAM_WAIT_MS = 20 * 1000 };

/* The byte at a place of a stream. */
static uint8_t stream_byte(uint32_t seed, uint64_t at)
{
    uint64_t x = (at / 8 + 1) * 0x9e3779b97f4a7c15ULL ^ seed;

    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9ULL;
    return (uint8_t)(x >> (8 * (at % 8)));
}

static void stream_app_send(struct stream_app *app)
{
    static _Thread_local uint8_t piece[STREAM_PIECE];
    const uint64_t left = app->send_total - app->sent;
    const size_t want = left < sizeof piece ? (size_t)left : sizeof piece;
    ssize_t n;

    for (size_t i = 0; i < want; i++)
        piece[i] = stream_byte(app->send_seed, app->sent + i);
    n = send(app->fd, piece, want, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
        app->sent += (uint64_t)n;
    if (n >= 0 || errno == EAGAIN)
        return;
    app->sent = app->send_total;
    if (errno != EPIPE) /* that is no more than a read would tell; a reset is told once */
        app->error = errno;
}

/* False at the end of the stream. */
static bool stream_app_receive(struct stream_app *app)
{
    static _Thread_local uint8_t piece[STREAM_PIECE];
    const ssize_t n = recv(app->fd, piece, sizeof piece, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return true;
    if (n < 0)
        app->error = errno;
    app->got_end = n == 0 && app->error == 0;
    for (ssize_t i = 0; i < n; i++)
        if (piece[i] != stream_byte(app->receive_seed, app->received + (uint64_t)i))
            app->wrong_bytes = true;
    app->received += n > 0 ? (uint64_t)n : 0;
    return n > 0;
}

/* Whoever closes now sends a reset, whatever is still in the buffers. */
static inline void reset_by_hand(int fd)
{
    const struct linger at_once = { .l_onoff = 1 };

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(fd);
}

/* Until the other end's system has all that was sent, for a while. */
static bool stream_is_there(int fd)
{
    int unsent = 1;

    for (int i = 0; i < 2000 && unsent > 0; i++) {
        if (ioctl(fd, SIOCOUTQ, &unsent) != 0)
            return false;
        (void)poll(NULL, 0, unsent > 0);
    }
    return unsent == 0;
}

static void stream_app_close(const struct stream_app *app)
{
    if (app->resets && app->sent == app->send_total)
        (void)stream_is_there(app->fd);
    if (app->resets)
        reset_by_hand(app->fd);
    else
        (void)close(app->fd);
}

static void *stream_app_run(void *arg)
{
    struct stream_app *app = arg;
    bool receiving = true;
    bool sending = true;

    while (sending || receiving) {
        const bool may_send = sending && (!app->replies || !receiving);
        const bool paused = app->pause_fd != 0;
        struct pollfd polls[2] = {
            { .fd = app->fd,
              .events = (short)((may_send ? POLLOUT : 0) | (receiving && !paused ? POLLIN : 0)) },
            { .fd = paused ? app->pause_fd : -1, .events = POLLIN },
        };

        if (poll(polls, 2, STREAM_WAIT_MS) <= 0)
            break; /* `got_end` is false: the test fails */
        if (polls[1].revents) {
            (void)close(app->pause_fd);
            app->pause_fd = 0;
            continue;
        }
        if (may_send && app->sent < app->send_total)
            stream_app_send(app);
        if (may_send && app->sent == app->send_total) {
            sending = false;
            if (app->resets)
                break;
            (void)shutdown(app->fd, SHUT_WR);
        }
        if (receiving && !paused && polls[0].revents & (POLLIN | POLLHUP | POLLERR))
            receiving = stream_app_receive(app);
    }
    stream_app_close(app);
    app->finished(app->arg);
    return NULL;
}

/* Two ends of a TCP connection on the loopback. */
static bool tcp_pair(int fds[2])
{
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof own;
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good;

    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    good = bind(listening, (struct sockaddr *)&own, sizeof own) == 0 && listen(listening, 1) == 0 &&
           getsockname(listening, (struct sockaddr *)&own, &len) == 0 &&
           connect(fds[0], (struct sockaddr *)&own, sizeof own) == 0;
    fds[1] = good ? accept(listening, NULL, NULL) : -1;
    (void)close(listening);
    return fds[1] >= 0;
}

#endif
