/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon.h"

#include "net/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_NOT_STARTED = 255 };

/* The starter: its exit status tells whether the gateway serves. */
_Noreturn static void wait_for_ready(int fd)
{
    char byte;
    ssize_t n;

    do
        n = read(fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    _exit(n == 1 ? EXIT_SUCCESS : EXIT_NOT_STARTED);
}

enum adit_err adit_daemon_start(int *ready)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return ADIT_ERR_SYSTEM;
    child = fork();
    if (child < 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return ADIT_ERR_SYSTEM;
    }
    if (child > 0) {
        (void)close(ends[1]);
        wait_for_ready(ends[0]);
    }
    (void)close(ends[0]);
    *ready = ends[1];
    return setsid() < 0 ? ADIT_ERR_SYSTEM : ADIT_OK;
}

void adit_daemon_ready(int ready)
{
    const char byte = 1;
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)!chdir("/"); /* who cannot go serves where it is */
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
        (void)dup2(null, fd);
    if (null > STDERR_FILENO)
        (void)close(null);
    (void)!write(ready, &byte, 1); /* the starter may be gone */
    (void)close(ready);
}

void adit_daemon_raise_limits(void)
{
    struct rlimit limit;

    (void)signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

enum adit_err adit_daemon_write_pid(const char *path, char *text, size_t size)
{
    char line[24];
    const int len = snprintf(line, sizeof line, "%ld\n", (long)getpid());
    const struct adit_span content = { (const uint8_t *)line, len > 0 ? (size_t)len : 0 };

    return adit_file_write(path, content, 0644, text, size);
}
