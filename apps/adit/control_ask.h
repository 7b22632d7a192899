/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the programs that have tunnels, at their control sockets. */
#ifndef ADIT_APP_CONTROL_ASK_H
#define ADIT_APP_CONTROL_ASK_H

#include "control_folder.h"
#include "control_request.h"

#include <stdbool.h>
#include <stddef.h>

enum adit_control_outcome {
    ADIT_CONTROL_OK,
    ADIT_CONTROL_NONE,   /* no such tunnel there */
    ADIT_CONTROL_ERROR,  /* refused, with a sentence */
    ADIT_CONTROL_SILENT, /* no answer, or none that could be understood */
};

struct adit_control_reply {
    char *bytes; /* all of it; NUL-terminated */
    enum adit_control_outcome outcome;
    const char *text; /* of its first line */
    const char *body; /* what follows */
};

/* One request at a connection, which is closed. The reply is to be cleared in any case. */
void adit_control_ask(int fd, enum adit_control_verb verb, const char *const *words,
                      struct adit_control_reply *out);
void adit_control_reply_clear(struct adit_control_reply *reply);

/*
 * The same of every program of this user, in turn, until `take` returns false:
 * it is handed each reply that is no ADIT_CONTROL_SILENT. `why` tells of a folder
 * that is there and could not be looked into, or is "".
 */
void adit_control_ask_each(enum adit_control_verb verb, const char *const *words,
                           bool (*take)(void *arg, const struct adit_control_reply *reply),
                           void *arg, char why[static ADIT_CONTROL_WHY_SIZE]);

#endif
