/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/passphrase_cost.h"

bool adit_pbkdf2_is_affordable(uint64_t rounds)
{
    return rounds <= ADIT_PBKDF2_ROUNDS_MAX;
}

bool adit_scrypt_is_affordable(const struct adit_scrypt_cost *cost)
{
    const uint64_t most = ADIT_SCRYPT_WORK_MAX;

    if (cost->n > most || cost->r > most || cost->p > most)
        return false;
    /* Each is under 2^24 now, so two of them and a little more make no 64 bits. */
    if (128 * cost->r * (cost->n + cost->p + 2) > ADIT_SCRYPT_MEMORY_MAX)
        return false;
    return cost->n * cost->r * cost->p <= most;
}
