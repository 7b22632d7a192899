/* SPDX-License-Identifier: BSD-2-Clause */
/* A pipe: the only way to wake that a signal handler and a thread may both go. */
#include "wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

/* timeout(1) and others signal the process and its group: what comes so close is one wish. */
enum { AGAIN_MS = 500 };

static int ends[2] = { -1, -1 };
static atomic_llong stopped_ms; /* the first wish to stop; 0: none yet */

static void wake(char cause)
{
    while (write(ends[1], &cause, 1) < 0 && errno == EINTR)
        ;
}

static long long now_ms(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000 + 1; /* never 0 */
}

/* Whoever asks again does not want to wait. */
static void stop(int number)
{
    const struct sigaction by_default = { .sa_handler = SIG_DFL };
    const int saved = errno;
    const long long now = now_ms();
    long long before = 0;

    if (atomic_compare_exchange_strong(&stopped_ms, &before, now)) {
        wake(ADIT_WAKE_STOP);
    } else if (now - before >= AGAIN_MS) {
        (void)sigaction(number, &by_default, NULL);
        (void)raise(number); /* it comes when this handler is left */
    }
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
    struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };
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
