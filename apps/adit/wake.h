/* SPDX-License-Identifier: BSD-2-Clause */
/* What the main thread sleeps for: a signal that asks us to stop, or news of a tunnel. */
#ifndef ADIT_APP_WAKE_H
#define ADIT_APP_WAKE_H

#include <stdbool.h>

enum adit_wake { ADIT_WAKE_STOP, ADIT_WAKE_CHANGED, ADIT_WAKE_TIMEOUT };

/* Once, before anything else here. False: errno tells why. */
bool adit_wake_open(void);
/* From now on SIGHUP, SIGINT and SIGTERM wake; a second one ends the program at once. */
void adit_wake_on_signals(void);
/* From any thread: a tunnel has another state or has ended. Never blocks. */
void adit_wake_changed(void);
/* -1: no matter how long it takes. */
enum adit_wake adit_wake_wait(int timeout_ms);

#endif
