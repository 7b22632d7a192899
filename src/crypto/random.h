/* SPDX-License-Identifier: BSD-2-Clause */
/* Randomness, from libcrypto's generator. */
#ifndef ADIT_CRYPTO_RANDOM_H
#define ADIT_CRYPTO_RANDOM_H

#include "adit/err.h"

/* CRYPTO when the generator fails; then the bytes must not be used. */
ADIT_MUST_USE enum adit_err adit_random_bytes(uint8_t *out, size_t len);

/* Bytes that only have to vary (padding): drawn from a pool refilled in bulk. */
struct adit_padding_pool {
    uint8_t bytes[256];
    size_t left;
};

ADIT_MUST_USE enum adit_err adit_random_padding(struct adit_padding_pool *pool, uint8_t *out,
                                                size_t len);

#endif
