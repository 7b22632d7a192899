/* SPDX-License-Identifier: BSD-2-Clause */
/* Argon2, version 1.3 (RFC 9106): from the passphrase of PuTTY's key files to their keys. */
#ifndef ADIT_CRYPTO_ARGON2_H
#define ADIT_CRYPTO_ARGON2_H

#include "adit/err.h"

enum adit_argon2 { ADIT_ARGON2_D, ADIT_ARGON2_I, ADIT_ARGON2_ID };

/* These come from files: within the limits it is seconds of work, and no more memory than this. */
#define ADIT_ARGON2_MEMORY_MAX ((uint32_t)512 * 1024)      /* KiB */
#define ADIT_ARGON2_WORK_MAX   ((uint64_t)8 * 1024 * 1024) /* memory in KiB, times passes */
#define ADIT_ARGON2_LANES_MAX  64

struct adit_argon2_cost {
    uint32_t memory_kib; /* at least 8 for each lane */
    uint32_t passes;
    uint32_t lanes; /* worked through one after the other */
};

/*
 * LIMIT: a cost over the limits. USAGE: one below what Argon2 asks for, a salt
 * under 8 or an output under 4 bytes. Then, and on NO_MEMORY, `out` holds nothing.
 */
ADIT_MUST_USE enum adit_err adit_argon2(enum adit_argon2 kind, const struct adit_argon2_cost *cost,
                                        struct adit_span passphrase, struct adit_span salt,
                                        uint8_t *out, size_t len);

#endif
