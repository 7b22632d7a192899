/* SPDX-License-Identifier: BSD-2-Clause */
/* bcrypt_pbkdf of OpenBSD: from the passphrase of a key file to its key. */
#ifndef ADIT_CRYPTO_BCRYPT_PBKDF_H
#define ADIT_CRYPTO_BCRYPT_PBKDF_H

#include "adit/err.h"

#define ADIT_BCRYPT_PBKDF_MAX 1024 /* bytes that may be asked for */

/*
 * Slow on purpose: some milliseconds for each round and each 32 bytes. USAGE
 * when the passphrase or the salt is empty, `rounds` is 0, or `len` is 0 or over
 * the maximum; then, and on CRYPTO, `out` holds nothing.
 */
ADIT_MUST_USE enum adit_err adit_bcrypt_pbkdf(struct adit_span passphrase, struct adit_span salt,
                                              uint32_t rounds, uint8_t *out, size_t len);

#endif
