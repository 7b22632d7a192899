/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Completion: scripts for three shells, made from the tables that the program
 * itself reads its command line by.
 */
#ifndef ADIT_APP_COMPLETION_H
#define ADIT_APP_COMPLETION_H

#include "option_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What main() returns for `adit --completion shell`; argv[0] is "--completion". */
int adit_completion_command(int argc, char *const argv[]);

/* ---- what the three printers share ---- */

/* What an argument is completed to: "file", "host", "hosts", "setting", "format" or "nothing". */
const char *adit_completion_of(const char *argument);

/* A point in the command line: the commands that led to it, and what may follow. */
struct adit_completion_place {
    char words[32]; /* "key new"; "" before any command */
    const char *text;
    const char *operand; /* as adit_completion_of() has it */
    unsigned command;
    void (*each_option)(unsigned command, adit_option_visit *visit, void *user); /* may be NULL */
};

#define ADIT_COMPLETION_PLACES_MAX 40

struct adit_completion {
    struct adit_completion_place places[ADIT_COMPLETION_PLACES_MAX];
    size_t count;
};

/* Whether `place` is one word behind `above`; `*name` is that word. */
bool adit_completion_is_below(const struct adit_completion_place *place,
                              const struct adit_completion_place *above, const char **name);

/* The keywords of -o, each with `between` before all but the first. */
void adit_completion_print_keywords(FILE *out, const char *between);
/* Prints by `print` every keyword whose values have names: "yes no". */
void adit_completion_each_values(void (*print)(FILE *out, const char *keyword, const char *values),
                                 FILE *out);
/* The names of key formats, with blanks between them. */
void adit_completion_print_formats(FILE *out);

/* Commands of sh that print the names of Host lines. */
extern const char adit_completion_host_names[];
/* The same as a function of bash and zsh: _adit_host_names. */
void adit_completion_print_host_names(FILE *out);

/* In single quotes, for fish. */
void adit_completion_quote_fish(FILE *out, const char *text);

void adit_completion_bash(FILE *out, const struct adit_completion *completion);
void adit_completion_zsh(FILE *out, const struct adit_completion *completion);
void adit_completion_fish(FILE *out, const struct adit_completion *completion);

#endif
