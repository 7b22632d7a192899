/* SPDX-License-Identifier: BSD-2-Clause */
/* Work that blocks or takes long (files, name services, password hashes), off the loop. */
#ifndef ADIT_NET_WORK_H
#define ADIT_NET_WORK_H

#include "net/loop.h"

/*
 * `run(arg)` on a thread of its own, then `done(arg)` on the loop's, always;
 * what `arg` points to must live that long. NO_MEMORY, SYSTEM: neither comes.
 */
ADIT_MUST_USE enum adit_err adit_work_start(struct adit_loop *loop, void (*run)(void *arg),
                                            void (*done)(void *arg), void *arg);

#endif
