/* SPDX-License-Identifier: BSD-2-Clause */
/* adit status, down, add, remove and wait; and -O of ssh. */
#ifndef ADIT_APP_CONTROL_COMMAND_H
#define ADIT_APP_CONTROL_COMMAND_H

#include "options.h"

#include <stdbool.h>

/* Whether the first word of the command line is one of them. */
bool adit_is_control_command(const char *word);
/* argv[0] is it. The exit status. */
int adit_control_command(int argc, char *const argv[]);

/* Whether -O knows the word. */
bool adit_control_master_knows(const char *word);
/*
 * What -O asks of the program that listens at `path`, with ssh's words and exit
 * status. `path` NULL: there is none.
 */
int adit_control_master(const struct adit_options *options, const char *path);

#endif
