/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of names, and the doors to the modes. A mode is chosen once, when
 * the keys are set; a packet costs one indirect call.
 */
#include "crypto/cipher.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/cipher_mode.h"
#include "wire/writer.h"

#include <limits.h>
#include <stdlib.h>

enum cipher_kind { CIPHER_GCM, CIPHER_CHACHAPOLY, CIPHER_CTR };

/* clang-format off */
static const struct adit_cipher_algorithm ciphers[] = {
    /*                                                                   key iv block tag */
    { "aes128-gcm@openssh.com",        "AES-128-GCM", CIPHER_GCM,         16, 12, 16, 16 },
    { "aes256-gcm@openssh.com",        "AES-256-GCM", CIPHER_GCM,         32, 12, 16, 16 },
    { "chacha20-poly1305@openssh.com", "ChaCha20",    CIPHER_CHACHAPOLY,  64,  0,  8, 16 },
    { "aes128-ctr",                    "AES-128-CTR", CIPHER_CTR,         16, 16, 16,  0 },
    { "aes192-ctr",                    "AES-192-CTR", CIPHER_CTR,         24, 16, 16,  0 },
    { "aes256-ctr",                    "AES-256-CTR", CIPHER_CTR,         32, 16, 16,  0 },
};

static const struct adit_mac_algorithm macs[] = {
    { "hmac-sha2-256-etm@openssh.com", ADIT_HASH_SHA256, 32, 32, true },
    { "hmac-sha2-512-etm@openssh.com", ADIT_HASH_SHA512, 64, 64, true },
    { "hmac-sha2-256",                 ADIT_HASH_SHA256, 32, 32, false },
    { "hmac-sha2-512",                 ADIT_HASH_SHA512, 64, 64, false },
};
/* clang-format on */

const struct adit_cipher_algorithm *adit_cipher_find(struct adit_span name)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ciphers); i++) {
        if (adit_span_is(name, ciphers[i].name))
            return &ciphers[i];
    }
    return NULL;
}

const struct adit_mac_algorithm *adit_mac_find(struct adit_span name)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(macs); i++) {
        if (adit_span_is(name, macs[i].name))
            return &macs[i];
    }
    return NULL;
}

/* NOLINTBEGIN(readability-non-const-parameter): their type is the mode's */
static enum adit_err none_seal(struct adit_cipher *cipher, uint32_t sequence_number,
                               uint8_t *packet, size_t len)
{
    (void)cipher;
    (void)sequence_number;
    (void)packet;
    (void)len;
    return ADIT_OK;
}
/* NOLINTEND(readability-non-const-parameter) */

static enum adit_err none_open_length(struct adit_cipher *cipher, uint32_t sequence_number,
                                      uint8_t *packet, uint32_t *packet_length)
{
    (void)cipher;
    (void)sequence_number;
    *packet_length = adit_get_uint32(packet);
    return ADIT_OK;
}

static const struct adit_cipher_mode none_mode = { none_seal, none_open_length, none_seal, NULL };

enum adit_err adit_cipher_context_new(const char *libcrypto_name, const uint8_t *key,
                                      const uint8_t *iv, bool seals, EVP_CIPHER_CTX **out)
{
    enum adit_err err = ADIT_ERR_CRYPTO;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, libcrypto_name, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    *out = NULL;
    if (cipher == NULL || ctx == NULL)
        goto done;
    if (EVP_CipherInit_ex2(ctx, cipher, key, iv, seals ? 1 : 0, NULL) != 1)
        goto done;
    *out = ctx;
    ctx = NULL;
    err = ADIT_OK;
done:
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher); /* the context holds it */
    return err;
}

enum adit_err adit_mac_context_new(const char *libcrypto_name, EVP_MAC_CTX **out)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, libcrypto_name, NULL);

    *out = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac); /* the context holds it */
    return *out ? ADIT_OK : ADIT_ERR_CRYPTO;
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters are its contract */
enum adit_err adit_cipher_new(const struct adit_cipher_algorithm *algorithm,
                              const struct adit_mac_algorithm *mac, bool seals, const uint8_t *key,
                              const uint8_t *iv, const uint8_t *mac_key, struct adit_cipher **out)
{
    enum adit_err err = ADIT_ERR_USAGE;
    struct adit_cipher *cipher;

    *out = NULL;
    if ((mac == NULL) != (algorithm->tag_size != 0))
        return ADIT_ERR_USAGE;
    cipher = adit_new(sizeof *cipher);
    if (cipher == NULL)
        return ADIT_ERR_NO_MEMORY;
    cipher->block_size = algorithm->block_size;
    cipher->tag_size = mac ? mac->tag_size : algorithm->tag_size;

    switch ((enum cipher_kind)algorithm->kind) {
    case CIPHER_GCM:
        err = adit_gcm_init(cipher, algorithm, seals, key, iv);
        break;
    case CIPHER_CHACHAPOLY:
        err = adit_chachapoly_init(cipher, key);
        break;
    case CIPHER_CTR:
        err = adit_ctr_init(cipher, algorithm, mac, key, iv, mac_key);
        break;
    }
    if (err) {
        adit_cipher_free(cipher);
        return err;
    }
    *out = cipher;
    return ADIT_OK;
}

enum adit_err adit_cipher_new_none(struct adit_cipher **out)
{
    struct adit_cipher *cipher = adit_new(sizeof *cipher);

    *out = cipher;
    if (cipher == NULL)
        return ADIT_ERR_NO_MEMORY;
    cipher->mode = &none_mode;
    cipher->block_size = 8; /* RFC 4253, 6 */
    cipher->head_size = ADIT_LENGTH_SIZE;
    return ADIT_OK;
}

void adit_cipher_free(struct adit_cipher *cipher)
{
    if (cipher == NULL)
        return;
    if (cipher->mode && cipher->mode->end)
        cipher->mode->end(cipher);
    EVP_CIPHER_CTX_free(cipher->text);
    EVP_CIPHER_CTX_free(cipher->length);
    EVP_MAC_CTX_free(cipher->mac);
    adit_wipe(cipher, sizeof *cipher);
    free(cipher);
}

bool adit_cipher_is_none(const struct adit_cipher *cipher)
{
    return cipher->mode == &none_mode;
}

size_t adit_cipher_tag_size(const struct adit_cipher *cipher)
{
    return cipher->tag_size;
}

size_t adit_cipher_block_size(const struct adit_cipher *cipher)
{
    return cipher->block_size;
}

size_t adit_cipher_clear_size(const struct adit_cipher *cipher)
{
    return cipher->clear_size;
}

size_t adit_cipher_head_size(const struct adit_cipher *cipher)
{
    return cipher->head_size;
}

static bool is_packet_size(const struct adit_cipher *cipher, size_t len)
{
    return len > ADIT_LENGTH_SIZE && len >= cipher->head_size && len <= INT_MAX;
}

enum adit_err adit_cipher_seal(struct adit_cipher *cipher, uint32_t sequence_number,
                               uint8_t *packet, size_t len)
{
    if (!is_packet_size(cipher, len))
        return ADIT_ERR_USAGE;
    const enum adit_err err = cipher->mode->seal(cipher, sequence_number, packet, len);
    /* What is half sealed must not leave by mistake. */
    if (err)
        adit_wipe(packet, len);
    return err;
}

enum adit_err adit_cipher_open_length(struct adit_cipher *cipher, uint32_t sequence_number,
                                      uint8_t *packet, uint32_t *packet_length)
{
    return cipher->mode->open_length(cipher, sequence_number, packet, packet_length);
}

enum adit_err adit_cipher_open(struct adit_cipher *cipher, uint32_t sequence_number,
                               uint8_t *packet, size_t len)
{
    if (!is_packet_size(cipher, len))
        return ADIT_ERR_INTEGRITY;
    const enum adit_err err = cipher->mode->open(cipher, sequence_number, packet, len);
    /* GCM and MAC-then-encrypt decrypt before they have verified; nothing of that may stay. */
    if (err)
        adit_wipe(packet, len);
    return err;
}
