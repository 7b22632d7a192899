/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a passphrase of PKCS#8 may cost. The file says it, and it is to be paid
 * before anything in the file can be trusted: within the limits it is seconds.
 */
#ifndef ADIT_CRYPTO_PASSPHRASE_COST_H
#define ADIT_CRYPTO_PASSPHRASE_COST_H

#include <stdbool.h>
#include <stdint.h>

#define ADIT_PBKDF2_ROUNDS_MAX ((uint64_t)5 * 1000 * 1000)
#define ADIT_SCRYPT_WORK_MAX   ((uint64_t)8 * 1024 * 1024)  /* N times r times p */
#define ADIT_SCRYPT_MEMORY_MAX ((uint64_t)32 * 1024 * 1024) /* bytes; libcrypto's limit too */

/* RFC 7914, 2, where N, r and p stand. */
struct adit_scrypt_cost {
    uint64_t n, r, p;
};

bool adit_pbkdf2_is_affordable(uint64_t rounds);
bool adit_scrypt_is_affordable(const struct adit_scrypt_cost *cost);

#endif
