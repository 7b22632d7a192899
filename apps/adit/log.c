/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

enum { LINE_SIZE = 1152 };

void adit_client_log_init(struct adit_client_log *log)
{
    *log = (struct adit_client_log){ STDERR_FILENO, ADIT_LOG_INFO, NULL };
}

bool adit_client_log_open(struct adit_client_log *log, const char *path, char *why, size_t size)
{
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0600);

    if (fd < 0) {
        (void)snprintf(why, size, "%s: %s", path, strerrordesc_np(errno));
        return false;
    }
    log->fd = fd;
    return true;
}

static void write_line(const struct adit_client_log *log, const char *prefix, const char *format,
                       va_list args) __attribute__((format(printf, 3, 0)));

static void write_line(const struct adit_client_log *log, const char *prefix, const char *format,
                       va_list args)
{
    char line[LINE_SIZE];
    size_t len = strlen(prefix);
    int more;

    memcpy(line, prefix, len);
    more = vsnprintf(line + len, sizeof line - len, format, args);
    if (more < 0)
        return;
    len += (size_t)more;
    if (len > sizeof line - 1)
        len = sizeof line - 1;
    line[len++] = '\n';
    if (log->live) {
        adit_live_log(log->live, line, len);
        return;
    }
    /* A message that cannot be written has nobody to be told to. */
    while (write(log->fd, line, len) < 0 && errno == EINTR)
        ;
}

void adit_client_say(const struct adit_client_log *log, enum adit_log_level level,
                     const char *format, ...)
{
    va_list args;

    if (level > log->level)
        return;
    va_start(args, format);
    write_line(log, "adit: ", format, args);
    va_end(args);
}

void adit_client_tell(const struct adit_client_log *log, enum adit_log_level level,
                      const char *format, ...)
{
    va_list args;

    if (level > log->level)
        return;
    va_start(args, format);
    write_line(log, "", format, args);
    va_end(args);
}

int adit_client_log_tunnel_level(const struct adit_client_log *log)
{
    if (log->level >= ADIT_LOG_DEBUG1)
        return 2 + (int)(log->level - ADIT_LOG_DEBUG1);
    return log->level >= ADIT_LOG_INFO ? 1 : 0;
}

void adit_client_log_tunnel_line(const struct adit_client_log *log, const char *name, int level,
                                 const char *line)
{
    static const enum adit_log_level levels[] = { ADIT_LOG_ERROR, ADIT_LOG_INFO, ADIT_LOG_DEBUG1,
                                                  ADIT_LOG_DEBUG2, ADIT_LOG_DEBUG3 };

    if (level < 0 || level > 4)
        level = 4;
    adit_client_say(log, levels[level], "%s%s%s", name ? name : "", name ? ": " : "", line);
}
