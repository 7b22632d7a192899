/* SPDX-License-Identifier: BSD-2-Clause */
/* adit key: its subcommands, one file each, and the words of its command line. */
#ifndef ADIT_APP_KEY_COMMAND_H
#define ADIT_APP_KEY_COMMAND_H

#include "adit/key.h"

#include "option_words.h"

#include <stdio.h>

/* What main() returns for `adit key …`; argv[0] is "key". */
int adit_key_command(int argc, char *const argv[]);

enum {
    ADIT_KEY_NEW = 1,
    ADIT_KEY_SHOW = 2,
    ADIT_KEY_CONVERT = 4,
    ADIT_KEY_PASSPHRASE = 8,
    ADIT_KEY_AUTHORIZE = 16,
};

#define ADIT_KEY_WORDS_MAX 64

struct adit_key_words {
    const char *items[ADIT_KEY_WORDS_MAX];
    size_t count;
};

/* NULL: not given. An option without argument is "" once given. Borrowed from argv. */
struct adit_key_line {
    unsigned command;
    const char *type, *bits, *comment, *to, *output;
    const char *passphrase_file, *new_passphrase_file, *no_passphrase, *force, *help;
    const char *from, *expires;
    struct adit_key_words listen, open, files;
};

/* False: it has been said why. argv[0] is the subcommand's name, line->command set already. */
bool adit_key_line_parse(struct adit_key_line *line, int argc, char *const argv[]);

/* The options of one subcommand, for its help. */
void adit_key_line_print_options(FILE *out, unsigned command);

/* False: there is no such subcommand. */
bool adit_key_command_at(size_t index, struct adit_command_words *out);
/* Visits the options of one subcommand. */
void adit_key_line_each(unsigned command, adit_option_visit *visit, void *user);

/* The subcommands; they return what main() returns. */
int adit_key_new(const struct adit_key_line *line);
int adit_key_show(const struct adit_key_line *line);
int adit_key_convert(const struct adit_key_line *line);
int adit_key_passphrase(const struct adit_key_line *line);
int adit_key_authorize(const struct adit_key_line *line);

/* Writes "adit key: …" to stderr, and returns 1 for main(). */
int adit_key_fail(const char *format, ...) ADIT_FORMAT(1, 2);

#endif
