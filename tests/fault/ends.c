/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that end, or stand still, in ways that a tunnel must not confuse:
 * the targets at one end, the applications at the other.
 *
 *     ends serve FILE        serves until killed; writes its four ports into FILE:
 *                            resets   sends a little when asked, then resets the connection
 *                            records  prints how each connection ended: "eof N" or "reset N"
 *                            stalls   never reads
 *                            echoes   gives back what comes
 *     ends how PORT          asks, and prints how the target's end looks: "eof N" or "reset N"
 *     ends reset PORT BYTES  sends so much, then resets the connection
 *     ends vanish PORT COUNT connects and closes at once, so often
 *     ends stall PORT COUNT  fills so many connections until they take no more; prints how many
 *                            bytes they took, holds them until SIGTERM, and resets them
 *     ends pace PORT COUNT   round trips of an echo; prints the median and the 99th of 100, in us
 */
#include "interop/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LITTLE       1000 /* bytes before a target's reset */
#define STALLED_MS   1000 /* a connection that takes nothing for so long is full */
#define STALLS_MAX   1000
#define PACES_MAX    100000
#define PACE_BYTES   64
#define PACE_WAIT_MS 5

enum target { RESETS, RECORDS, STALLS, ECHOES, TARGETS };

struct guest {
    enum target target;
    int fd;
};

/* Whoever closes now sends RST, whatever is still in the buffers. */
static void reset(int fd)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(fd);
}

/* Until the peer's end, as a word and the number of bytes before it. */
static bool print_end(int fd)
{
    uint8_t buf[FLOW_CHUNK];
    unsigned long long total = 0;
    short got;
    ssize_t n;

    do {
        n = recv(fd, buf, sizeof buf, 0);
        total += n > 0 ? (unsigned long long)n : 0;
    } while (n > 0 || (n < 0 && errno == EAGAIN && adit_wait_for(fd, POLLIN, &got)));
    if (n < 0 && errno != ECONNRESET)
        return adit_fail("%s where an end was expected", strerror(errno));
    return printf("%s %llu\n", n < 0 ? "reset" : "eof", total) > 0 && fflush(stdout) == 0;
}

/* ---- the targets ---- */

static void serve_reset(int fd)
{
    const uint8_t some[LITTLE] = { 0 };
    uint8_t byte;

    if (adit_read_all(fd, &byte, 1) == 1 && adit_write_all(fd, some, sizeof some))
        (void)poll(NULL, 0, 200); /* the bytes are there before the reset overtakes them */
    reset(fd);
}

static void serve_echo(int fd)
{
    uint8_t buf[PACE_BYTES];

    while (adit_read_all(fd, buf, sizeof buf) == (ssize_t)sizeof buf)
        if (!adit_write_all(fd, buf, sizeof buf))
            break;
    (void)close(fd);
}

static void *serve_guest(void *arg)
{
    const struct guest guest = *(struct guest *)arg;

    free(arg);
    switch (guest.target) {
    case RESETS:
        serve_reset(guest.fd);
        break;
    case RECORDS:
        (void)print_end(guest.fd);
        (void)close(guest.fd);
        break;
    case ECHOES:
        serve_echo(guest.fd);
        break;
    case STALLS: /* its socket stays with the process */
    case TARGETS:
        break;
    }
    return NULL;
}

static bool serve_one(enum target target, int fd)
{
    struct guest *guest = malloc(sizeof *guest);
    pthread_t thread;

    if (guest == NULL || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        free(guest);
        return adit_fail("cannot serve");
    }
    *guest = (struct guest){ .target = target, .fd = fd };
    return pthread_create(&thread, NULL, serve_guest, guest) == 0 && pthread_detach(thread) == 0;
}

static bool serve(const char *path)
{
    uint16_t ports[TARGETS] = { 0 };
    struct pollfd pfds[TARGETS];
    FILE *file = fopen(path, "w");
    bool ok = file != NULL;

    for (int i = 0; i < TARGETS; i++) {
        pfds[i] = (struct pollfd){ .fd = adit_listen_on(&ports[i]), .events = POLLIN };
        ok = ok && pfds[i].fd >= 0 && fprintf(file, "%u ", ports[i]) > 0;
    }
    if (!ok || fputc('\n', file) == EOF || fclose(file) != 0)
        return adit_fail("%s: %s", path, strerror(errno));
    while (poll(pfds, TARGETS, -1) > 0) {
        for (int i = 0; i < TARGETS; i++) {
            const int fd = pfds[i].revents & POLLIN ? accept(pfds[i].fd, NULL, NULL) : -1;

            if (fd >= 0 && !serve_one((enum target)i, fd))
                (void)close(fd);
        }
    }
    return adit_fail("poll: %s", strerror(errno));
}

/* ---- the applications ---- */

static int connect_or_fail(uint16_t port)
{
    const int fd = adit_connect_to(port);

    if (fd < 0)
        (void)adit_fail("port %u: %s", port, strerror(errno));
    return fd;
}

static bool run_how(uint16_t port)
{
    const int fd = connect_or_fail(port);
    bool ok = false;

    if (fd < 0)
        return false;
    if (send(fd, "?", 1, MSG_NOSIGNAL) == 1 || errno == ECONNRESET || errno == EPIPE)
        ok = print_end(fd);
    (void)close(fd);
    return ok;
}

static bool run_reset(uint16_t port, size_t bytes)
{
    const uint8_t buf[FLOW_CHUNK] = { 0 };
    const int fd = connect_or_fail(port);
    bool ok = fd >= 0;

    while (ok && bytes > 0) {
        const size_t n = bytes < sizeof buf ? bytes : sizeof buf;

        ok = adit_write_all(fd, buf, n);
        bytes -= n;
    }
    if (fd >= 0)
        reset(fd);
    return ok;
}

static bool run_vanish(uint16_t port, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int fd = connect_or_fail(port);

        if (fd < 0)
            return false;
        (void)close(fd);
    }
    return true;
}

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* Until none of them has taken anything for a while. */
static bool fill(struct pollfd *pfds, size_t count, unsigned long long *taken)
{
    const uint8_t buf[FLOW_CHUNK] = { 0 };

    *taken = 0;
    while (!stopped && poll(pfds, count, STALLED_MS) > 0) {
        for (size_t i = 0; i < count; i++) {
            const bool ready = pfds[i].revents != 0;
            const ssize_t n = ready ? send(pfds[i].fd, buf, sizeof buf, MSG_NOSIGNAL) : 0;

            if (n < 0 && errno != EAGAIN)
                return adit_fail("a connection that was to be filled has ended");
            *taken += n > 0 ? (unsigned long long)n : 0;
        }
    }
    return true;
}

static bool run_stall(uint16_t port, size_t count)
{
    static struct pollfd pfds[STALLS_MAX];
    unsigned long long taken;

    if (count > STALLS_MAX)
        return adit_fail("at most %d connections", STALLS_MAX);
    for (size_t i = 0; i < count; i++) {
        pfds[i] = (struct pollfd){ .fd = connect_or_fail(port), .events = POLLOUT };
        if (pfds[i].fd < 0)
            return false;
    }
    if (!fill(pfds, count, &taken) || printf("%llu\n", taken) < 0 || fflush(stdout) != 0)
        return false;
    while (!stopped)
        (void)poll(NULL, 0, 100);
    for (size_t i = 0; i < count; i++)
        reset(pfds[i].fd);
    return true;
}

static unsigned long long now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000000u + (unsigned long long)now.tv_nsec / 1000u;
}

static int by_size(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a;
    const unsigned y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

static bool run_pace(uint16_t port, size_t count)
{
    static unsigned paces[PACES_MAX];
    const int fd = connect_or_fail(port);
    uint8_t buf[PACE_BYTES] = { 0 };
    bool ok = fd >= 0 && count > 0 && count <= PACES_MAX;

    for (size_t i = 0; ok && i < count; i++) {
        const unsigned long long since = now_us();

        ok = adit_write_all(fd, buf, sizeof buf) &&
             adit_read_all(fd, buf, sizeof buf) == (ssize_t)sizeof buf;
        paces[i] = (unsigned)(now_us() - since);
        (void)poll(NULL, 0, PACE_WAIT_MS);
    }
    if (fd >= 0)
        (void)close(fd);
    if (!ok)
        return adit_fail("a round trip failed");
    qsort(paces, count, sizeof paces[0], by_size);
    return printf("%u %u\n", paces[count / 2], paces[count * 99 / 100]) > 0;
}

static bool run(const char *command, uint16_t port, size_t n)
{
    if (strcmp(command, "how") == 0)
        return run_how(port);
    if (strcmp(command, "reset") == 0)
        return run_reset(port, n);
    if (strcmp(command, "vanish") == 0)
        return run_vanish(port, n);
    if (strcmp(command, "stall") == 0)
        return run_stall(port, n);
    if (strcmp(command, "pace") == 0)
        return run_pace(port, n);
    return adit_fail("unknown command %s", command);
}

int main(int argc, char **argv)
{
    const struct sigaction on_term = { .sa_handler = stop };
    const char *command = argc > 1 ? argv[1] : "";
    const unsigned long long port = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    const size_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;

    if (strcmp(command, "serve") == 0 && argc > 2)
        return serve(argv[2]) ? 0 : 1;
    if (port == 0 || port > UINT16_MAX)
        return adit_fail("see the head of ends.c") ? 0 : 1;
    if (strcmp(command, "stall") == 0)
        (void)sigaction(SIGTERM, &on_term, NULL);
    return run(command, (uint16_t)port, n) ? 0 : 1;
}
