/* SPDX-License-Identifier: BSD-2-Clause */
/* libcrypto's keys made from numbers, with the checks that SSH asks for first. */
#ifndef ADIT_CRYPTO_KEY_IMPORT_H
#define ADIT_CRYPTO_KEY_IMPORT_H

#include "adit/err.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define ADIT_EC_COORDINATE_MAX 66
#define ADIT_EC_POINT_MAX      (1 + 2 * ADIT_EC_COORDINATE_MAX)

/* A key of this libcrypto type from its fields. False when libcrypto refuses. */
ADIT_MUST_USE bool adit_key_import(const char *key_type, int selection, OSSL_PARAM_BLD *fields,
                                   EVP_PKEY **out);

/* A number that is wiped wherever libcrypto copies it. NULL without memory. */
BIGNUM *adit_secret_number(struct adit_span magnitude);

/* Bytes of a coordinate on this curve (libcrypto's name), 0 when it is none of ours. */
size_t adit_ec_coordinate_size(const char *group);

/*
 * An EC key; public only when `scalar` is NULL. MALFORMED unless `point` is
 * uncompressed (04 || X || Y), of the right size and on the curve (RFC 5656, 4).
 */
ADIT_MUST_USE enum adit_err adit_ec_key_import(const char *group, struct adit_span point,
                                               const BIGNUM *scalar, EVP_PKEY **out);

/* The point of `key` as 04 || X || Y, in whatever form libcrypto read it. */
ADIT_MUST_USE enum adit_err adit_ec_key_point(const EVP_PKEY *key, size_t coordinate_size,
                                              uint8_t out[static ADIT_EC_POINT_MAX]);

/*
 * What is refused before any computation with it: LIMIT for a modulus or an
 * exponent out of size, MALFORMED for values that no RSA key has.
 */
ADIT_MUST_USE enum adit_err adit_rsa_check_public(struct adit_span n, struct adit_span e);

struct adit_rsa_numbers {
    const BIGNUM *n, *e;                      /* the public key */
    const BIGNUM *d, *p, *q, *dp, *dq, *iqmp; /* all NULL, or all set */
};

ADIT_MUST_USE enum adit_err adit_rsa_key_import(const struct adit_rsa_numbers *numbers,
                                                EVP_PKEY **out);

#endif
