/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MaxStartups start:rate:full (sshd_config(5)): how many connections may be
 * under way to a login, and random early drop before a byte of them is read.
 * A connection holds one slot from its admission to its login or its end.
 */
#ifndef ADITD_STARTUPS_H
#define ADITD_STARTUPS_H

#include "config/sshd_config.h"

struct adit_startups {
    unsigned pending;
    uint64_t dropped; /* since the last line about it */
};

/* Takes a slot unless the connection is to be dropped. `random` is any number. */
bool adit_startups_admit(struct adit_startups *startups, const struct adit_max_startups *max,
                         uint32_t random);
void adit_startups_release(struct adit_startups *startups);

#endif
