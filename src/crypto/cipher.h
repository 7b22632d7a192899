/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What protects the packets of one direction: a cipher with its MAC, or an AEAD
 * (RFC 4253, 6; RFC 4344; RFC 5647 with OpenSSH's PROTOCOL 1.5 and 1.6;
 * chacha20-poly1305@openssh.com). Packets are sealed and opened in place:
 *
 *     packet_length(4) padding_length(1) payload padding | tag
 *     `------------------- len ------------------------'   `-- tag_size
 *
 * Nothing is allocated per packet; one context of the library is kept for the life
 * of the keys and only its IV changes.
 */
#ifndef ADIT_CRYPTO_CIPHER_H
#define ADIT_CRYPTO_CIPHER_H

#include "crypto/hash.h"

struct adit_cipher_algorithm {
    const char *name;
    const char *libcrypto_name; /* what EVP_CIPHER_fetch() is asked for */
    uint8_t kind;               /* enum cipher_kind of cipher.c */
    uint8_t key_size;
    uint8_t iv_size;
    uint8_t block_size; /* what padding aligns to, at least 8 */
    uint8_t tag_size;   /* of an AEAD; 0: a MAC is negotiated beside the cipher */
};

struct adit_mac_algorithm {
    const char *name;
    enum adit_hash hash;
    uint8_t key_size;
    uint8_t tag_size;
    bool etm; /* encrypt-then-MAC: packet_length stays in clear */
};

struct adit_cipher;

/* NULL when there is no such name here. */
const struct adit_cipher_algorithm *adit_cipher_find(struct adit_span name);
const struct adit_mac_algorithm *adit_mac_find(struct adit_span name);

/*
 * Keys for one direction. `mac` is NULL for an AEAD. `key`, `iv` and `mac_key`
 * have at least the sizes that the algorithms name. CRYPTO, NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_cipher_new(const struct adit_cipher_algorithm *algorithm,
                                            const struct adit_mac_algorithm *mac, bool seals,
                                            const uint8_t *key, const uint8_t *iv,
                                            const uint8_t *mac_key, struct adit_cipher **out);

/* No protection: before the first NEWKEYS. NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_cipher_new_none(struct adit_cipher **out);

/* Wipes the keys. */
void adit_cipher_free(struct adit_cipher *cipher);

bool adit_cipher_is_none(const struct adit_cipher *cipher);
/* Bytes after the packet: the tag or MAC. */
size_t adit_cipher_tag_size(const struct adit_cipher *cipher);
/* The multiple that the padded part must have, at least 8. */
size_t adit_cipher_block_size(const struct adit_cipher *cipher);
/* Bytes at the front that padding does not count: 4 with EtM and AEAD, else 0. */
size_t adit_cipher_clear_size(const struct adit_cipher *cipher);
/* Bytes that must have come before adit_cipher_open_length() may be asked. */
size_t adit_cipher_head_size(const struct adit_cipher *cipher);

/*
 * Seals the `len` bytes at `packet` in place and writes tag_size bytes behind
 * them. `sequence_number` is that of the packet (RFC 4253, 6.4).
 */
ADIT_MUST_USE enum adit_err adit_cipher_seal(struct adit_cipher *cipher, uint32_t sequence_number,
                                             uint8_t *packet, size_t len);

/*
 * Reads packet_length. To be called once for each packet, with head_size bytes
 * there: where the length is encrypted with the first block, that block is
 * decrypted in place and adit_cipher_open() goes on behind it. The value is not
 * authenticated yet: check it before use.
 */
ADIT_MUST_USE enum adit_err adit_cipher_open_length(struct adit_cipher *cipher,
                                                    uint32_t sequence_number, uint8_t *packet,
                                                    uint32_t *packet_length);

/*
 * Verifies and opens in place the packet of `len` bytes (4 + packet_length)
 * with its tag behind it. INTEGRITY when it was altered: then no byte of it may
 * be looked at. After success packet[4] is padding_length.
 */
ADIT_MUST_USE enum adit_err adit_cipher_open(struct adit_cipher *cipher, uint32_t sequence_number,
                                             uint8_t *packet, size_t len);

#endif
