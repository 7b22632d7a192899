/* SPDX-License-Identifier: BSD-2-Clause */
/* What cipher.c and the modes behind it share. */
#ifndef ADIT_CRYPTO_CIPHER_MODE_H
#define ADIT_CRYPTO_CIPHER_MODE_H

#include "crypto/cipher.h"

#include <openssl/evp.h>

enum { ADIT_GCM_IV_SIZE = 12, ADIT_GCM_TAG_SIZE = 16, ADIT_LENGTH_SIZE = 4 };

/*
 * How packets are sealed and opened. cipher.c has checked `len`: it fits an int
 * and covers packet_length, at least one byte behind it, and head_size.
 */
struct adit_cipher_mode {
    enum adit_err (*seal)(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                          size_t len);
    enum adit_err (*open_length)(struct adit_cipher *cipher, uint32_t sequence_number,
                                 uint8_t *packet, uint32_t *packet_length);
    enum adit_err (*open)(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                          size_t len);
    void (*end)(struct adit_cipher *cipher); /* frees what is not libcrypto's; or NULL */
};

/* A mode sets what it uses; the rest stays NULL. */
struct adit_cipher {
    const struct adit_cipher_mode *mode;
    EVP_CIPHER_CTX *text;   /* chacha20-poly1305: keyed with K_2 */
    EVP_CIPHER_CTX *length; /* chacha20-poly1305: keyed with K_1 */
    EVP_MAC_CTX *mac;       /* HMAC or Poly1305 */
    struct gcry_cipher_handle *libgcrypt;
    uint8_t iv[ADIT_GCM_IV_SIZE];
    uint8_t tag_size;
    uint8_t block_size;
    uint8_t clear_size;
    uint8_t head_size;
};

/* Static parts of adit_cipher_new(): the keyed contexts of each mode. */
ADIT_MUST_USE enum adit_err adit_gcm_init(struct adit_cipher *cipher,
                                          const struct adit_cipher_algorithm *algorithm, bool seals,
                                          const uint8_t *key, const uint8_t *iv);
ADIT_MUST_USE enum adit_err adit_chachapoly_init(struct adit_cipher *cipher, const uint8_t *key);
ADIT_MUST_USE enum adit_err adit_ctr_init(struct adit_cipher *cipher,
                                          const struct adit_cipher_algorithm *algorithm,
                                          const struct adit_mac_algorithm *mac, const uint8_t *key,
                                          const uint8_t *iv, const uint8_t *mac_key);

/* The IV of the next packet. */
void adit_gcm_take_iv(struct adit_cipher *cipher, uint8_t iv[static ADIT_GCM_IV_SIZE]);
ADIT_MUST_USE enum adit_err adit_gcm_open_length(struct adit_cipher *cipher,
                                                 uint32_t sequence_number, uint8_t *packet,
                                                 uint32_t *packet_length);

/* Whether libgcrypt's AES-GCM is the faster one here (docs/decisions/0031). The answer stays. */
bool adit_gcm_libgcrypt_fits(void);
/* The same mode with libgcrypt. CRYPTO. */
ADIT_MUST_USE enum adit_err adit_gcm_libgcrypt_init(struct adit_cipher *cipher,
                                                    const struct adit_cipher_algorithm *algorithm,
                                                    const uint8_t *key);

/* A context for the cipher of this libcrypto name. `iv` may be NULL: given later. */
ADIT_MUST_USE enum adit_err adit_cipher_context_new(const char *libcrypto_name, const uint8_t *key,
                                                    const uint8_t *iv, bool seals,
                                                    EVP_CIPHER_CTX **out);
ADIT_MUST_USE enum adit_err adit_mac_context_new(const char *libcrypto_name, EVP_MAC_CTX **out);

/* Runs `len` bytes through a context in place. False when libcrypto failed. */
static inline bool adit_cipher_update(EVP_CIPHER_CTX *ctx, uint8_t *bytes, size_t len)
{
    int done = 0;

    return EVP_CipherUpdate(ctx, bytes, &done, bytes, (int)len) == 1 && (size_t)done == len;
}

#endif
