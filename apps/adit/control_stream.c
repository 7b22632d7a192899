/* SPDX-License-Identifier: BSD-2-Clause */
/* Neither side of a control socket waits for the other one for longer than it wants to. */
#include "control_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

static int64_t now_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False: not in time. */
static bool wait_for(int fd, short events, int64_t due_ms)
{
    for (;;) {
        struct pollfd poll_fd = { .fd = fd, .events = events };
        const int64_t left_ms = due_ms - now_ms();

        if (left_ms <= 0)
            return false;
        if (poll(&poll_fd, 1, (int)left_ms) > 0)
            return true;
        if (errno != EINTR)
            return false;
    }
}

bool adit_control_read(int fd, char *bytes, size_t size, size_t *len, int end, int timeout_ms)
{
    const int64_t due_ms = now_ms() + timeout_ms;

    *len = 0;
    while (*len < size && wait_for(fd, POLLIN, due_ms)) {
        const ssize_t n = recv(fd, bytes + *len, size - *len, MSG_DONTWAIT);

        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (n == 0)
            return end < 0;
        for (ssize_t i = 0; i < n; i++)
            if (bytes[(*len)++] == end && end >= 0)
                return true; /* what is behind it is nobody's */
    }
    return false;
}

bool adit_control_write(int fd, const char *bytes, size_t len, int timeout_ms)
{
    const int64_t due_ms = now_ms() + timeout_ms;

    while (len > 0) {
        const ssize_t n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLOUT, due_ms))) {
            return false;
        }
    }
    return true;
}
