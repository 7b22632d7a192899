/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loop sleeps in: all its watches, and libuv's own descriptor among
 * them. See docs/decisions/0014.
 */
#ifndef ADIT_NET_POLLER_H
#define ADIT_NET_POLLER_H

#include "adit/adit.h"
#include "adit/err.h"

struct adit_attention;
struct adit_poller;

/* `guest` is one more descriptor, of which adit_poller_wait() tells. */
ADIT_MUST_USE enum adit_err adit_poller_new(int guest, struct adit_poller **out);
void adit_poller_free(struct adit_poller *poller);

/* Sleeps for at most `timeout_ms`, -1: for ever; returns whether the guest has something. */
bool adit_poller_wait(struct adit_poller *poller, int timeout_ms);
/* Whether a signal, or the stop and continuing of the process, ended the last wait. */
bool adit_poller_was_interrupted(const struct adit_poller *poller);
/* Whether the next waits look for a moment before they sleep. */
struct adit_attention *adit_poller_attention(struct adit_poller *poller);
/* Hands on what the last wait has found. */
void adit_poller_dispatch(struct adit_poller *poller);
/* Lets go of the watches that were closed since the last time. */
void adit_poller_bury(struct adit_poller *poller);
/* Whether there is a watch. */
bool adit_poller_is_used(const struct adit_poller *poller);

#endif
