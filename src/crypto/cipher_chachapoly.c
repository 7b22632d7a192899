/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chacha20-poly1305@openssh.com. Two keys, each with the sequence number as its
 * nonce (a 64-bit block counter in front of it, as in the first ChaCha):
 *
 *     K_2  block 0: the key of Poly1305; from block 1: padding_length and on
 *     K_1  block 0: packet_length
 *
 * The tag covers both ciphertexts and is checked before K_2 decrypts anything.
 */
#include "crypto/cipher_mode.h"

#include "base/memory.h"
#include "wire/writer.h"

#include <string.h>

enum { KEY_SIZE = 32, IV_SIZE = 16, BLOCK_SIZE = 64, TAG_SIZE = 16 };

static bool set_nonce(EVP_CIPHER_CTX *ctx, uint32_t sequence_number)
{
    uint8_t iv[IV_SIZE] = { 0 };

    adit_put_uint32(iv + IV_SIZE - 4, sequence_number);
    return EVP_CipherInit_ex2(ctx, NULL, NULL, iv, -1, NULL) == 1;
}

/*
 * Keys Poly1305 for this packet. The whole of block 0 is drawn, so the next
 * byte that K_2's context gives is the first of block 1.
 */
static bool begin_packet(struct adit_cipher *cipher, uint32_t sequence_number)
{
    uint8_t block[BLOCK_SIZE] = { 0 };
    const bool ok = set_nonce(cipher->text, sequence_number) &&
                    adit_cipher_update(cipher->text, block, sizeof block) &&
                    EVP_MAC_init(cipher->mac, block, KEY_SIZE, NULL) == 1;

    adit_wipe(block, sizeof block);
    return ok;
}

static bool compute_tag(struct adit_cipher *cipher, const uint8_t *packet, size_t len,
                        uint8_t tag[static TAG_SIZE])
{
    size_t size = 0;

    return EVP_MAC_update(cipher->mac, packet, len) == 1 &&
           EVP_MAC_final(cipher->mac, tag, &size, TAG_SIZE) == 1 && size == TAG_SIZE;
}

static enum adit_err seal(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                          size_t len)
{
    uint8_t *text = packet + ADIT_LENGTH_SIZE;

    if (!begin_packet(cipher, sequence_number))
        return ADIT_ERR_CRYPTO;
    if (!set_nonce(cipher->length, sequence_number) ||
        !adit_cipher_update(cipher->length, packet, ADIT_LENGTH_SIZE))
        return ADIT_ERR_CRYPTO;
    if (!adit_cipher_update(cipher->text, text, len - ADIT_LENGTH_SIZE))
        return ADIT_ERR_CRYPTO;
    return compute_tag(cipher, packet, len, packet + len) ? ADIT_OK : ADIT_ERR_CRYPTO;
}

/* The ciphertext stays where it is: the tag covers it. */
static enum adit_err open_length(struct adit_cipher *cipher, uint32_t sequence_number,
                                 uint8_t *packet, uint32_t *packet_length)
{
    uint8_t length[ADIT_LENGTH_SIZE];

    memcpy(length, packet, sizeof length);
    if (!set_nonce(cipher->length, sequence_number) ||
        !adit_cipher_update(cipher->length, length, sizeof length))
        return ADIT_ERR_CRYPTO;
    *packet_length = adit_get_uint32(length);
    return ADIT_OK;
}

static enum adit_err open_packet(struct adit_cipher *cipher, uint32_t sequence_number,
                                 uint8_t *packet, size_t len)
{
    uint8_t tag[TAG_SIZE];

    if (!begin_packet(cipher, sequence_number) || !compute_tag(cipher, packet, len, tag))
        return ADIT_ERR_CRYPTO;
    if (!adit_equal_secret(tag, packet + len, TAG_SIZE))
        return ADIT_ERR_INTEGRITY;
    if (!adit_cipher_update(cipher->text, packet + ADIT_LENGTH_SIZE, len - ADIT_LENGTH_SIZE))
        return ADIT_ERR_CRYPTO;
    adit_put_uint32(packet, (uint32_t)(len - ADIT_LENGTH_SIZE));
    return ADIT_OK;
}

static const struct adit_cipher_mode chachapoly_mode = { seal, open_length, open_packet, NULL };

enum adit_err adit_chachapoly_init(struct adit_cipher *cipher, const uint8_t *key)
{
    enum adit_err err = adit_cipher_context_new("ChaCha20", key, NULL, true, &cipher->text);

    cipher->mode = &chachapoly_mode;
    cipher->clear_size = ADIT_LENGTH_SIZE;
    cipher->head_size = ADIT_LENGTH_SIZE;
    if (err)
        return err;
    err = adit_cipher_context_new("ChaCha20", key + KEY_SIZE, NULL, true, &cipher->length);
    if (err)
        return err;
    return adit_mac_context_new("POLY1305", &cipher->mac);
}
