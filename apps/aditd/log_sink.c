/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line goes out in one write, so lines of several threads or processes do not
 * mix. A log that cannot be written is no reason to stop serving.
 */
#include "log_sink.h"

#include "base/span.h"
#include "base/text.h"
#include "net/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 1152, QUOTED_MAX = 512 };

static void write_all(int fd, const char *text, size_t len)
{
    while (len) {
        const ssize_t n = write(fd, text, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

static void write_file_line(int fd, const char *line)
{
    char text[LINE_SIZE];
    char stamp[32] = "";
    const time_t now = time(NULL);
    struct tm parts;
    int len;

    if (gmtime_r(&now, &parts))
        (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
    len = snprintf(text, sizeof text, "%s aditd[%ld]: %s\n", stamp, (long)getpid(), line);
    if (len > 0)
        write_all(fd, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
}

static void write_stderr_line(const char *line)
{
    char text[LINE_SIZE];
    const int len = snprintf(text, sizeof text, "aditd: %s\n", line);

    if (len > 0)
        write_all(STDERR_FILENO, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
}

static int priority(enum adit_log_level level)
{
    switch (level) {
    case ADIT_LOG_QUIET:
    case ADIT_LOG_FATAL:
        return LOG_CRIT;
    case ADIT_LOG_ERROR:
        return LOG_ERR;
    case ADIT_LOG_INFO:
    case ADIT_LOG_VERBOSE:
        return LOG_INFO;
    case ADIT_LOG_DEBUG1:
    case ADIT_LOG_DEBUG2:
    case ADIT_LOG_DEBUG3:
        return LOG_DEBUG;
    }
    return LOG_INFO;
}

static void write_line(void *user, enum adit_log_level level, const char *line)
{
    const struct adit_gateway_log *log = user;

    switch (log->sink) {
    case ADIT_SINK_STDERR:
        write_stderr_line(line);
        break;
    case ADIT_SINK_SYSLOG:
        syslog(priority(level), "%s", line);
        break;
    case ADIT_SINK_FILE:
        write_file_line(log->fd, line);
        break;
    }
}

void adit_gateway_log_init(struct adit_gateway_log *log)
{
    *log = (struct adit_gateway_log){ .sink = ADIT_SINK_STDERR, .fd = -1 };
    log->log = (struct adit_log){ .level = ADIT_LOG_INFO, .write = write_line, .user = log };
}

static int facility_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } facilities[] = {
        { "DAEMON", LOG_DAEMON },     { "USER", LOG_USER },     { "AUTH", LOG_AUTH },
        { "AUTHPRIV", LOG_AUTHPRIV }, { "LOCAL0", LOG_LOCAL0 }, { "LOCAL1", LOG_LOCAL1 },
        { "LOCAL2", LOG_LOCAL2 },     { "LOCAL3", LOG_LOCAL3 }, { "LOCAL4", LOG_LOCAL4 },
        { "LOCAL5", LOG_LOCAL5 },     { "LOCAL6", LOG_LOCAL6 }, { "LOCAL7", LOG_LOCAL7 },
    };

    for (size_t i = 0; name && i < ADIT_ARRAY_LEN(facilities); i++)
        if (strcmp(name, facilities[i].name) == 0)
            return facilities[i].number;
    return LOG_AUTH;
}

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
}

enum adit_err adit_gateway_log_open(struct adit_gateway_log *log, enum adit_log_sink sink,
                                    const char *path, const char *facility, char *text, size_t size)
{
    char why[128];

    if (sink == ADIT_SINK_FILE) {
        const int fd = open_file(path);

        if (fd < 0) {
            (void)snprintf(text, size, "cannot open the log file %s: %s", path,
                           adit_errno_text(errno, why, sizeof why));
            return ADIT_ERR_SYSTEM;
        }
        log->fd = fd;
        log->path = path;
    }
    if (sink == ADIT_SINK_SYSLOG)
        openlog("aditd", LOG_PID, facility_number(facility));
    log->sink = sink;
    return ADIT_OK;
}

enum adit_log_level adit_gateway_log_raised(enum adit_log_level level, unsigned debug)
{
    static const enum adit_log_level raised[] = { ADIT_LOG_DEBUG1, ADIT_LOG_DEBUG2,
                                                  ADIT_LOG_DEBUG3 };
    const size_t most = ADIT_ARRAY_LEN(raised);

    return debug ? raised[(debug > most ? most : debug) - 1] : level;
}

void adit_gateway_log_level(struct adit_gateway_log *log, enum adit_log_level level, unsigned debug)
{
    log->log.level = adit_gateway_log_raised(level, debug);
}

void adit_gateway_log_reopen(struct adit_gateway_log *log)
{
    int fd;

    if (log->sink != ADIT_SINK_FILE)
        return;
    fd = open_file(log->path);
    if (fd < 0)
        return;                         /* better the old file than none */
    (void)dup3(fd, log->fd, O_CLOEXEC); /* in one step: other threads write to it */
    (void)close(fd);
}

const char *adit_log_quoted(struct adit_span text, char *out, size_t size)
{
    char printable[QUOTED_MAX];
    size_t at = 0;

    (void)adit_text_printable(text, printable, sizeof printable);
    out[at++] = '"';
    for (const char *p = printable; *p && at + 4 <= size; p++) {
        if (*p == '"')
            out[at++] = '\\';
        out[at++] = *p;
    }
    out[at++] = '"';
    out[at] = '\0';
    return out;
}

const char *adit_log_word(struct adit_span text, char *out, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._-@+%:";

    if (text.len == 0 || text.len >= size)
        return adit_log_quoted(text, out, size);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\0' || strchr(plain, text.data[i]) == NULL)
            return adit_log_quoted(text, out, size);
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return out;
}
