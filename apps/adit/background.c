/* SPDX-License-Identifier: BSD-2-Clause */
#include "background.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 255 };

/* One byte says that the child is up; without it, its exit code counts. */
static int wait_for(pid_t child, int verdict)
{
    char up;
    int status = 0;
    ssize_t n;

    do
        n = read(verdict, &up, 1);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        return 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return FAILED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

enum adit_background_side adit_background_fork(struct adit_background *background, int *exit_code)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return ADIT_BACKGROUND_FAILED;
    child = fork();
    if (child < 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return ADIT_BACKGROUND_FAILED;
    }
    if (child == 0) {
        (void)close(ends[0]);
        background->verdict = ends[1];
        return ADIT_BACKGROUND_CHILD;
    }
    (void)close(ends[1]);
    *exit_code = wait_for(child, ends[0]);
    (void)close(ends[0]);
    return ADIT_BACKGROUND_PARENT;
}

bool adit_background_detach(struct adit_background *background)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    ssize_t n;

    (void)setsid();
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
        (void)dup2(null, fd);
    if (null > STDERR_FILENO)
        (void)close(null);
    do
        n = write(background->verdict, "", 1);
    while (n < 0 && errno == EINTR);
    (void)close(background->verdict);
    return n == 1;
}
