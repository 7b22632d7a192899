/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The target of all tunnels. One epoll loop reads the requests and answers the
 * echoes, so that a new connection costs little; what carries bulk gets a thread.
 */
#include "load.h"
#include "socket.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, STACK_SIZE = 128 * 1024, TAKE_MAX = 256 * 1024 };

struct peer {
    int fd;
    size_t have; /* bytes of the request */
    struct adit_load_request request;
};

static const uint8_t chunk[ADIT_LOAD_CHUNK];

/* Linux drops the bytes in the kernel: the tunnel is to be measured, not this copy. */
static ssize_t drop(int fd, uint64_t most)
{
    return recv(fd, NULL, most < TAKE_MAX ? (size_t)most : TAKE_MAX, MSG_TRUNC);
}

struct adit_load_count adit_load_take(int fd, uint64_t most, uint64_t skip, const atomic_bool *stop)
{
    struct adit_load_count count = { 0, 0 };
    uint64_t start = adit_bench_now_ns();

    while (count.bytes < most && !(stop && atomic_load_explicit(stop, memory_order_relaxed))) {
        /* Not beyond the byte at which the clock starts. */
        const uint64_t left = (count.bytes < skip ? skip : most) - count.bytes;
        const ssize_t n = drop(fd, left);

        if (n <= 0)
            break;
        count.bytes += (uint64_t)n;
        if (count.bytes == skip)
            start = adit_bench_now_ns();
    }
    count.ns = adit_bench_now_ns() - start;
    return count;
}

static void *serve_bulk(void *arg)
{
    struct peer *peer = arg;
    const struct adit_load_request *request = &peer->request;

    if (request->service == ADIT_LOAD_SINK) {
        const struct adit_load_count count =
            adit_load_take(peer->fd, UINT64_MAX, request->skip, NULL);

        (void)adit_bench_send(peer->fd, &count, sizeof count);
    } else {
        uint64_t left = request->bytes;
        bool ok = true;

        while (ok && left > 0) {
            const size_t len = left < sizeof chunk ? (size_t)left : sizeof chunk;

            ok = adit_bench_send(peer->fd, chunk, len);
            left -= len;
        }
    }
    (void)close(peer->fd);
    free(peer);
    return NULL;
}

static void start_bulk(struct peer *peer)
{
    static pthread_attr_t small;
    static bool is_ready;
    pthread_t thread;

    if (!is_ready &&
        (pthread_attr_init(&small) != 0 || pthread_attr_setstacksize(&small, STACK_SIZE) != 0 ||
         pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED) != 0))
        adit_bench_die("threads");
    is_ready = true;
    adit_bench_set_blocking(peer->fd, true);
    if (pthread_create(&thread, &small, serve_bulk, peer) != 0)
        adit_bench_die("thread");
}

static void watch(int epoll, struct peer *peer, int operation, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = peer };

    if (epoll_ctl(epoll, operation, peer->fd, &event) != 0)
        adit_bench_die("epoll");
}

/* False at the end of the connection. */
static bool echo(const struct peer *peer)
{
    static uint8_t buf[ADIT_LOAD_CHUNK];
    const ssize_t n = recv(peer->fd, buf, sizeof buf, 0);

    if (n < 0)
        return errno == EAGAIN;
    /* An echo is small and asked for one at a time: the socket has room for it. */
    return n > 0 && adit_bench_send(peer->fd, buf, (size_t)n);
}

/* The request is complete. False at the end of the connection. */
static bool begin(int epoll, struct peer *peer)
{
    switch (peer->request.service) {
    case ADIT_LOAD_ECHO:
        return echo(peer); /* the first may have come along */
    case ADIT_LOAD_DEAF:
        watch(epoll, peer, EPOLL_CTL_MOD, 0); /* its end is told all the same */
        return true;
    default:
        watch(epoll, peer, EPOLL_CTL_DEL, 0);
        start_bulk(peer);
        return true;
    }
}

static bool read_request(int epoll, struct peer *peer)
{
    uint8_t *bytes = (uint8_t *)&peer->request;
    const ssize_t n = recv(peer->fd, bytes + peer->have, sizeof peer->request - peer->have, 0);

    if (n < 0)
        return errno == EAGAIN;
    peer->have += (size_t)n;
    if (peer->have == sizeof peer->request)
        return begin(epoll, peer);
    return n > 0;
}

static void serve_peer(int epoll, struct peer *peer, uint32_t events)
{
    const bool deaf = peer->have == sizeof peer->request && peer->request.service == ADIT_LOAD_DEAF;
    const bool lives = !deaf && (events & EPOLLIN) &&
                       (peer->have < sizeof peer->request ? read_request(epoll, peer) : echo(peer));

    if (!lives) {
        (void)close(peer->fd);
        free(peer);
    }
}

enum { LISTENERS = 2 }; /* the second is narrow */

static void open_listeners(int epoll, struct peer listeners[static LISTENERS], const char *path)
{
    uint16_t ports[LISTENERS] = { 0 };
    FILE *file = fopen(path, "w");

    for (int i = 0; i < LISTENERS; i++) {
        listeners[i].fd = adit_bench_listen(&ports[i]);
        watch(epoll, &listeners[i], EPOLL_CTL_ADD, EPOLLIN);
    }
    adit_bench_set_narrow(listeners[1].fd); /* nobody knows its port yet */
    if (file == NULL || fprintf(file, "%u %u\n", ports[0], ports[1]) < 0 || fclose(file) != 0)
        adit_bench_die(path);
}

static void accept_peer(int epoll, const struct peer *listener)
{
    struct peer *peer = adit_bench_new(1, sizeof *peer);

    peer->fd = adit_bench_accept(listener->fd);
    adit_bench_set_blocking(peer->fd, false);
    watch(epoll, peer, EPOLL_CTL_ADD, EPOLLIN);
}

void adit_load_serve(const char *path)
{
    static struct peer listeners[LISTENERS];
    const int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (epoll < 0)
        adit_bench_die("epoll");
    open_listeners(epoll, listeners, path);
    for (;;) {
        struct epoll_event events[EVENTS];
        const int n = epoll_wait(epoll, events, EVENTS, -1);

        for (int i = 0; i < n; i++) {
            struct peer *peer = events[i].data.ptr;

            if (peer == &listeners[0] || peer == &listeners[1])
                accept_peer(epoll, peer);
            else
                serve_peer(epoll, peer, events[i].events);
        }
    }
}
