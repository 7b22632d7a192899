/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection that came in at the gateway and has no relay yet. */
#ifndef ADIT_TUNNEL_ARRIVAL_H
#define ADIT_TUNNEL_ARRIVAL_H

#include "tunnel/forward.h"

enum { ADIT_TARGET_TIMEOUT_MS = 30 * 1000 };

struct adit_talk; /* with one that names its target by SOCKS */

struct adit_arrival {
    struct adit_list node; /* among its tunnel's */
    struct adit_tunnel *tunnel;
    struct adit_channel *channel;
    uint64_t forward_id;
    struct adit_dial *dial; /* NULL: not under way */
    struct adit_talk *talk; /* or NULL */
};

/* arrival.c */
void adit_arrival_free(struct adit_arrival *arrival);

/* remote_dynamic.c: accepts the channel, and waits for what it says. */
ADIT_MUST_USE enum adit_err adit_talk_start(struct adit_tunnel *t, struct adit_channel *channel,
                                            uint64_t forward_id);
void adit_talk_free(struct adit_talk *talk);

#endif
