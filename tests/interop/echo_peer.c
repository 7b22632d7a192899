/* SPDX-License-Identifier: BSD-2-Clause */
#include "echo_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CLIENTS_MAX = 256,
    PIECE = 65536,
};

struct clients {
    struct pollfd polled[2 + CLIENTS_MAX]; /* stop, listener, clients */
    nfds_t count;
};

/* false: the client is done. */
static bool echo(int fd, char *piece)
{
    const ssize_t len = recv(fd, piece, PIECE, 0);

    for (ssize_t sent = 0; sent < len;) {
        const ssize_t n = send(fd, piece + sent, (size_t)(len - sent), MSG_NOSIGNAL);

        if (n < 0)
            return false;
        sent += n;
    }
    return len > 0;
}

static void take_client(const struct echo_peer *peer, struct clients *clients)
{
    const int fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return;
    if (peer->greeting != NULL)
        (void)send(fd, peer->greeting, strlen(peer->greeting), MSG_NOSIGNAL);
    if ((peer->greeting != NULL && peer->greeting[0] != '\0') ||
        clients->count == 2 + CLIENTS_MAX) {
        (void)shutdown(fd, SHUT_WR);
        (void)close(fd);
        return;
    }
    clients->polled[clients->count++] =
        (struct pollfd){ .fd = fd, .events = peer->greeting == NULL ? POLLIN : 0 };
}

static void serve_clients(struct clients *clients, char *piece)
{
    for (nfds_t i = 2; i < clients->count;) {
        struct pollfd *client = &clients->polled[i];

        if (client->revents == 0 || echo(client->fd, piece)) {
            i++;
            continue;
        }
        (void)close(client->fd);
        *client = clients->polled[--clients->count];
    }
}

static void *run(void *arg)
{
    const struct echo_peer *peer = arg;
    static _Thread_local char piece[PIECE];
    struct clients clients = {
        .polled = { { .fd = peer->stop[0], .events = POLLIN },
                    { .fd = peer->listener, .events = POLLIN } },
        .count = 2,
    };

    while (poll(clients.polled, clients.count, -1) >= 0 && clients.polled[0].revents == 0) {
        serve_clients(&clients, piece);
        if (clients.polled[1].revents != 0)
            take_client(peer, &clients);
    }
    for (nfds_t i = 2; i < clients.count; i++)
        (void)close(clients.polled[i].fd);
    return NULL;
}

void echo_peer_start(struct echo_peer *peer, const char *greeting)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;

    *peer = (struct echo_peer){ .greeting = greeting };
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(peer->listener >= 0);
    assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(peer->listener, SOMAXCONN), 0);
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &len), 0);
    peer->port = ntohs(address.sin_port);
    assert_int_equal(pipe(peer->stop), 0);
    assert_int_equal(pthread_create(&peer->thread, NULL, run, peer), 0);
}

void echo_peer_stop(struct echo_peer *peer)
{
    (void)close(peer->stop[1]);
    assert_int_equal(pthread_join(peer->thread, NULL), 0);
    (void)close(peer->stop[0]);
    (void)close(peer->listener);
}
