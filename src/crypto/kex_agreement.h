/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Methods in which each side sends a public key and both compute the same
 * secret. A hybrid with a KEM is none of them: kex_hybrid.c has its three steps.
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

/* A DH key pair in the group; USAGE without one. */
ADIT_MUST_USE enum adit_err adit_kex_group_generate(const struct adit_kex_group *group,
                                                    EVP_PKEY **out);

/* Bits of a DH private key: twice the longest key that is derived (RFC 4419, 6.2). */
#define ADIT_DH_PRIVATE_BITS 512

#define ADIT_X25519_SIZE 32

/* What X25519 gives. PROTOCOL for a `peer` of another size or of low order. */
ADIT_MUST_USE enum adit_err adit_x25519_secret(EVP_PKEY *own, struct adit_span peer,
                                               uint8_t secret[static ADIT_X25519_SIZE]);

/* The steps below are libcrypto's, the same for all three; they answer whether it did them. */

/* A key pair. `group` may be NULL; `private_bits` 0 is libcrypto's choice. */
ADIT_MUST_USE bool adit_kex_generate(const char *key_type, const char *group, int private_bits,
                                     EVP_PKEY **out);
/* A key pair with the parameters of another key. */
ADIT_MUST_USE bool adit_kex_generate_like(EVP_PKEY *parameters, int private_bits, EVP_PKEY **out);
/* The public key as an octet string: X25519's u, or an uncompressed point. */
ADIT_MUST_USE enum adit_err adit_kex_write_octets(const EVP_PKEY *own, struct adit_buffer *out);
/* What `own` and `peer` have in common, at most `*len` bytes. */
ADIT_MUST_USE bool adit_kex_derive(EVP_PKEY *own, EVP_PKEY *peer, bool validate, uint8_t *out,
                                   size_t *len);

#endif
