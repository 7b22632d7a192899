/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blowfish as bcrypt uses it: a key schedule that is run again and again, and
 * takes a salt. Its tables are looked up by secret values, and so its time may
 * tell of them; that belongs to bcrypt. For key files only, never for packets.
 */
#ifndef ADIT_CRYPTO_BLOWFISH_H
#define ADIT_CRYPTO_BLOWFISH_H

#include "adit/adit.h"

enum {
    ADIT_BLOWFISH_KEY_WORDS = 16, /* of a key and of a salt: one SHA-512 digest */
    ADIT_BLOWFISH_STATE_WORDS = 18 + 4 * 256,
};

/* The subkeys P, then the four S-boxes. */
struct adit_blowfish {
    uint32_t words[ADIT_BLOWFISH_STATE_WORDS];
};

/* The state that every key begins with: the digits of pi. */
void adit_blowfish_init(struct adit_blowfish *state);

/* Mixes a key and a salt into the state. A salt of zeros makes it Blowfish's own key schedule. */
void adit_blowfish_expand(struct adit_blowfish *state,
                          const uint32_t salt[static ADIT_BLOWFISH_KEY_WORDS],
                          const uint32_t key[static ADIT_BLOWFISH_KEY_WORDS]);

/* One block in place. */
void adit_blowfish_encrypt(const struct adit_blowfish *state, uint32_t block[static 2]);

#endif
