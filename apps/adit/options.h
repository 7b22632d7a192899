/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: ssh's options with ssh's meaning, by one table that --help is made from. */
#ifndef ADIT_OPTIONS_H
#define ADIT_OPTIONS_H

#include "adit/tunnel.h"
#include "config/destination.h"

#include "option_words.h"
#include "password_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ADIT_OPTIONS_SETTINGS_MAX  256
#define ADIT_OPTIONS_NAMES_MAX     64
#define ADIT_OPTIONS_HOST_KEYS_MAX 8
#define ADIT_OPTIONS_NOTES_MAX     4

enum adit_action {
    ADIT_ACTION_RUN,
    ADIT_ACTION_PRINT,
    ADIT_ACTION_CONTROL,
    ADIT_ACTION_CHECK,
    ADIT_ACTION_HELP,
    ADIT_ACTION_VERSION,
};

/* Texts borrow from argv and from the struct itself, which is not to be moved. */
struct adit_options {
    enum adit_action action;
    bool background;                   /* -f */
    const char *config_file;           /* -F */
    const char *log_file;              /* -E */
    const char *password_file;         /* --password-file */
    char password[ADIT_PASSWORD_SIZE]; /* plink's -pw, to be wiped; or "" */
    const char *stdio_target;          /* -W */
    bool is_master;                    /* -M */
    const char *control;               /* -O */
    int ready_fd;                      /* --ready-fd; -1: none */
    const char *log_level;             /* of -q and -v, as LogLevel has it; or NULL */
    unsigned verbosity;                /* how many -v */
    struct adit_ssh_option settings[ADIT_OPTIONS_SETTINGS_MAX];
    size_t setting_count;
    bool as_json;                  /* --json */
    uint16_t checked_port;         /* of adit check PORT; or 0 */
    const char *destination;       /* as written… */
    struct adit_destination parts; /* …and taken apart: what it says is among the settings, too */

    /* `adit up`: in the place of the destination. */
    bool is_up;
    bool all; /* --all */
    const char *names[ADIT_OPTIONS_NAMES_MAX];
    size_t name_count;

    const char *host_keys[ADIT_OPTIONS_HOST_KEYS_MAX]; /* plink's -hostkey: only these are right */
    size_t host_key_count;
    const char *notes[ADIT_OPTIONS_NOTES_MAX]; /* to be said about what was given */
    size_t note_count;

    char error[512]; /* after a failure: one sentence */
    bool show_usage; /* …that the usage line is to follow */
};

/* False: there is a sentence in options->error. */
bool adit_options_parse(struct adit_options *options, int argc, char *const argv[]);
/* The same of `adit up`; argv[0] is "up". */
bool adit_options_parse_up(struct adit_options *options, int argc, char *const argv[]);

/* Behind the settings that are there, of which the first wins. False: there are too many. */
bool adit_options_add_setting(struct adit_options *options, const char *keyword, const char *value);
/* The same, before all of them. */
bool adit_options_put_setting(struct adit_options *options, const char *keyword, const char *value);

void adit_options_print_usage(FILE *out);
void adit_options_print_help(FILE *out);

/* Visits what is taken; refused options are left out. `command` means nothing here. */
void adit_options_each(unsigned command, adit_option_visit *visit, void *user);

#endif
