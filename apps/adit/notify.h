/* SPDX-License-Identifier: BSD-2-Clause */
/* The service manager that has started us: sd_notify(3) without its library. */
#ifndef ADIT_APP_NOTIFY_H
#define ADIT_APP_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STATUS=…", lines of these. Without $NOTIFY_SOCKET nothing happens. */
void adit_notify(const char *state);
/* How often "WATCHDOG=1" is to be said, at the least; 0: never. */
uint64_t adit_notify_watchdog_ms(void);

#endif
