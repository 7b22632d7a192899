/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds what is left of secrets in the memory of this process, in all that it may
 * write to. Known are pieces of eight bytes, each under a mask, so that the list
 * of them is not found itself; a copy of 15 bytes in a row holds one of them
 * wherever it was cut.
 *
 * Stacks are a part of it, with one exception: libcrypto's ChaCha20 leaves words
 * of its key there.
 */
#ifndef SIM_RESIDUE_H
#define SIM_RESIDUE_H

#include "adit/adit.h"

enum residue_kind {
    RESIDUE_KEY,         /* the numbers of a private key */
    RESIDUE_PASSPHRASE,  /* of a key file */
    RESIDUE_PASSWORD,    /* of a login */
    RESIDUE_SHARED,      /* K */
    RESIDUE_SESSION_KEY, /* of a cipher or a MAC */
    RESIDUE_CHACHA_KEY,  /* the same, not looked for on the stack */
    RESIDUE_KINDS,
};

/* Remembers a secret, whichever end its numbers begin with. It is not written to. */
void residue_know(enum residue_kind kind, struct adit_span secret);
/* How many of this kind are known; they stay so to the end of the process. */
unsigned residue_known(enum residue_kind kind);

/* False under a sanitizer, which has terabytes of its own and keeps what was freed. */
bool residue_can_search(void);
/* Pieces of them that stand in memory; each is printed. */
unsigned residue_search(void);
/* The same in this thread's stack alone: what is in use may stand elsewhere. */
unsigned residue_search_stack(void);

#endif
