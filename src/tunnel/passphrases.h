/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The passphrases that have opened a key file, for all tunnels of a runtime and
 * their jump hosts. Whoever asks for one has the turn: of two tunnels with one
 * key the second finds what the first was told.
 */
#ifndef ADIT_TUNNEL_PASSPHRASES_H
#define ADIT_TUNNEL_PASSPHRASES_H

#include "base/list.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct adit_passphrases {
    pthread_mutex_t turn; /* of whoever asks the user, who takes his time */
    pthread_mutex_t lock; /* for the rest; never for long */
    struct adit_list kept;
    size_t count;
};

void adit_passphrases_init(struct adit_passphrases *passphrases);
/* Wipes them. */
void adit_passphrases_clear(struct adit_passphrases *passphrases);

/* Of each of these `passphrases` may be NULL: nothing is kept, and everybody's turn is now. */

void adit_passphrases_take_turn(struct adit_passphrases *passphrases);
void adit_passphrases_end_turn(struct adit_passphrases *passphrases);

/* Copies that of the key at `path`, which the caller wipes; false: it is not known. */
bool adit_passphrases_find(struct adit_passphrases *passphrases, const char *path, char *out,
                           size_t size);
/* Without memory or room for it, it is asked for again. */
void adit_passphrases_keep(struct adit_passphrases *passphrases, const char *path,
                           const char *passphrase);

#endif
