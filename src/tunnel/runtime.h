/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loop and the thread that runs it. Everything of a tunnel but its settings
 * belongs to that thread; other threads ask it (adit_runtime_ask) and wait.
 */
#ifndef ADIT_TUNNEL_RUNTIME_H
#define ADIT_TUNNEL_RUNTIME_H

#include "net/loop.h"
#include "tunnel/call.h"
#include "tunnel/passphrases.h"

struct adit_runtime;

/*
 * Runs call->start on the loop's thread, waits until the call is finished, and
 * clears it. When the loop is gone, start runs right here, alone, and finishes
 * the call at once: every tunnel has ended by then. USAGE: called from a
 * callback on the loop's own thread, which would wait for itself.
 */
ADIT_MUST_USE enum adit_err adit_runtime_ask(struct adit_runtime *runtime, struct adit_call *call);

/* A tunnel's handle may outlive adit_runtime_free(): each holds the struct. */
void adit_runtime_hold(struct adit_runtime *runtime);
void adit_runtime_drop(struct adit_runtime *runtime);

/* As long as the runtime is held. */
struct adit_passphrases *adit_runtime_passphrases(struct adit_runtime *runtime);

/* The rest is for the loop's thread. */

struct adit_loop *adit_runtime_loop(const struct adit_runtime *runtime);
/* false: the runtime is being freed, nothing new may begin. */
bool adit_runtime_is_open(const struct adit_runtime *runtime);
/* Something lives on the loop that adit_runtime_free() must wait for; or does no more. */
void adit_runtime_begin(struct adit_runtime *runtime);
void adit_runtime_end(struct adit_runtime *runtime);
/* From now on each tunnel is told when the network changes and when the machine has slept. */
void adit_runtime_watch(struct adit_runtime *runtime);
/* The tunnels that are to be ended by adit_runtime_free(). */
struct adit_list *adit_runtime_tunnels(struct adit_runtime *runtime);

#endif
