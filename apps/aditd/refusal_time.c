/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusal_time.h"

#include "crypto/hash.h"

enum { LEAST_MS = 5, SPREAD_MS = 5 };

uint64_t adit_refusal_time_ms(const uint8_t secret[static ADIT_DELAY_SECRET_SIZE],
                              struct adit_span user, uint64_t elapsed_ms)
{
    const struct adit_span key = { secret, ADIT_DELAY_SECRET_SIZE };
    uint8_t digest[ADIT_HASH_MAX] = { 0 };
    uint64_t ms = LEAST_MS;

    if (adit_hmac(ADIT_HASH_SHA256, key, user, digest) == ADIT_OK)
        ms += digest[0] % SPREAD_MS;
    while (ms < elapsed_ms)
        ms *= 2;
    return ms;
}
