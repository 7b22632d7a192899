/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnels of this program. The list does not change once there is more than one thread. */
#ifndef ADIT_APP_ROSTER_H
#define ADIT_APP_ROSTER_H

#include "member.h"

struct adit_roster {
    struct adit_member *members;
    size_t count;
    struct adit_client_log log; /* for what is of no member */
};

/* NULL: there is none of this name. "" is the only one's. */
struct adit_member *adit_roster_find(const struct adit_roster *roster, const char *name);
bool adit_roster_is_ready(const struct adit_roster *roster);
bool adit_roster_has_ended(const struct adit_roster *roster);
/* All of them at once; returns when they have ended. */
void adit_roster_dismiss(const struct adit_roster *roster);

#endif
