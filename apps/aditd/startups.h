/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MaxStartups start:rate:full (sshd_config(5)): how many connections may be
 * under way to a login, and random early drop before a byte of them is read.
 * A connection holds one slot from its admission to its login or its end.
 */
#ifndef ADITD_STARTUPS_H
#define ADITD_STARTUPS_H

#include "config/sshd_config.h"

#include <stdatomic.h>

struct adit_startups {
    atomic_uint pending;
    uint64_t dropped; /* since the last line about it; for the thread that admits */
};

/*
 * Takes a slot unless the connection is to be dropped. `random` is any number.
 * One thread admits, any may release.
 */
bool adit_startups_admit(struct adit_startups *startups, const struct adit_max_startups *max,
                         uint32_t random);
/* For a connection that somebody else has admitted. */
void adit_startups_take(struct adit_startups *startups);
void adit_startups_release(struct adit_startups *startups);

#endif
