/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections whose receivers never read. Their senders write whenever they may. */
#include "load.h"
#include "socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64 };

static void push_more(int fd)
{
    static const uint8_t chunk[ADIT_LOAD_CHUNK];

    if (send(fd, chunk, sizeof chunk, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
        adit_bench_die("a held connection");
}

void adit_load_hold(uint16_t port, unsigned count, bool is_pull)
{
    const struct adit_load_request request = { is_pull ? ADIT_LOAD_SOURCE : ADIT_LOAD_DEAF,
                                               UINT64_MAX, 0 };
    const int epoll = epoll_create1(EPOLL_CLOEXEC);

    for (unsigned i = 0; i < count; i++) {
        const int fd = adit_bench_dial_narrow(port);
        struct epoll_event event = { .events = EPOLLOUT, .data.fd = fd };

        if (!adit_bench_send(fd, &request, sizeof request))
            adit_bench_die("request");
        adit_bench_end_with_reset(fd);
        adit_bench_set_blocking(fd, false);
        if (!is_pull && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            adit_bench_die("epoll");
    }
    (void)puts("held");
    (void)fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        const int n = epoll_wait(epoll, events, EVENTS, -1);

        for (int i = 0; i < n; i++)
            push_more(events[i].data.fd);
    }
}
