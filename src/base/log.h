/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log records for what stands above the engine. A line is one event; text that
 * came from the peer goes through adit_text_printable() first.
 */
#ifndef ADIT_BASE_LOG_H
#define ADIT_BASE_LOG_H

#include "adit/adit.h"

/* sshd_config's LogLevel, quietest first. */
enum adit_log_level {
    ADIT_LOG_QUIET,
    ADIT_LOG_FATAL,
    ADIT_LOG_ERROR,
    ADIT_LOG_INFO,
    ADIT_LOG_VERBOSE,
    ADIT_LOG_DEBUG1,
    ADIT_LOG_DEBUG2,
    ADIT_LOG_DEBUG3,
};

struct adit_log {
    enum adit_log_level level; /* what is above is dropped */
    void (*write)(void *user, enum adit_log_level level, const char *line);
    void *user;
};

/* One line, without a newline, cut at 1023 bytes. */
void adit_log_line(const struct adit_log *log, enum adit_log_level level, const char *format, ...)
    ADIT_FORMAT(3, 4);

#endif
