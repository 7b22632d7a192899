/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests, the key derivation of RFC 4253, 7.2, and comparison of secrets. */
#ifndef ADIT_CRYPTO_HASH_H
#define ADIT_CRYPTO_HASH_H

#include "adit/err.h"

enum adit_hash {
    ADIT_HASH_MD5,  /* fingerprints to compare with old notes */
    ADIT_HASH_SHA1, /* known_hosts' hashed names and PuTTY's version 2 files */
    ADIT_HASH_SHA256,
    ADIT_HASH_SHA384,
    ADIT_HASH_SHA512,
};

#define ADIT_HASH_MAX 64

size_t adit_hash_size(enum adit_hash hash);
/* libcrypto's name of it. */
const char *adit_hash_name(enum adit_hash hash);

/* The digest of the pieces one after the other. */
ADIT_MUST_USE enum adit_err adit_hash_digest(enum adit_hash hash, const struct adit_span *pieces,
                                             size_t count, uint8_t out[static ADIT_HASH_MAX]);

ADIT_MUST_USE enum adit_err adit_hmac(enum adit_hash hash, struct adit_span key,
                                      struct adit_span data, uint8_t out[static ADIT_HASH_MAX]);

/*
 * HASH(K || H || letter || session_id), lengthened by HASH(K || H || K1 || …)
 * to `len` bytes (RFC 4253, 7.2). `secret` is K as it stands on the wire, its
 * length included.
 */
ADIT_MUST_USE enum adit_err adit_derive_key(enum adit_hash hash, struct adit_span secret,
                                            struct adit_span exchange_hash, char letter,
                                            struct adit_span session_id, uint8_t *out, size_t len);

/* Equal, in a time that depends on `len` alone. */
bool adit_equal_secret(const void *a, const void *b, size_t len);

#endif
