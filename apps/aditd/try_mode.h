/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * aditd --try: a gateway for this machine alone, with nothing to set up. Its
 * keys are made once and kept.
 */
#ifndef ADITD_TRY_MODE_H
#define ADITD_TRY_MODE_H

#include "gateway.h"

enum { ADIT_TRY_PATH_SIZE = 4096 };

struct adit_try {
    struct adit_key *host_key;
    struct adit_key *client_key;
    char host_key_path[ADIT_TRY_PATH_SIZE];
    char client_key_path[ADIT_TRY_PATH_SIZE];
    char known_hosts_path[ADIT_TRY_PATH_SIZE];
};

/* Reads the keys or makes them, and appends to the options. SYSTEM and others with a sentence. */
ADIT_MUST_USE enum adit_err adit_try_prepare(struct adit_try *try_mode,
                                             struct adit_options *options, char *text, size_t size);
/* Writes known_hosts for the port that listens, and tells the user what to type. */
ADIT_MUST_USE enum adit_err adit_try_announce(const struct adit_try *try_mode, uint16_t port,
                                              char *text, size_t size);
void adit_try_clear(struct adit_try *try_mode);

#endif
