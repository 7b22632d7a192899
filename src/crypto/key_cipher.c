/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A section of a key file is a packet without its length: no additional data,
 * sequence number 0. So GCM begins at the IV as it was derived, and
 * chacha20-poly1305 has no use for K_1, though its bytes are derived too.
 */
#include "crypto/key_cipher.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/cipher_mode.h"

#include <limits.h>

enum kind { KIND_PLAIN, KIND_GCM, KIND_CHACHAPOLY };

enum { TAG_SIZE = 16, CHACHA_BLOCK = 64, POLY1305_KEY_SIZE = 32 };

/* clang-format off */
static const struct adit_key_cipher ciphers[] = {
    /*                                                                    key iv block tag */
    { "aes256-ctr",                    "AES-256-CTR",  KIND_PLAIN,         32, 16, 16,  0 },
    { "aes192-ctr",                    "AES-192-CTR",  KIND_PLAIN,         24, 16, 16,  0 },
    { "aes128-ctr",                    "AES-128-CTR",  KIND_PLAIN,         16, 16, 16,  0 },
    { "aes256-cbc",                    "AES-256-CBC",  KIND_PLAIN,         32, 16, 16,  0 },
    { "aes192-cbc",                    "AES-192-CBC",  KIND_PLAIN,         24, 16, 16,  0 },
    { "aes128-cbc",                    "AES-128-CBC",  KIND_PLAIN,         16, 16, 16,  0 },
    { "aes256-gcm@openssh.com",        "AES-256-GCM",  KIND_GCM,           32, 12, 16, 16 },
    { "aes128-gcm@openssh.com",        "AES-128-GCM",  KIND_GCM,           16, 12, 16, 16 },
    { "chacha20-poly1305@openssh.com", "ChaCha20",     KIND_CHACHAPOLY,    64,  0,  8, 16 },
    { "3des-cbc",                      "DES-EDE3-CBC", KIND_PLAIN,         24,  8,  8,  0 },
};
/* clang-format on */

const struct adit_key_cipher *adit_key_cipher_find(struct adit_span name)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ciphers); i++) {
        if (adit_span_is(name, ciphers[i].name))
            return &ciphers[i];
    }
    return NULL;
}

static bool is_whole_blocks(const struct adit_key_cipher *cipher, size_t len)
{
    return len != 0 && len <= INT_MAX && len % cipher->block_size == 0;
}

static enum adit_err run_plain(EVP_CIPHER_CTX *ctx, uint8_t *bytes, size_t len)
{
    /* With libcrypto's padding CBC would hold its last block back. */
    if (EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 || !adit_cipher_update(ctx, bytes, len))
        return ADIT_ERR_CRYPTO;
    return ADIT_OK;
}

static enum adit_err open_gcm(EVP_CIPHER_CTX *ctx, uint8_t *bytes, size_t len)
{
    int done = 0;

    if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, bytes + len) != 1 ||
        !adit_cipher_update(ctx, bytes, len))
        return ADIT_ERR_CRYPTO;
    return EVP_CipherFinal_ex(ctx, bytes + len, &done) == 1 ? ADIT_OK : ADIT_ERR_INTEGRITY;
}

/* Block 0 of the stream keys Poly1305; the bytes are encrypted from block 1 on. */
static enum adit_err open_chachapoly(EVP_CIPHER_CTX *ctx, uint8_t *bytes, size_t len)
{
    uint8_t block[CHACHA_BLOCK] = { 0 };
    uint8_t tag[TAG_SIZE];
    EVP_MAC_CTX *mac = NULL;
    size_t size = 0;
    enum adit_err err = adit_mac_context_new("POLY1305", &mac);

    if (err)
        goto done;
    err = ADIT_ERR_CRYPTO;
    if (!adit_cipher_update(ctx, block, sizeof block))
        goto done;
    if (EVP_MAC_init(mac, block, POLY1305_KEY_SIZE, NULL) != 1 ||
        EVP_MAC_update(mac, bytes, len) != 1 || EVP_MAC_final(mac, tag, &size, sizeof tag) != 1 ||
        size != sizeof tag)
        goto done;
    err = ADIT_ERR_INTEGRITY;
    if (!adit_equal_secret(tag, bytes + len, sizeof tag))
        goto done;
    err = adit_cipher_update(ctx, bytes, len) ? ADIT_OK : ADIT_ERR_CRYPTO;
done:
    adit_wipe(block, sizeof block);
    EVP_MAC_CTX_free(mac);
    return err;
}

enum adit_err adit_key_cipher_open(const struct adit_key_cipher *cipher, const uint8_t *secret,
                                   uint8_t *bytes, size_t len)
{
    static const uint8_t sequence_number[16]; /* chacha20's IV: the counter, and this of 0 */
    const uint8_t *iv = cipher->iv_size ? secret + cipher->key_size : sequence_number;
    EVP_CIPHER_CTX *ctx = NULL;
    enum adit_err err;

    if (!is_whole_blocks(cipher, len))
        return ADIT_ERR_USAGE;
    err = adit_cipher_context_new(cipher->libcrypto_name, secret, iv, false, &ctx);
    if (err)
        return err;
    switch ((enum kind)cipher->kind) {
    case KIND_PLAIN:
        err = run_plain(ctx, bytes, len);
        break;
    case KIND_GCM:
        err = open_gcm(ctx, bytes, len);
        break;
    case KIND_CHACHAPOLY:
        err = open_chachapoly(ctx, bytes, len);
        break;
    }
    EVP_CIPHER_CTX_free(ctx);
    return err;
}

enum adit_err adit_key_cipher_seal(const struct adit_key_cipher *cipher, const uint8_t *secret,
                                   uint8_t *bytes, size_t len)
{
    EVP_CIPHER_CTX *ctx = NULL;
    enum adit_err err;

    if (cipher->kind != KIND_PLAIN)
        return ADIT_ERR_UNSUPPORTED;
    if (!is_whole_blocks(cipher, len))
        return ADIT_ERR_USAGE;
    err = adit_cipher_context_new(cipher->libcrypto_name, secret, secret + cipher->key_size, true,
                                  &ctx);
    if (err)
        return err;
    err = run_plain(ctx, bytes, len);
    EVP_CIPHER_CTX_free(ctx);
    return err;
}
