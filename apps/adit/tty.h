/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions on the terminal. */
#ifndef ADIT_APP_TTY_H
#define ADIT_APP_TTY_H

#include <stdbool.h>
#include <stddef.h>

/* The terminal that we were started from, or -1. Goes back with close(). */
int adit_tty_open(void);

/*
 * Shows the question and reads one line into `answer`, without its newline;
 * `hidden`: without showing it. False: end of input, or a line that is too
 * long. A signal that ends the program puts the terminal in order first.
 */
bool adit_tty_ask(int tty, const char *question, bool hidden, char *answer, size_t size);

#endif
