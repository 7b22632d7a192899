/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A keyword is a row: its name, the kind of its value and where the value goes
 * in the program's struct. What is done with a row is here, for both programs.
 */
#ifndef ADIT_CONFIG_KEYWORD_H
#define ADIT_CONFIG_KEYWORD_H

#include "config/lines.h"
#include "config/pool.h"

enum adit_keyword_flags {
    ADIT_KEYWORD_ADDS = 1,      /* each line adds to the value, instead of the first one winning */
    ADIT_KEYWORD_MANY = 2,      /* takes more than one word */
    ADIT_KEYWORD_NONE = 4,      /* "none" stands for no value */
    ADIT_KEYWORD_IGNORED = 16,  /* known, without effect */
    ADIT_KEYWORD_REFUSED = 32,  /* an error, but for the words of `harmless` */
    ADIT_KEYWORD_SOFTENED = 64, /* …and SshdDefaults passes over it */
    ADIT_KEYWORD_NO_DEFAULT = 128, /* printed when it was given */
    ADIT_KEYWORD_LEFT_OUT = 4096,  /* without effect, of which the user is warned */
    ADIT_KEYWORD_RAW = 256,        /* printed as it is, without quotes: ssh -G does so */
    ADIT_KEYWORD_VARIABLES = 512,  /* ${NAME} stands for a variable of the environment */
    ADIT_KEYWORD_SILENT = 1024,    /* no value is not printed, not even as "none" */
    ADIT_KEYWORD_ONCE = 2048,      /* what is in the list is not added again */
};

struct adit_value_name {
    const char *name;
    int value;
};

struct adit_keyword {
    const char *name;
    const struct adit_value_kind *kind; /* NULL: an alias, or no value of ours */
    size_t offset;
    unsigned flags;
    uint64_t max;                        /* of numbers, seconds, list items; the algorithm kind */
    const struct adit_value_name *names; /* of enums and flags; the first of a value is printed */
    const char *tokens;                  /* letters that may follow %; NULL: % means nothing */
    const char *alias;                   /* the keyword that this is another name of */
    const char *harmless;                /* of refused ones: comma-separated values that are fine */
    const char *why; /* of refused ones, or of ignored: what is said after the keyword */
};

/* One line that is to be obeyed. */
struct adit_setting {
    const struct adit_keyword *keyword;
    const struct adit_span *args;
    size_t arg_count;
    struct adit_span rest; /* the words as they stand in the line */
    struct adit_config_pool *pool;
    char *why; /* of a failure, or a note: a sentence without file and line */
    size_t why_size;
    bool *noted; /* set by a kind that obeys with a note */
};

struct adit_value_kind {
    enum adit_err (*parse)(const struct adit_setting *setting, void *field);
    /* Appends whole lines. */
    enum adit_err (*print)(const struct adit_keyword *keyword, const void *field,
                           struct adit_buffer *out);
};

/* A program's keywords and the struct that they fill. */
struct adit_keyword_set {
    const struct adit_keyword *rows;
    void *config;
    bool *given; /* one for each row */
};

/* Writes the sentence "Keyword: …"; returns `err`. */
ADIT_MUST_USE enum adit_err adit_setting_fail(const struct adit_setting *setting, enum adit_err err,
                                              const char *format, ...) ADIT_FORMAT(3, 4);

/* FORMAT with the sentence "Keyword: "arg" is not `wants`", such as "a number". */
ADIT_MUST_USE enum adit_err adit_setting_bad(const struct adit_setting *setting,
                                             struct adit_span arg, const char *wants);

/* The row, or NULL. An alias gives the row that it stands for. */
const struct adit_keyword *adit_keyword_find(const struct adit_keyword *rows, size_t count,
                                             struct adit_span name);

/* Parses and stores a row that has a kind. FORMAT, UNSUPPORTED, LIMIT, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_keyword_apply(const struct adit_keyword_set *set,
                                               const struct adit_setting *setting);

/* Whether all words of a refused keyword's line are harmless. */
bool adit_keyword_is_harmless(const struct adit_setting *setting);

/* Appends the lines of every row that has a kind. LIMIT, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_keywords_print(const struct adit_keyword *rows, size_t count,
                                                const void *config, const bool *given,
                                                struct adit_buffer *out);

/* ---- pieces for kinds ---- */

/* Whether the value is "none", and the row takes that for no value. */
bool adit_setting_is_none(const struct adit_setting *setting);
/* The line for no value: "keyword none", or nothing at all. */
ADIT_MUST_USE enum adit_err adit_print_nothing(const struct adit_keyword *keyword,
                                               struct adit_buffer *out);

/* "keyword " in lower case. */
ADIT_MUST_USE enum adit_err adit_print_name(const struct adit_keyword *keyword,
                                            struct adit_buffer *out);
ADIT_MUST_USE enum adit_err adit_print_text(const char *text, struct adit_buffer *out);
/* A word that reads back as it is: quoted where needed, but for RAW. */
ADIT_MUST_USE enum adit_err adit_print_word(const struct adit_keyword *keyword, const char *word,
                                            struct adit_buffer *out);
/* "keyword text\n" */
ADIT_MUST_USE enum adit_err adit_print_line(const struct adit_keyword *keyword, const char *text,
                                            struct adit_buffer *out);

#endif
