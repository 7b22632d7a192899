/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key encapsulation: who has the public key makes a secret and hides it in a
 * ciphertext, which the private key opens. A ciphertext that was tampered with
 * opens too, to a secret that nobody else has (implicit rejection).
 *
 * No branch, index or division depends on a secret; tests/vector/test_constant_time.c
 * has valgrind look.
 */
#ifndef ADIT_CRYPTO_KEM_H
#define ADIT_CRYPTO_KEM_H

#include "adit/err.h"

#define ADIT_KEM_SECRET_SIZE    32
#define ADIT_KEM_PUBLIC_MAX     1184
#define ADIT_KEM_CIPHERTEXT_MAX 1088

struct adit_kem {
    size_t public_size, private_size, ciphertext_size;
    enum adit_err (*generate)(uint8_t *public_key, uint8_t *private_key);
    /* PROTOCOL when `public_key` is none. */
    enum adit_err (*encapsulate)(const uint8_t *public_key, uint8_t *ciphertext, uint8_t *secret);
    enum adit_err (*decapsulate)(const uint8_t *private_key, const uint8_t *ciphertext,
                                 uint8_t *secret);
};

extern const struct adit_kem adit_mlkem768;  /* FIPS 203 */
extern const struct adit_kem adit_sntrup761; /* Streamlined NTRU Prime */

#endif
