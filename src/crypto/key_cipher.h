/* SPDX-License-Identifier: BSD-2-Clause */
/* The ciphers that private keys lie under in key files: all that ssh-keygen -Z knows. */
#ifndef ADIT_CRYPTO_KEY_CIPHER_H
#define ADIT_CRYPTO_KEY_CIPHER_H

#include "adit/err.h"

struct adit_key_cipher {
    const char *name;
    const char *libcrypto_name;
    uint8_t kind; /* enum kind of key_cipher.c */
    uint8_t key_size;
    uint8_t iv_size;
    uint8_t block_size; /* what is encrypted is whole blocks, at least 8 bytes */
    uint8_t tag_size;   /* 0: a wrong key goes unnoticed */
};

#define ADIT_KEY_CIPHER_SECRET_MAX 64 /* the largest sum of key_size and iv_size */

/* NULL when there is no such name here. */
const struct adit_key_cipher *adit_key_cipher_find(struct adit_span name);

/*
 * Decrypts `len` bytes in place; tag_size bytes stand behind them. `secret` is
 * the key with the IV behind it. INTEGRITY: the tag is not that of these bytes
 * under this key. USAGE: no whole blocks. On error none of the bytes may be
 * looked at.
 */
ADIT_MUST_USE enum adit_err adit_key_cipher_open(const struct adit_key_cipher *cipher,
                                                 const uint8_t *secret, uint8_t *bytes, size_t len);

/*
 * Encrypts `len` bytes in place. UNSUPPORTED: a cipher with a tag, under which
 * no file is written here. USAGE: no whole blocks.
 */
ADIT_MUST_USE enum adit_err adit_key_cipher_seal(const struct adit_key_cipher *cipher,
                                                 const uint8_t *secret, uint8_t *bytes, size_t len);

#endif
