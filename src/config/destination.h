/* SPDX-License-Identifier: BSD-2-Clause */
/* [user@]host, or ssh://[user@]host[:port]. */
#ifndef ADIT_CONFIG_DESTINATION_H
#define ADIT_CONFIG_DESTINATION_H

#include <stdbool.h>

struct adit_destination {
    char user[256]; /* "" when not given; likewise port */
    char host[256];
    char port[8]; /* as written */
};

/* False: the word is none of the two forms. */
bool adit_destination_parse(struct adit_destination *out, const char *word);

#endif
