/* SPDX-License-Identifier: BSD-2-Clause */
/* adit service: a tunnel as a unit of systemd. */
#ifndef ADIT_APP_SERVICE_COMMAND_H
#define ADIT_APP_SERVICE_COMMAND_H

#include "adit/adit.h"

#include "option_words.h"

#include <stdbool.h>
#include <stddef.h>

/* What main() returns for `adit service …`; argv[0] is "service". */
int adit_service_command(int argc, char *const argv[]);

/* False: there is no such subcommand. */
bool adit_service_command_at(size_t index, struct adit_command_words *out);
/* Visits the options of one subcommand. */
void adit_service_each_option(unsigned command, adit_option_visit *visit, void *user);

/* Borrowed from argv. */
struct adit_service_line {
    unsigned command;
    const char *name; /* of the Host block */
    const char *user; /* NULL: not given */
    bool system;
    bool force;
    bool print;
    bool help;
};

/* The subcommands; they return what main() returns. */
int adit_service_install(const struct adit_service_line *line);
int adit_service_status(const struct adit_service_line *line);
int adit_service_remove(const struct adit_service_line *line);

/* Writes "adit service: …" to stderr, and returns 1 for main(). */
int adit_service_fail(const char *format, ...) ADIT_FORMAT(1, 2);

#endif
