/* SPDX-License-Identifier: BSD-2-Clause */
/* PuTTY's private key files, versions 2 and 3 (the PuTTY manual, appendix C). */
#ifndef ADIT_KEYS_PPK_H
#define ADIT_KEYS_PPK_H

#include "crypto/argon2.h"
#include "keys/key.h"

#define ADIT_PPK_BEGIN "PuTTY-User-Key-File-"

/*
 * `text` begins with the line "PuTTY-User-Key-File-…". FORMAT, PASSPHRASE,
 * UNSUPPORTED (another version or cipher), LIMIT (RSA bits, cost of Argon2).
 */
ADIT_MUST_USE enum adit_err adit_ppk_read(struct adit_span text, const char *passphrase,
                                          struct adit_key **out);

/* FORMAT, UNSUPPORTED, LIMIT. */
ADIT_MUST_USE enum adit_err adit_ppk_outside(struct adit_span text, struct adit_key_outside *out);

/*
 * Appends the file of a private key; `version` is 2 or 3; `out` is to be a
 * secret buffer. With a passphrase, version 3 takes Argon2id, 64 MiB, 3 passes.
 */
ADIT_MUST_USE enum adit_err adit_ppk_write(const struct adit_key *key, unsigned version,
                                           const char *comment, const char *passphrase,
                                           struct adit_buffer *out);

/* ---- what reading and writing share ---- */

#define ADIT_PPK_CIPHER "aes256-cbc" /* the only one there is */

enum {
    ADIT_PPK_BLOCK = 16,
    ADIT_PPK_SALT_MAX = 64,
    ADIT_PPK_MAC_MAX = 32,
    ADIT_PPK_CIPHER_SECRET = 48, /* key and IV */
    ADIT_PPK_LINE_LETTERS = 64,
    ADIT_PPK_NUMBERS_MAX = 16 * 1024,
};

/* How the passphrase becomes keys; version 2 has one way and needs none of this. */
struct adit_ppk_kdf {
    enum adit_argon2 kind;
    struct adit_argon2_cost cost;
    uint8_t salt[ADIT_PPK_SALT_MAX];
    size_t salt_len;
};

/* To be wiped. */
struct adit_ppk_secret {
    uint8_t cipher[ADIT_PPK_CIPHER_SECRET];
    uint8_t mac[ADIT_PPK_MAC_MAX];
    size_t mac_len;
};

/* Everything that the MAC covers; `private` is in plain, with its padding. */
struct adit_ppk_covered {
    struct adit_span type, encryption, comment, public, private;
};

/* "Argon2id" and its two kin, as the file calls them. */
const char *adit_ppk_kdf_name(enum adit_argon2 kind);

/* `passphrase` is empty for a file that is not encrypted. LIMIT, FORMAT, NO_MEMORY, CRYPTO. */
ADIT_MUST_USE enum adit_err adit_ppk_derive(unsigned version, const struct adit_ppk_kdf *kdf,
                                            struct adit_span passphrase,
                                            struct adit_ppk_secret *out);

/* Bytes of a MAC of this version. */
size_t adit_ppk_mac_size(unsigned version);

ADIT_MUST_USE enum adit_err adit_ppk_mac(unsigned version, const struct adit_ppk_secret *secret,
                                         const struct adit_ppk_covered *covered,
                                         uint8_t out[static ADIT_PPK_MAC_MAX]);

#endif
