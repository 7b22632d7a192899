/* SPDX-License-Identifier: BSD-2-Clause */
/* Going into the background, and what a process that serves many needs of the system. */
#ifndef ADITD_DAEMON_H
#define ADITD_DAEMON_H

#include "adit/err.h"

/*
 * Goes on in a new process without terminal; the old one waits until that has
 * called adit_daemon_ready() and exits 0, or 255 when it died before. `*ready`
 * is for that call. SYSTEM.
 */
ADIT_MUST_USE enum adit_err adit_daemon_start(int *ready);
/* Lets go of the starter, its folder and its terminal. Closes `ready`. */
void adit_daemon_ready(int ready);

/* As many descriptors as we may have. */
void adit_daemon_raise_limits(void);

/* PidFile. SYSTEM with a sentence in `text`. */
ADIT_MUST_USE enum adit_err adit_daemon_write_pid(const char *path, char *text, size_t size);

#endif
