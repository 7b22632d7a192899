/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES in counter mode (RFC 4344, 4) with HMAC (RFC 6668) in one of two orders:
 *
 *     MAC then encrypt (RFC 4253, 6.4): MAC of the clear packet; all is encrypted
 *     encrypt then MAC (PROTOCOL, 1.5): packet_length in clear; MAC of what is sent
 *
 * The counter runs on from packet to packet, so every byte of the stream must
 * pass through the context once and in order.
 */
#include "crypto/cipher_mode.h"

#include "wire/writer.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>

/* MAC(key, sequence_number || bytes). The key stays set from packet to packet. */
static enum adit_err compute_mac(struct adit_cipher *cipher, uint32_t sequence_number,
                                 const uint8_t *bytes, size_t len,
                                 uint8_t out[static ADIT_HASH_MAX])
{
    uint8_t number[4];
    size_t size = 0;

    adit_put_uint32(number, sequence_number);
    if (EVP_MAC_init(cipher->mac, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(cipher->mac, number, sizeof number) != 1 ||
        EVP_MAC_update(cipher->mac, bytes, len) != 1 ||
        EVP_MAC_final(cipher->mac, out, &size, ADIT_HASH_MAX) != 1)
        return ADIT_ERR_CRYPTO;
    return size == cipher->tag_size ? ADIT_OK : ADIT_ERR_CRYPTO;
}

static enum adit_err append_mac(struct adit_cipher *cipher, uint32_t sequence_number,
                                uint8_t *packet, size_t len)
{
    uint8_t mac[ADIT_HASH_MAX];
    const enum adit_err err = compute_mac(cipher, sequence_number, packet, len, mac);

    if (err)
        return err;
    memcpy(packet + len, mac, cipher->tag_size);
    return ADIT_OK;
}

static enum adit_err verify_mac(struct adit_cipher *cipher, uint32_t sequence_number,
                                const uint8_t *packet, size_t len)
{
    uint8_t mac[ADIT_HASH_MAX];
    const enum adit_err err = compute_mac(cipher, sequence_number, packet, len, mac);

    if (err)
        return err;
    return adit_equal_secret(mac, packet + len, cipher->tag_size) ? ADIT_OK : ADIT_ERR_INTEGRITY;
}

static enum adit_err seal(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                          size_t len)
{
    const enum adit_err err = append_mac(cipher, sequence_number, packet, len);

    if (err)
        return err;
    return adit_cipher_update(cipher->text, packet, len) ? ADIT_OK : ADIT_ERR_CRYPTO;
}

static enum adit_err open_length(struct adit_cipher *cipher, uint32_t sequence_number,
                                 uint8_t *packet, uint32_t *packet_length)
{
    (void)sequence_number;
    if (!adit_cipher_update(cipher->text, packet, cipher->head_size))
        return ADIT_ERR_CRYPTO;
    *packet_length = adit_get_uint32(packet);
    return ADIT_OK;
}

static enum adit_err open_packet(struct adit_cipher *cipher, uint32_t sequence_number,
                                 uint8_t *packet, size_t len)
{
    const size_t head = cipher->head_size;

    if (len > head && !adit_cipher_update(cipher->text, packet + head, len - head))
        return ADIT_ERR_CRYPTO;
    return verify_mac(cipher, sequence_number, packet, len);
}

static enum adit_err etm_seal(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                              size_t len)
{
    if (!adit_cipher_update(cipher->text, packet + ADIT_LENGTH_SIZE, len - ADIT_LENGTH_SIZE))
        return ADIT_ERR_CRYPTO;
    return append_mac(cipher, sequence_number, packet, len);
}

static enum adit_err etm_open_length(struct adit_cipher *cipher, uint32_t sequence_number,
                                     uint8_t *packet, uint32_t *packet_length)
{
    (void)cipher;
    (void)sequence_number;
    *packet_length = adit_get_uint32(packet);
    return ADIT_OK;
}

static enum adit_err etm_open(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                              size_t len)
{
    const enum adit_err err = verify_mac(cipher, sequence_number, packet, len);

    if (err)
        return err;
    return adit_cipher_update(cipher->text, packet + ADIT_LENGTH_SIZE, len - ADIT_LENGTH_SIZE)
               ? ADIT_OK
               : ADIT_ERR_CRYPTO;
}

static const struct adit_cipher_mode ctr_mode = { seal, open_length, open_packet, NULL };
static const struct adit_cipher_mode ctr_etm_mode = { etm_seal, etm_open_length, etm_open, NULL };

static enum adit_err set_mac_key(EVP_MAC_CTX *ctx, const struct adit_mac_algorithm *mac,
                                 const uint8_t *key)
{
    char name[16]; /* OSSL_PARAM wants it writable, and leaves it alone */
    OSSL_PARAM params[2];

    (void)snprintf(name, sizeof name, "%s", adit_hash_name(mac->hash));
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
    params[1] = OSSL_PARAM_construct_end();
    return EVP_MAC_init(ctx, key, mac->key_size, params) == 1 ? ADIT_OK : ADIT_ERR_CRYPTO;
}

enum adit_err adit_ctr_init(struct adit_cipher *cipher,
                            const struct adit_cipher_algorithm *algorithm,
                            const struct adit_mac_algorithm *mac, const uint8_t *key,
                            const uint8_t *iv, const uint8_t *mac_key)
{
    enum adit_err err;

    cipher->mode = mac->etm ? &ctr_etm_mode : &ctr_mode;
    cipher->clear_size = mac->etm ? ADIT_LENGTH_SIZE : 0;
    cipher->head_size = mac->etm ? ADIT_LENGTH_SIZE : algorithm->block_size;
    err = adit_cipher_context_new(algorithm->libcrypto_name, key, iv, true, &cipher->text);
    if (err)
        return err;
    err = adit_mac_context_new("HMAC", &cipher->mac);
    if (err)
        return err;
    return set_mac_key(cipher->mac, mac, mac_key);
}
