/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions through the program of SSH_ASKPASS. */
#ifndef ADIT_APP_ASKPASS_H
#define ADIT_APP_ASKPASS_H

#include <stdbool.h>
#include <stddef.h>

/* The first line that it prints. False: it cannot be run, or said no. */
bool adit_askpass_ask(const char *program, const char *question, char *answer, size_t size);

#endif
