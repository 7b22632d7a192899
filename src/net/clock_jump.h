/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notices that time went by without us: the machine was suspended, or the
 * process stopped. The loop's clock does not run while a machine is suspended,
 * so none of its timers can tell; a clock that does is looked at every second.
 */
#ifndef ADIT_NET_CLOCK_JUMP_H
#define ADIT_NET_CLOCK_JUMP_H

#include "net/loop.h"

struct adit_clock_watch;

/* `jumped(arg, gone_ms)` comes within a second of the return. NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_clock_watch_new(struct adit_loop *loop,
                                                 void (*jumped)(void *arg, uint64_t gone_ms),
                                                 void *arg, struct adit_clock_watch **out);
/* NULL is fine. */
void adit_clock_watch_free(struct adit_clock_watch *watch);

/* What of the time between two looks, one second apart at best, was slept; 0: nothing unusual. */
uint64_t adit_clock_gone_ms(uint64_t before_ms, uint64_t now_ms);

#endif
