/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals as calls on the loop's thread. */
#ifndef ADIT_NET_SIGNALS_H
#define ADIT_NET_SIGNALS_H

#include "net/loop.h"

struct adit_signal;

/* `call(arg, number)` for each time the signal comes. SYSTEM, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_signal_new(struct adit_loop *loop, int number,
                                            void (*call)(void *arg, int number), void *arg,
                                            struct adit_signal **out);
/* NULL is fine. The signal has its default effect again. */
void adit_signal_free(struct adit_signal *watch);

#endif
