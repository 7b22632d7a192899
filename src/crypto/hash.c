/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/hash.h"

#include "base/memory.h"
#include "base/span.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

static const struct {
    const char *libcrypto_name;
    size_t size;
} hashes[] = {
    [ADIT_HASH_MD5] = { "MD5", 16 },       [ADIT_HASH_SHA1] = { "SHA1", 20 },
    [ADIT_HASH_SHA256] = { "SHA256", 32 }, [ADIT_HASH_SHA384] = { "SHA384", 48 },
    [ADIT_HASH_SHA512] = { "SHA512", 64 },
};

size_t adit_hash_size(enum adit_hash hash)
{
    return hashes[hash].size;
}

const char *adit_hash_name(enum adit_hash hash)
{
    return hashes[hash].libcrypto_name;
}

static enum adit_err digest_pieces(EVP_MD_CTX *ctx, const EVP_MD *md,
                                   const struct adit_span *pieces, size_t count,
                                   uint8_t out[static ADIT_HASH_MAX])
{
    if (EVP_DigestInit_ex2(ctx, md, NULL) != 1)
        return ADIT_ERR_CRYPTO;
    for (size_t i = 0; i < count; i++) {
        if (EVP_DigestUpdate(ctx, pieces[i].data, pieces[i].len) != 1)
            return ADIT_ERR_CRYPTO;
    }
    return EVP_DigestFinal_ex(ctx, out, NULL) == 1 ? ADIT_OK : ADIT_ERR_CRYPTO;
}

enum adit_err adit_hash_digest(enum adit_hash hash, const struct adit_span *pieces, size_t count,
                               uint8_t out[static ADIT_HASH_MAX])
{
    enum adit_err err = ADIT_ERR_CRYPTO;
    EVP_MD *md = EVP_MD_fetch(NULL, hashes[hash].libcrypto_name, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (md != NULL && ctx != NULL)
        err = digest_pieces(ctx, md, pieces, count, out);
    EVP_MD_CTX_free(ctx);
    EVP_MD_free(md);
    return err;
}

enum adit_err adit_hmac(enum adit_hash hash, struct adit_span key, struct adit_span data,
                        uint8_t out[static ADIT_HASH_MAX])
{
    static const uint8_t nothing[1]; /* libcrypto takes a NULL key for "no new key" */
    size_t len = 0;

    if (EVP_Q_mac(NULL, "HMAC", NULL, hashes[hash].libcrypto_name, NULL,
                  key.len ? key.data : nothing, key.len, data.data, data.len, out, ADIT_HASH_MAX,
                  &len) == NULL)
        return ADIT_ERR_CRYPTO;
    return len == hashes[hash].size ? ADIT_OK : ADIT_ERR_CRYPTO;
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters are its contract */
enum adit_err adit_derive_key(enum adit_hash hash, struct adit_span secret,
                              struct adit_span exchange_hash, char letter,
                              struct adit_span session_id, uint8_t *out, size_t len)
{
    const uint8_t letter_byte = (uint8_t)letter;
    const struct adit_span first[] = { secret, exchange_hash, { &letter_byte, 1 }, session_id };
    const size_t size = hashes[hash].size;
    uint8_t block[ADIT_HASH_MAX];
    enum adit_err err = adit_hash_digest(hash, first, ADIT_ARRAY_LEN(first), block);

    for (size_t done = 0; err == ADIT_OK && done < len;) {
        const size_t part = len - done < size ? len - done : size;

        memcpy(out + done, block, part);
        done += part;
        if (done < len) {
            const struct adit_span next[] = { secret, exchange_hash, { out, done } };
            err = adit_hash_digest(hash, next, ADIT_ARRAY_LEN(next), block);
        }
    }
    adit_wipe(block, sizeof block);
    if (err && len)
        adit_wipe(out, len);
    return err;
}

bool adit_equal_secret(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}
