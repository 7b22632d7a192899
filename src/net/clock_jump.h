/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notices that time went by without us: the machine was suspended, or the
 * process stopped. The loop's clock does not run while a machine is suspended,
 * so none of its timers can tell. Nothing is looked at in intervals for it: an
 * idle process sleeps.
 */
#ifndef ADIT_NET_CLOCK_JUMP_H
#define ADIT_NET_CLOCK_JUMP_H

#include "net/loop.h"

struct adit_clock_watch;

/*
 * `jumped(arg, gone_ms)` comes at once after the return; of a process that was stopped nobody
 * knows for how long, and `gone_ms` is the most that it can have been. NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_clock_watch_new(struct adit_loop *loop,
                                                 void (*jumped)(void *arg, uint64_t gone_ms),
                                                 void *arg, struct adit_clock_watch **out);
/* NULL is fine. */
void adit_clock_watch_free(struct adit_clock_watch *watch);

#endif
