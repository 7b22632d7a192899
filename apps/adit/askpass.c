/* SPDX-License-Identifier: BSD-2-Clause */
#include "askpass.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who asks takes no signals, and none of our threads SIGPIPE: neither is for the program. */
static int set_up_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t defaults;

    (void)sigemptyset(&none);
    (void)sigemptyset(&defaults);
    (void)sigaddset(&defaults, SIGPIPE);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &defaults);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static pid_t spawn(const char *program, char *const argv[], int out)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = -1;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    if (posix_spawnattr_init(&attributes) == 0) {
        if (set_up_signals(&attributes) != 0 ||
            posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) != 0 ||
            posix_spawnp(&pid, program, &actions, &attributes, argv, environ) != 0)
            pid = -1;
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* Starts it with its stdout on `out`. -1: it cannot be run. */
static pid_t start(const char *program, const char *question, int out)
{
    char *const argv[] = { strdup(program), strdup(question), NULL };
    pid_t pid = -1;

    if (argv[0] != NULL && argv[1] != NULL)
        pid = spawn(program, argv, out);
    free(argv[0]);
    free(argv[1]);
    return pid;
}

/* All that comes, as far as there is room; a longer answer is none. */
static bool read_answer(int fd, char *answer, size_t size)
{
    size_t len = 0;

    while (len < size) {
        const ssize_t n = read(fd, answer + len, size - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    if (len == size)
        return false;
    answer[len] = '\0';
    answer[strcspn(answer, "\r\n")] = '\0';
    return true;
}

bool adit_askpass_ask(const char *program, const char *question, char *answer, size_t size)
{
    int ends[2];
    int status = -1;
    bool answered = false;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid = start(program, question, ends[1]);
    (void)close(ends[1]);
    if (pid > 0)
        answered = read_answer(ends[0], answer, size);
    (void)close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    answered = answered && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!answered)
        explicit_bzero(answer, size);
    return answered;
}
