/* SPDX-License-Identifier: BSD-2-Clause */
/* A pipe: the only way to wake that a signal handler and a thread may both go. */
#include "wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static int ends[2] = { -1, -1 };

static void wake(char cause)
{
    while (write(ends[1], &cause, 1) < 0 && errno == EINTR)
        ;
}

static void stop(int number)
{
    const int saved = errno;

    (void)number;
    wake(ADIT_WAKE_STOP);
    errno = saved;
}

bool adit_wake_open(void)
{
    /* Where so much is unread already that the pipe is full, the reader will look anyway. */
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0;
}

void adit_wake_on_signals(void)
{
    static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
    struct sigaction action = { .sa_handler = stop, .sa_flags = (int)(SA_RESTART | SA_RESETHAND) };
    struct sigaction before;

    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(numbers[i], &action, NULL);
}

void adit_wake_changed(void)
{
    wake(ADIT_WAKE_CHANGED);
}

enum adit_wake adit_wake_wait(int timeout_ms)
{
    struct pollfd pipe_end = { .fd = ends[0], .events = POLLIN };
    char cause = ADIT_WAKE_STOP;
    int ready;

    /* poll() first: the thread sanitizer keeps signals back while a read() blocks. */
    do
        ready = poll(&pipe_end, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return ADIT_WAKE_TIMEOUT;
    while (read(ends[0], &cause, 1) < 0)
        if (errno != EINTR)
            return ADIT_WAKE_TIMEOUT;
    return cause == ADIT_WAKE_CHANGED ? ADIT_WAKE_CHANGED : ADIT_WAKE_STOP;
}
