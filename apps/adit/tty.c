/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * While a secret is typed the terminal does not echo, and must not be left so:
 * signals that would end us restore it and then do what they always do. The
 * suspend key is off meanwhile, because the shell would get a mute terminal.
 */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { SIGNALS = 4 };

static const int signals[SIGNALS] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

/* For the handler, which gets no argument of ours. */
static struct {
    int tty;
    struct termios before;
} restore;

static void restore_and_die(int number)
{
    /* SA_RESETHAND: the second time it does what it does by default. */
    (void)tcsetattr(restore.tty, TCSANOW, &restore.before);
    (void)raise(number);
}

static void write_text(int tty, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        const ssize_t n = write(tty, text, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        left -= (size_t)n;
    }
}

static bool read_line(int tty, char *answer, size_t size)
{
    size_t len = 0;
    char c = '\0';

    for (;;) {
        const ssize_t n = read(tty, &c, 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || c == '\n')
            break;
        if (len < size)
            answer[len++] = c;
    }
    if (c != '\n' || len == size) {
        explicit_bzero(answer, size);
        return false;
    }
    answer[len] = '\0';
    return true;
}

static bool ask_hidden(int tty, char *answer, size_t size)
{
    struct sigaction handler = { .sa_handler = restore_and_die, .sa_flags = (int)SA_RESETHAND };
    struct sigaction before[SIGNALS];
    struct termios mute;
    bool answered;

    if (tcgetattr(tty, &restore.before) != 0)
        return false;
    restore.tty = tty;
    mute = restore.before;
    mute.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    mute.c_cc[VSUSP] = _POSIX_VDISABLE;

    (void)sigemptyset(&handler.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++)
        if (sigaction(signals[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &handler, NULL);
    answered = tcsetattr(tty, TCSAFLUSH, &mute) == 0 && read_line(tty, answer, size);
    (void)tcsetattr(tty, TCSANOW, &restore.before);
    for (size_t i = 0; i < SIGNALS; i++)
        (void)sigaction(signals[i], &before[i], NULL);
    write_text(tty, "\n");
    return answered;
}

int adit_tty_open(void)
{
    return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

bool adit_tty_ask(int tty, const char *question, bool hidden, char *answer, size_t size)
{
    write_text(tty, question);
    return hidden ? ask_hidden(tty, answer, size) : read_line(tty, answer, size);
}
