/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Methods in which each side sends a public key and both compute the same
 * secret. A KEM is none of them: it brings its own three steps (kex_method.c).
 */
#ifndef ADIT_CRYPTO_KEX_AGREEMENT_H
#define ADIT_CRYPTO_KEX_AGREEMENT_H

#include "crypto/kex_method.h"

#include <openssl/evp.h>

struct adit_kex_agreement {
    enum adit_err (*generate)(const struct adit_kex_algorithm *algorithm, EVP_PKEY **out);
    enum adit_err (*write_public)(const EVP_PKEY *own, struct adit_buffer *out);
    /* PROTOCOL when `peer` is none that the method allows. Appends K, an mpint with its length. */
    enum adit_err (*agree)(const struct adit_kex_algorithm *algorithm, EVP_PKEY *own,
                           struct adit_span peer, struct adit_buffer *shared);
};

extern const struct adit_kex_agreement adit_kex_x25519;
extern const struct adit_kex_agreement adit_kex_ecdh;
extern const struct adit_kex_agreement adit_kex_dh;

/* The steps below are libcrypto's, the same for all three; they answer whether it did them. */

/* A key pair. `group` may be NULL; `private_bits` 0 is libcrypto's choice. */
ADIT_MUST_USE bool adit_kex_generate(const char *key_type, const char *group, int private_bits,
                                     EVP_PKEY **out);
/* The public key as an octet string: X25519's u, or an uncompressed point. */
ADIT_MUST_USE enum adit_err adit_kex_write_octets(const EVP_PKEY *own, struct adit_buffer *out);
/* What `own` and `peer` have in common, at most `*len` bytes. */
ADIT_MUST_USE bool adit_kex_derive(EVP_PKEY *own, EVP_PKEY *peer, bool validate, uint8_t *out,
                                   size_t *len);

#endif
