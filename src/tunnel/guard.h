/* SPDX-License-Identifier: BSD-2-Clause */
/* Which users of this machine may connect to the local forwards (ForwardAllowUsers). */
#ifndef ADIT_TUNNEL_GUARD_H
#define ADIT_TUNNEL_GUARD_H

#include "adit/tunnel.h"

struct adit_forward;

struct adit_guard {
    uint32_t users[ADIT_USERS_MAX];
    size_t count; /* 0: everybody may */
    uint64_t quiet_until_ms;
    uint64_t untold; /* refusals since the last that was told of */
};

/* Looks the names up, which may block. USAGE: a user whom the system does not know. */
ADIT_MUST_USE enum adit_err adit_guard_init(struct adit_guard *guard,
                                            const struct adit_tunnel_settings *settings,
                                            struct adit_failure *failure);
bool adit_guard_has(const struct adit_guard *guard, uint32_t user);

/* Whether an accepted connection may come in; of those that may not the log tells. */
bool adit_guard_admits(const struct adit_forward *forward, int fd);

#endif
