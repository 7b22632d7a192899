/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES-GCM as OpenSSH does it (RFC 5647; PROTOCOL, 1.6): packet_length is
 * additional data and stays in clear; the IV is four fixed bytes and a counter
 * of packets, begun at what the key derivation gave. The counter moves before
 * the result is known, so that no IV is ever used twice. Here with libcrypto;
 * cipher_gcm_libgcrypt.c does the same where that is faster.
 */
#include "crypto/cipher_mode.h"

#include "wire/writer.h"

#include <string.h>

enum { COUNTER_AT = 4 };

void adit_gcm_take_iv(struct adit_cipher *cipher, uint8_t iv[static ADIT_GCM_IV_SIZE])
{
    memcpy(iv, cipher->iv, ADIT_GCM_IV_SIZE);
    for (size_t i = ADIT_GCM_IV_SIZE; i-- > COUNTER_AT;) {
        if (++cipher->iv[i] != 0)
            return;
    }
}

/* Sets this packet's IV and feeds packet_length. */
static bool begin_packet(struct adit_cipher *cipher, const uint8_t *packet)
{
    uint8_t iv[ADIT_GCM_IV_SIZE];
    int done = 0;

    adit_gcm_take_iv(cipher, iv);
    return EVP_CipherInit_ex2(cipher->text, NULL, NULL, iv, -1, NULL) == 1 &&
           EVP_CipherUpdate(cipher->text, NULL, &done, packet, ADIT_LENGTH_SIZE) == 1;
}

static enum adit_err seal(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                          size_t len)
{
    uint8_t *text = packet + ADIT_LENGTH_SIZE;
    int done = 0;

    (void)sequence_number;
    if (!begin_packet(cipher, packet))
        return ADIT_ERR_CRYPTO;
    if (!adit_cipher_update(cipher->text, text, len - ADIT_LENGTH_SIZE))
        return ADIT_ERR_CRYPTO;
    if (EVP_CipherFinal_ex(cipher->text, packet + len, &done) != 1)
        return ADIT_ERR_CRYPTO;
    if (EVP_CIPHER_CTX_ctrl(cipher->text, EVP_CTRL_AEAD_GET_TAG, ADIT_GCM_TAG_SIZE, packet + len) !=
        1)
        return ADIT_ERR_CRYPTO;
    return ADIT_OK;
}

enum adit_err adit_gcm_open_length(struct adit_cipher *cipher, uint32_t sequence_number,
                                   uint8_t *packet, uint32_t *packet_length)
{
    (void)cipher;
    (void)sequence_number;
    *packet_length = adit_get_uint32(packet);
    return ADIT_OK;
}

static enum adit_err open_packet(struct adit_cipher *cipher, uint32_t sequence_number,
                                 uint8_t *packet, size_t len)
{
    uint8_t *text = packet + ADIT_LENGTH_SIZE;
    int done = 0;

    (void)sequence_number;
    if (!begin_packet(cipher, packet))
        return ADIT_ERR_CRYPTO;
    if (EVP_CIPHER_CTX_ctrl(cipher->text, EVP_CTRL_AEAD_SET_TAG, ADIT_GCM_TAG_SIZE, packet + len) !=
        1)
        return ADIT_ERR_CRYPTO;
    if (!adit_cipher_update(cipher->text, text, len - ADIT_LENGTH_SIZE))
        return ADIT_ERR_CRYPTO;
    return EVP_CipherFinal_ex(cipher->text, packet + len, &done) == 1 ? ADIT_OK
                                                                      : ADIT_ERR_INTEGRITY;
}

static const struct adit_cipher_mode gcm_mode = { seal, adit_gcm_open_length, open_packet, NULL };

enum adit_err adit_gcm_init(struct adit_cipher *cipher,
                            const struct adit_cipher_algorithm *algorithm, bool seals,
                            const uint8_t *key, const uint8_t *iv)
{
    cipher->clear_size = ADIT_LENGTH_SIZE;
    cipher->head_size = ADIT_LENGTH_SIZE;
    memcpy(cipher->iv, iv, sizeof cipher->iv);
#ifdef ADIT_LIBGCRYPT
    if (adit_gcm_libgcrypt_fits())
        return adit_gcm_libgcrypt_init(cipher, algorithm, key);
#endif
    cipher->mode = &gcm_mode;
    return adit_cipher_context_new(algorithm->libcrypto_name, key, NULL, seals, &cipher->text);
}
