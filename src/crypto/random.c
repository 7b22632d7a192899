/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/random.h"

#include <limits.h>
#include <openssl/rand.h>
#include <string.h>

enum adit_err adit_random_bytes(uint8_t *out, size_t len)
{
    if (len > INT_MAX)
        return ADIT_ERR_USAGE;
    return RAND_bytes(out, (int)len) == 1 ? ADIT_OK : ADIT_ERR_CRYPTO;
}

enum adit_err adit_random_padding(struct adit_padding_pool *pool, uint8_t *out, size_t len)
{
    if (len > sizeof pool->bytes)
        return adit_random_bytes(out, len);
    if (len > pool->left) {
        /* What was left may be half overwritten if this fails. */
        pool->left = 0;
        const enum adit_err err = adit_random_bytes(pool->bytes, sizeof pool->bytes);
        if (err)
            return err;
        pool->left = sizeof pool->bytes;
    }
    if (len == 0)
        return ADIT_OK;
    pool->left -= len;
    memcpy(out, pool->bytes + pool->left, len);
    return ADIT_OK;
}
