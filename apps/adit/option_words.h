/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table of options tells to who lists them, such as completion. */
#ifndef ADIT_APP_OPTION_WORDS_H
#define ADIT_APP_OPTION_WORDS_H

struct adit_option_words {
    char letter;          /* 0: it has a long name only */
    const char *name;     /* NULL: it has a letter only */
    const char *argument; /* NULL: it takes none */
    const char *text;     /* NULL: it changes nothing */
};

typedef void adit_option_visit(void *user, const struct adit_option_words *option);

/* A subcommand of `adit key` and the like. */
struct adit_command_words {
    const char *name;
    const char *operand; /* "file ...", "host"; NULL: it takes none */
    const char *text;
    unsigned bit; /* of its options */
};

#endif
