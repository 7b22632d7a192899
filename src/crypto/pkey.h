/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asymmetric keys and SSH's signatures over libcrypto: public key blobs
 * (RFC 4253, 6.6; 5656; 8709), signature blobs (the same, and 8332), private
 * halves from their numbers or from PEM.
 */
#ifndef ADIT_CRYPTO_PKEY_H
#define ADIT_CRYPTO_PKEY_H

#include "adit/key.h"
#include "base/buffer.h"

struct adit_pkey;

#define ADIT_RSA_BITS_MIN  2048
#define ADIT_RSA_BITS_MAX  16384
#define ADIT_SIGNATURE_MAX 4096 /* limit for a buffer that takes a signature blob */
#define ADIT_BLOB_MAX      8192 /* limit for a buffer that takes a public key blob */

/*
 * One row for each name that is negotiated or stands in a login request:
 * "rsa-sha2-256-cert-v01@openssh.com" goes with certificates named
 * "ssh-rsa-cert-v01@openssh.com", and its signatures are named "rsa-sha2-256".
 */
struct adit_signature_algorithm {
    const char *name;
    const char *key_name;       /* of the blob, of a key or of a certificate */
    const char *signature_name; /* inside a signature blob */
    enum adit_key_type key_type;
    const char *digest; /* libcrypto's name; NULL for ed25519 */
};

const struct adit_signature_algorithm *adit_signature_find(struct adit_span name);

/* The numbers of a private key; magnitudes big-endian. What a type does not use stays empty. */
struct adit_private_numbers {
    struct adit_span ed25519_seed;   /* 32 bytes */
    struct adit_span ed25519_public; /* 32 bytes, must fit the seed */
    struct adit_span ec_point;       /* uncompressed, must fit the scalar */
    struct adit_span ec_scalar;
    struct adit_span rsa_n, rsa_e, rsa_d, rsa_p, rsa_q, rsa_iqmp;
};

/* MALFORMED, UNSUPPORTED (type name), LIMIT (RSA size); trailing bytes are MALFORMED. */
ADIT_MUST_USE enum adit_err adit_pkey_from_blob(struct adit_span blob, struct adit_pkey **out);
/* FORMAT when the numbers do not make a key whose halves fit each other. */
ADIT_MUST_USE enum adit_err adit_pkey_from_numbers(enum adit_key_type type,
                                                   const struct adit_private_numbers *numbers,
                                                   struct adit_pkey **out);
enum adit_pem {
    ADIT_PEM_TRADITIONAL, /* PKCS#1 for RSA, SEC1 for ECDSA */
    ADIT_PEM_PKCS8,
};

/*
 * Appends a private key as PEM; `out` is to be a secret buffer. With a
 * passphrase the traditional form is under AES-128-CBC, whose key is one MD5
 * away from the passphrase, PKCS#8 under PBES2: AES-256-CBC, PBKDF2 with
 * HMAC-SHA-256. USAGE: a public key. UNSUPPORTED: ed25519 in the traditional form.
 */
ADIT_MUST_USE enum adit_err adit_pkey_write_pem(const struct adit_pkey *pkey, enum adit_pem form,
                                                const char *passphrase, struct adit_buffer *out);
/* PEM (PKCS#1, SEC1, PKCS#8 plain and encrypted). FORMAT, PASSPHRASE, UNSUPPORTED, LIMIT. */
ADIT_MUST_USE enum adit_err adit_pkey_from_pem(struct adit_span text, const char *passphrase,
                                               struct adit_pkey **out);
/*
 * Appends the blob of a public key in PEM, "PUBLIC KEY" (RFC 7468, 13) or "RSA
 * PUBLIC KEY" (RFC 8017, A.1.1). FORMAT, UNSUPPORTED, LIMIT.
 */
ADIT_MUST_USE enum adit_err adit_public_pem_blob(struct adit_span text, struct adit_buffer *out);
ADIT_MUST_USE enum adit_err adit_pkey_generate(enum adit_key_type type, unsigned bits,
                                               struct adit_pkey **out);
void adit_pkey_free(struct adit_pkey *pkey);

enum adit_key_type adit_pkey_type(const struct adit_pkey *pkey);
unsigned adit_pkey_bits(const struct adit_pkey *pkey);
bool adit_pkey_is_private(const struct adit_pkey *pkey);
/* "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa". */
const char *adit_key_type_name(enum adit_key_type type);

/* Appends the public key blob. */
ADIT_MUST_USE enum adit_err adit_pkey_write_blob(const struct adit_pkey *pkey,
                                                 struct adit_buffer *out);

/*
 * The private numbers, each appended to `storage` (a secret buffer, limit
 * 16 KiB), which the spans of `*out` point into.
 */
ADIT_MUST_USE enum adit_err adit_pkey_numbers(const struct adit_pkey *pkey,
                                              struct adit_buffer *storage,
                                              struct adit_private_numbers *out);

/* Appends a signature blob: string algorithm, string signature. USAGE when the key does not fit. */
ADIT_MUST_USE enum adit_err adit_pkey_sign(const struct adit_pkey *pkey,
                                           const struct adit_signature_algorithm *algorithm,
                                           struct adit_span data, struct adit_buffer *out);

/*
 * ADIT_OK only when `signature` is a blob of exactly this algorithm, made over
 * `data` by this key. SIGNATURE for every other outcome but NO_MEMORY and
 * CRYPTO, which are no "yes" either.
 */
ADIT_MUST_USE enum adit_err adit_pkey_verify(const struct adit_pkey *pkey,
                                             const struct adit_signature_algorithm *algorithm,
                                             struct adit_span data, struct adit_span signature);

#endif
