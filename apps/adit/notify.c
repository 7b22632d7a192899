/* SPDX-License-Identifier: BSD-2-Clause */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { DECIMAL = 10 };

void adit_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET"); /* NOLINT(concurrency-mt-unsafe): nobody sets one */
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const size_t len = path ? strlen(path) : 0;
    socklen_t size;
    int fd;

    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') /* an abstract name: it begins with a NUL and ends with its length */
        address.sun_path[0] = '\0';
    size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (path[0] == '/'));
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    while (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, size) <
               0 &&
           errno == EINTR)
        ;
    (void)close(fd);
}

/* A number of the environment; 0: there is none. */
static uint64_t number_of(const char *name)
{
    const char *text = getenv(name); /* NOLINT(concurrency-mt-unsafe) */
    char *end = NULL;
    uint64_t number;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return 0;
    number = strtoull(text, &end, DECIMAL);
    return *end == '\0' ? number : 0;
}

uint64_t adit_notify_watchdog_ms(void)
{
    const uint64_t interval_us = number_of("WATCHDOG_USEC");
    const uint64_t pid = number_of("WATCHDOG_PID");

    if (pid != 0 && pid != (uint64_t)getpid())
        return 0;
    /* sd_watchdog_enabled(3): twice as often as the manager looks. */
    return interval_us / 2000;
}
