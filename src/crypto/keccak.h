/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-3 and SHAKE (FIPS 202). Ours, because libcrypto 3.0 cannot squeeze a SHAKE
 * more than once, and because without allocation none of it can fail.
 */
#ifndef ADIT_CRYPTO_KECCAK_H
#define ADIT_CRYPTO_KECCAK_H

#include "adit/err.h"

#define ADIT_KECCAK_WORDS 25

#define ADIT_SHAKE128_RATE 168
#define ADIT_SHAKE256_RATE 136

/* What ends the input (FIPS 202, B.2). */
#define ADIT_SHA3_SUFFIX  0x06
#define ADIT_SHAKE_SUFFIX 0x1f

/* A sponge: absorb any number of times, finish once, squeeze any number of times, then wipe. */
struct adit_keccak {
    uint64_t words[ADIT_KECCAK_WORDS];
    size_t rate;
    size_t used; /* bytes of this block that have been absorbed, or squeezed */
};

void adit_keccak_init(struct adit_keccak *k, size_t rate);
void adit_keccak_absorb(struct adit_keccak *k, struct adit_span bytes);
void adit_keccak_finish(struct adit_keccak *k, uint8_t suffix);
void adit_keccak_squeeze(struct adit_keccak *k, uint8_t *out, size_t len);

/* The whole of it, over two pieces one after the other. */
void adit_sha3_256(struct adit_span a, struct adit_span b, uint8_t out[static 32]);
void adit_sha3_512(struct adit_span a, struct adit_span b, uint8_t out[static 64]);
void adit_shake256(struct adit_span a, struct adit_span b, uint8_t *out, size_t len);

#endif
