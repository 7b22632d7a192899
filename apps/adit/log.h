/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages for the user: lines "adit: …" on stderr or in the file of -E. */
#ifndef ADIT_APP_LOG_H
#define ADIT_APP_LOG_H

#include "config/ssh_config.h"

struct adit_live;

struct adit_client_log {
    int fd;
    enum adit_log_level level; /* of LogLevel; what is above is dropped */
    struct adit_live *live;    /* what the lines are to go around, or NULL */
};

/* To stderr, up to INFO. */
void adit_client_log_init(struct adit_client_log *log);

/* Appends to the file from now on. False with a sentence in `why`. */
bool adit_client_log_open(struct adit_client_log *log, const char *path, char *why, size_t size);

/* One line, in one write. Safe from any thread. */
void adit_client_say(const struct adit_client_log *log, enum adit_log_level level,
                     const char *format, ...) ADIT_FORMAT(3, 4);
/* The same without "adit: ": a line of ssh's that programs look for. */
void adit_client_tell(const struct adit_client_log *log, enum adit_log_level level,
                      const char *format, ...) ADIT_FORMAT(3, 4);

/* The levels of adit_log_fn, there and back. */
int adit_client_log_tunnel_level(const struct adit_client_log *log);
/* `name` may be NULL; else it stands before the line. */
void adit_client_log_tunnel_line(const struct adit_client_log *log, const char *name, int level,
                                 const char *line);

#endif
