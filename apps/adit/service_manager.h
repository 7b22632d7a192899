/* SPDX-License-Identifier: BSD-2-Clause */
/* systemd's manager: the machine's, or the user's own. */
#ifndef ADIT_APP_SERVICE_MANAGER_H
#define ADIT_APP_SERVICE_MANAGER_H

#include <stdbool.h>

/* Whether one runs that could be asked. */
bool adit_service_manager_runs(bool system);

/*
 * Runs `systemctl [--user] words…`, which speaks for itself; the words end with
 * NULL. What it ended with, or -1 with errno when it cannot be run.
 */
int adit_service_manager_run(bool system, const char *const words[]);

/* Writes that command line. */
void adit_service_manager_print(bool system, const char *const words[]);

#endif
