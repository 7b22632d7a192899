/* SPDX-License-Identifier: BSD-2-Clause */
/* A command whose stdin and stdout are one socket: the way to the gateway that ProxyCommand names. */
#ifndef ADIT_NET_PROCESS_H
#define ADIT_NET_PROCESS_H

#include "net/loop.h"

struct adit_process;

enum { ADIT_PROCESS_TEXT_SIZE = 128 };

/*
 * Runs "exec command" in the user's shell, as ssh does; its stderr is ours. *fd
 * is the other end of the socket and the caller's. SYSTEM and NO_MEMORY, with
 * the call that failed in `why`.
 */
ADIT_MUST_USE enum adit_err adit_process_start(struct adit_loop *loop, const char *command, int *fd,
                                               struct adit_process **out,
                                               char why[static ADIT_PROCESS_TEXT_SIZE]);
/* "ended with exit code 3", "was killed by signal 9"; "" while it runs. */
void adit_process_describe_end(const struct adit_process *process,
                               char text[static ADIT_PROCESS_TEXT_SIZE]);
/*
 * Forgets it. It has the end of its input to go by, then a SIGHUP, and is killed
 * after two seconds more; it is reaped in any case, by adit_loop_free() at the
 * latest, which waits for it. NULL is fine.
 */
void adit_process_end(struct adit_process *process);

#endif
