/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whoever writes to the terminal takes the view off, writes, and puts it back,
 * all in one write. A terminal that takes nothing at the moment (Ctrl-S) holds
 * up neither the view nor, by it, the end of the program.
 */
#include "live.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "live_line.h"

enum {
    OUT_SIZE = ADIT_LIVE_TEXT_SIZE + 2048,
    LINE_SIZE = 512,
    SHORT_SIZE = 32,
    LOG_ROWS = 4,
    END_WAIT_MS = 200
};

/* Since we were stopped, the lines above the cursor are the shell's. */
static atomic_bool was_stopped;

static void note_stop(int number)
{
    (void)number;
    atomic_store(&was_stopped, true);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_wanted(const struct adit_options *options, int fd)
{
    const char *term = secure_getenv("TERM");

    return (options->verbosity || (options->is_up && options->log_level == NULL)) &&
           !options->background && options->log_file == NULL &&
           options->action == ADIT_ACTION_RUN && options->stdio_target == NULL &&
           isatty(STDOUT_FILENO) && isatty(fd) && term && strcmp(term, "dumb") != 0;
}

void adit_live_choose(struct adit_live *live, const struct adit_options *options,
                      struct adit_client_log *log)
{
    struct sigaction action = { .sa_handler = note_stop, .sa_flags = (int)SA_RESTART };

    if (!is_wanted(options, log->fd))
        return;
    *live = (struct adit_live){ .fd = log->fd };
    (void)sigemptyset(&action.sa_mask);
    if (pthread_mutex_init(&live->lock, NULL) == 0 && sigaction(SIGCONT, &action, NULL) == 0)
        log->live = live;
}

/* ---- the screen; with the lock held ---- */

/* The shell's turn is not ours to draw in. */
static bool is_ours(const struct adit_live *live)
{
    return tcgetpgrp(live->fd) == getpgrp();
}

static void write_out(int fd, const char *text, size_t len)
{
    while (len) {
        const ssize_t n = write(fd, text, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* nobody is there to be told */
        text += n;
        len -= (size_t)n;
    }
}

/* Takes the view off, writes `above`, and puts the view back if `view`, unless it is held. */
static void replace(struct adit_live *live, const char *above, size_t above_len, bool view)
{
    char out[OUT_SIZE];
    size_t len = 0;

    if (atomic_exchange(&was_stopped, false))
        live->lines = 0;
    if (live->lines)
        len = (size_t)snprintf(out, sizeof out, "\r\033[%uA\033[J", live->lines);
    live->lines = 0;
    if (above_len > sizeof out - len)
        above_len = sizeof out - len;
    memcpy(out + len, above, above_len);
    len += above_len;
    if (view && !live->is_held && live->len <= sizeof out - len) {
        memcpy(out + len, live->text, live->len);
        len += live->len;
        for (size_t i = 0; i < live->len; i++)
            live->lines += live->text[i] == '\n';
    }
    write_out(live->fd, out, len);
}

void adit_live_log(struct adit_live *live, const char *line, size_t len)
{
    (void)pthread_mutex_lock(&live->lock);
    replace(live, line, len, is_ours(live));
    (void)pthread_mutex_unlock(&live->lock);
}

/* Without waiting, for the sake of whoever asks us to stop meanwhile. */
static void draw(struct adit_live *live, const char *text, size_t len)
{
    struct pollfd screen = { .fd = live->fd, .events = POLLOUT };

    if (poll(&screen, 1, 0) != 1 || !(screen.revents & POLLOUT) ||
        pthread_mutex_trylock(&live->lock) != 0)
        return;
    if (live->len != len || memcmp(live->text, text, len) != 0 || live->lines == 0) {
        memcpy(live->text, text, len);
        live->len = len;
        if (is_ours(live))
            replace(live, "", 0, true);
    }
    (void)pthread_mutex_unlock(&live->lock);
}

void adit_live_end(struct adit_live *live)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += END_WAIT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    if (pthread_mutex_timedlock(&live->lock, &until) != 0)
        return;
    live->len = 0;
    if (is_ours(live))
        replace(live, "", 0, false);
    (void)pthread_mutex_unlock(&live->lock);
}

void adit_live_hold(struct adit_live *live, bool held)
{
    if (live == NULL)
        return;
    (void)pthread_mutex_lock(&live->lock);
    live->is_held = held;
    if (held && is_ours(live))
        replace(live, "", 0, false);
    (void)pthread_mutex_unlock(&live->lock);
}

/* ---- what is shown ---- */

/* One look at all tunnels. */
struct frame {
    uint64_t elapsed_ms; /* since the look before it; 0: there was none */
    size_t rows;         /* that there is room for */
    size_t columns;
};

static uint64_t rate(uint64_t now, uint64_t before, uint64_t elapsed_ms)
{
    return elapsed_ms && now > before ? (now - before) * 1000 / elapsed_ms : 0;
}

/* Some of the log stays in view, and no line is as wide as to be wrapped. */
static void measure(const struct adit_live *live, struct frame *frame)
{
    struct winsize window = { 0 };

    if (ioctl(live->fd, TIOCGWINSZ, &window) != 0 || window.ws_col < 2)
        window = (struct winsize){ .ws_row = 24, .ws_col = 80 };
    frame->columns = window.ws_col - 1U;
    frame->rows = window.ws_row > LOG_ROWS ? window.ws_row - (size_t)LOG_ROWS : 1;
    if (frame->rows > ADIT_LIVE_TUNNELS_MAX)
        frame->rows = ADIT_LIVE_TUNNELS_MAX;
}

/*
 * Moves what is known of a tunnel to its place of now: those before it that have
 * ended have left theirs. False: it was never seen.
 */
static bool find_past(struct adit_live *live, size_t index, const struct adit_tunnel *tunnel)
{
    for (size_t i = index; i < ADIT_LIVE_TUNNELS_MAX; i++) {
        if (live->pasts[i].tunnel == tunnel) {
            live->pasts[index] = live->pasts[i];
            return true;
        }
    }
    return false;
}

/* The sample of one tunnel, and what is to be known of it the next time. */
static struct adit_live_sample look_at(struct adit_live *live, size_t index,
                                       const struct adit_live_tunnel *tunnel,
                                       const struct adit_tunnel_status *status,
                                       const struct frame *frame)
{
    struct adit_live_sample sample = { .name = tunnel->name, .status = status };
    struct adit_live_past *past = &live->pasts[index];

    if (find_past(live, index, tunnel->tunnel)) {
        sample.sent_rate = rate(status->bytes_sent, past->bytes_sent, frame->elapsed_ms);
        sample.received_rate =
            rate(status->bytes_received, past->bytes_received, frame->elapsed_ms);
    }
    *past = (struct adit_live_past){ tunnel->tunnel, status->bytes_sent, status->bytes_received };
    return sample;
}

/* Writes a tunnel's line, or nothing where there is no room. */
static size_t add_line(struct adit_live *live, const struct adit_live_tunnel *tunnel, size_t index,
                       const struct frame *frame, char *out, size_t room)
{
    struct adit_tunnel_status status;
    struct adit_live_sample sample;
    char line[LINE_SIZE];

    adit_tunnel_status(tunnel->tunnel, &status);
    sample = look_at(live, index, tunnel, &status, frame);
    adit_live_line(&sample, frame->columns, line, sizeof line);
    return strlen(line) + 2 <= room ? (size_t)snprintf(out, room, "%s\n", line) : 0;
}

void adit_live_show(struct adit_live *live, const struct adit_live_tunnel *tunnels, size_t count)
{
    const uint64_t now = now_ms();
    struct frame frame = { 0 };
    char text[ADIT_LIVE_TEXT_SIZE];
    size_t shown;
    size_t len = 0;

    if (live->seen_ms && now - live->seen_ms < ADIT_LIVE_MS)
        return;
    frame.elapsed_ms = live->seen_ms ? now - live->seen_ms : 0;
    live->seen_ms = now;
    measure(live, &frame);
    shown = count < frame.rows ? count : frame.rows;
    for (size_t i = 0; i < shown; i++)
        len += add_line(live, &tunnels[i], i, &frame, text + len, sizeof text - len);
    if (shown < count && sizeof text - len > SHORT_SIZE)
        len += (size_t)snprintf(text + len, SHORT_SIZE, "%zu more\n", count - shown);
    draw(live, text, len);
}
