/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_SIZE = 1024 };

void adit_log_line(const struct adit_log *log, enum adit_log_level level, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    if (log == NULL || log->write == NULL || level > log->level)
        return;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    log->write(log->user, level, line);
}
