/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two threads with blocking calls: stdin and stdout may be files, pipes or
 * terminals, and are shared with other programs, so they are not made
 * non-blocking. The one that reads stdin also watches the connection, or it
 * would wait for a key to be pressed after the end of everything.
 */
#include "stdio_forward.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK_SIZE = 64 * 1024 };

bool adit_stdio_target(const char *text, struct adit_forward_spec *out, char *why, size_t size)
{
    char forward[2 * ADIT_HOST_MAX];
    char ignored[256];
    const int len = snprintf(forward, sizeof forward, "1:%s", text);
    const struct adit_span span = { (const uint8_t *)forward, len > 0 ? (size_t)len : 0 };

    if (span.len > 0 && span.len < sizeof forward &&
        adit_forward_spec_parse(span, ADIT_FORWARD_SPEC_LOCAL, out, ignored, sizeof ignored) ==
            ADIT_OK &&
        !out->bind_given)
        return true;
    (void)snprintf(why, size, "-W: \"%.200s\" is not host:port", text);
    return false;
}

/* Waits until a descriptor that somebody made non-blocking is ready. */
static bool wait_for(int fd, short events)
{
    struct pollfd poll_fd = { .fd = fd, .events = events };

    return poll(&poll_fd, 1, -1) > 0 || errno == EINTR;
}

static bool may_retry(int fd, short events)
{
    return errno == EINTR || (errno == EAGAIN && wait_for(fd, events));
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t n = write(fd, bytes, len);

        if (n < 0 && !may_retry(fd, POLLOUT))
            return false;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return true;
}

/* ---- stdin to the connection ---- */

/* False: the connection is closed altogether. */
static bool wait_for_stdin(int connection)
{
    for (;;) {
        struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = connection } };

        if (poll(fds, 2, -1) < 0) {
            if (errno != EINTR)
                return false;
            continue;
        }
        if (fds[1].revents)
            return false;
        if (fds[0].revents)
            return true;
    }
}

static void *carry_stdin(void *arg)
{
    const int connection = *(const int *)arg;
    char bytes[CHUNK_SIZE];

    while (wait_for_stdin(connection)) {
        const ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0) {
            (void)shutdown(connection, SHUT_WR);
            break;
        }
        if (!write_all(connection, bytes, (size_t)n))
            break; /* the other thread sees why */
    }
    return NULL;
}

/* ---- the connection to stdout ---- */

/* False: stdout takes no more. */
static bool carry_stdout(int connection)
{
    char bytes[CHUNK_SIZE];

    for (;;) {
        const ssize_t n = read(connection, bytes, sizeof bytes);

        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        if (n > 0 && !write_all(STDOUT_FILENO, bytes, (size_t)n)) {
            (void)shutdown(connection, SHUT_RDWR);
            return false;
        }
    }
    (void)close(STDOUT_FILENO); /* so that who reads it sees the end */
    return true;
}

/* ---- all of it ---- */

static bool judge(struct adit_tunnel *tunnel, const struct adit_client_log *log)
{
    struct adit_tunnel_status status;

    /* The gateway's last word about the channel says that it has everything. */
    adit_tunnel_close(tunnel, UINT64_MAX);
    adit_tunnel_status(tunnel, &status);
    if (status.last_failure.err) {
        adit_client_say(log, ADIT_LOG_FATAL, "%s", status.last_failure.text);
        return false;
    }
    if (status.connections_aborted)
        adit_client_say(log, ADIT_LOG_FATAL, "server side: the connection broke off");
    return status.connections_aborted == 0;
}

bool adit_stdio_carry(struct adit_tunnel *tunnel, const struct adit_forward_spec *target,
                      const struct adit_client_log *log)
{
    struct adit_failure failure = { 0 };
    pthread_t reader;
    int connection;
    bool written;
    const enum adit_err err =
        adit_tunnel_dial(tunnel, target->host, target->port, 0, &connection, &failure);

    if (err) {
        adit_client_say(log, ADIT_LOG_FATAL, "%s",
                        failure.text[0] ? failure.text : adit_err_text(err));
        return false;
    }
    if (pthread_create(&reader, NULL, carry_stdin, &connection)) {
        adit_client_say(log, ADIT_LOG_FATAL, "cannot start a thread");
        (void)close(connection);
        return false;
    }
    written = carry_stdout(connection);
    (void)pthread_join(reader, NULL);
    (void)close(connection);
    if (!written) {
        adit_client_say(log, ADIT_LOG_FATAL, "client side: stdout takes no more");
        return false;
    }
    return judge(tunnel, log);
}
