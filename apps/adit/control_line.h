/* SPDX-License-Identifier: BSD-2-Clause */
/* The command lines of `adit status`, `down`, `add`, `remove` and `wait`. */
#ifndef ADIT_APP_CONTROL_LINE_H
#define ADIT_APP_CONTROL_LINE_H

#include "adit/adit.h"

#include "option_words.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    ADIT_CONTROL_NAMES_MAX = 64,
    ADIT_CONTROL_FORWARDS_MAX = 64,
};

enum adit_control_command {
    ADIT_CONTROL_COMMAND_STATUS = 1,
    ADIT_CONTROL_COMMAND_DOWN = 2,
    ADIT_CONTROL_COMMAND_ADD = 4,
    ADIT_CONTROL_COMMAND_REMOVE = 8,
    ADIT_CONTROL_COMMAND_WAIT = 16,
};

/* Borrowed from argv. */
struct adit_control_line {
    const char *command;
    enum adit_control_command bit;
    const char *names[ADIT_CONTROL_NAMES_MAX];
    size_t name_count;
    struct {
        const char *kind; /* "L", "R", "D" */
        const char *spec;
    } forwards[ADIT_CONTROL_FORWARDS_MAX];
    size_t forward_count;
    bool json;
    bool all;
    bool help;
    long timeout_s;
};

/* argv[0] is the command. False: it has been said why. */
bool adit_control_line_parse(struct adit_control_line *line, int argc, char *const argv[]);

/* Prints the help of the line's command. */
void adit_control_line_help(const struct adit_control_line *line);

/* False: there is no such command. */
bool adit_control_command_at(size_t index, struct adit_command_words *out);
/* Visits the options of one command. */
void adit_control_line_each(unsigned command, adit_option_visit *visit, void *user);

/* Writes "adit: …" to stderr, and returns 255 for main(). */
int adit_control_fail(const char *format, ...) ADIT_FORMAT(1, 2);

#endif
