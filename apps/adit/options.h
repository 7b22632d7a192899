/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: ssh's options with ssh's meaning, by one table that --help is made from. */
#ifndef ADIT_OPTIONS_H
#define ADIT_OPTIONS_H

#include "adit/tunnel.h"
#include "config/destination.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ADIT_OPTIONS_SETTINGS_MAX 256

enum adit_action { ADIT_ACTION_RUN, ADIT_ACTION_PRINT, ADIT_ACTION_HELP, ADIT_ACTION_VERSION };

/* Texts borrow from argv and from the struct itself, which is not to be moved. */
struct adit_options {
    enum adit_action action;
    bool background;           /* -f */
    const char *config_file;   /* -F */
    const char *log_file;      /* -E */
    const char *password_file; /* --password-file */
    const char *log_level;     /* of -q and -v, as LogLevel has it; or NULL */
    unsigned verbosity;        /* how many -v */
    struct adit_ssh_option settings[ADIT_OPTIONS_SETTINGS_MAX];
    size_t setting_count;
    const char *destination;       /* as written… */
    struct adit_destination parts; /* …and taken apart: what it says is among the settings, too */

    char error[512]; /* after a failure: one sentence */
    bool show_usage; /* …that the usage line is to follow */
};

/* False: there is a sentence in options->error. */
bool adit_options_parse(struct adit_options *options, int argc, char *const argv[]);

void adit_options_print_usage(FILE *out);
void adit_options_print_help(FILE *out);

#endif
