/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes over a control socket. The request is one line, a verb and its
 * words with tabs between them; the answer is a line "ok", "none" (no such
 * tunnel here) or "error", a tab and a text, then whatever was asked for, to
 * the end of the connection. A connection is for one request.
 */
#ifndef ADIT_APP_CONTROL_REQUEST_H
#define ADIT_APP_CONTROL_REQUEST_H

#include "adit/adit.h"

#include <stdbool.h>
#include <stddef.h>

#define ADIT_CONTROL_LINE_MAX 2048 /* bytes of a request with its newline */
#define ADIT_CONTROL_WORDS    3

enum adit_control_verb {
    ADIT_CONTROL_STATUS, /* format: "text" or "json"; name, or "" for all */
    ADIT_CONTROL_READY,  /* name. Text of the answer: "yes", or what it waits for */
    ADIT_CONTROL_DOWN,   /* name, or "" for all */
    ADIT_CONTROL_ADD,    /* name, "L" "R" or "D", forward. Text of the answer: the port that
                              was chosen, or 0 */
    ADIT_CONTROL_REMOVE, /* the same */
    ADIT_CONTROL_CHECK,  /* Text of the answer: the process id */
    ADIT_CONTROL_STOP,   /* the socket that was named by -S goes away */
    ADIT_CONTROL_VERBS,
};

struct adit_control_request {
    enum adit_control_verb verb;
    char words[ADIT_CONTROL_WORDS][ADIT_CONTROL_LINE_MAX]; /* NUL-terminated, no control bytes */
};

/* How many words the verb has. */
size_t adit_control_word_count(enum adit_control_verb verb);

/*
 * Reads a request from a line without its newline. False: it is none. Unused
 * words are empty.
 */
bool adit_control_request_parse(struct adit_span line, struct adit_control_request *out);

/*
 * The line, with its newline; its length, or 0: it is too long, or a word has a
 * control byte. `words` has as many as the verb.
 */
size_t adit_control_request_print(enum adit_control_verb verb, const char *const *words,
                                  char out[static ADIT_CONTROL_LINE_MAX]);

#endif
