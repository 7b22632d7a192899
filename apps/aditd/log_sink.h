/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the gateway's log lines go: syslog, stderr or a file. */
#ifndef ADITD_LOG_SINK_H
#define ADITD_LOG_SINK_H

#include "adit/err.h"
#include "base/log.h"

enum adit_log_sink { ADIT_SINK_STDERR, ADIT_SINK_SYSLOG, ADIT_SINK_FILE };

/* Any thread may write lines. The level is the main thread's: others have one in a log of theirs. */
struct adit_gateway_log {
    struct adit_log log;
    enum adit_log_sink sink;
    const char *path; /* of the file; borrowed */
    int fd;
};

/* To stderr at first, so that errors of the start are seen. */
void adit_gateway_log_init(struct adit_gateway_log *log);
/* SYSTEM with a sentence in `text`: the file cannot be opened. */
ADIT_MUST_USE enum adit_err adit_gateway_log_open(struct adit_gateway_log *log,
                                                  enum adit_log_sink sink, const char *path,
                                                  const char *facility, char *text, size_t size);
/* LogLevel, raised by `debug` counts of -d. */
enum adit_log_level adit_gateway_log_raised(enum adit_log_level level, unsigned debug);
void adit_gateway_log_level(struct adit_gateway_log *log, enum adit_log_level level,
                            unsigned debug);
/* Opens the file anew, after it has been moved away. */
void adit_gateway_log_reopen(struct adit_gateway_log *log);

/* Peer's text for `name="…"`: printable, in quotes, quotes in it as \". */
const char *adit_log_quoted(struct adit_span text, char *out, size_t size);
/* The same, without quotes where it is one plain word. */
const char *adit_log_word(struct adit_span text, char *out, size_t size);

#endif
