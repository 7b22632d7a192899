/* SPDX-License-Identifier: BSD-2-Clause */
/* ML-KEM-768 with its randomness given, for kem.h and for the vectors. Nothing here can fail. */
#ifndef ADIT_CRYPTO_MLKEM_H
#define ADIT_CRYPTO_MLKEM_H

#include "crypto/kem.h"

#define ADIT_MLKEM_SEED_SIZE       64 /* d, z */
#define ADIT_MLKEM_MESSAGE_SIZE    32 /* m */
#define ADIT_MLKEM_PUBLIC_SIZE     1184
#define ADIT_MLKEM_PRIVATE_SIZE    2400 /* s, the public key, its digest, z */
#define ADIT_MLKEM_CIPHERTEXT_SIZE 1088

/* ML-KEM.KeyGen_internal (FIPS 203, 6.1). */
void adit_mlkem_generate(const uint8_t seed[static ADIT_MLKEM_SEED_SIZE],
                         uint8_t public_key[static ADIT_MLKEM_PUBLIC_SIZE],
                         uint8_t private_key[static ADIT_MLKEM_PRIVATE_SIZE]);

/* The modulus check of FIPS 203, 7.2: every coefficient is below q. */
bool adit_mlkem_is_public_key(const uint8_t public_key[static ADIT_MLKEM_PUBLIC_SIZE]);

/* ML-KEM.Encaps_internal (FIPS 203, 6.2), for a key that was checked. */
void adit_mlkem_encapsulate(const uint8_t public_key[static ADIT_MLKEM_PUBLIC_SIZE],
                            const uint8_t message[static ADIT_MLKEM_MESSAGE_SIZE],
                            uint8_t ciphertext[static ADIT_MLKEM_CIPHERTEXT_SIZE],
                            uint8_t secret[static ADIT_KEM_SECRET_SIZE]);

/* ML-KEM.Decaps_internal (FIPS 203, 6.3), for a private key of our own making. */
void adit_mlkem_decapsulate(const uint8_t private_key[static ADIT_MLKEM_PRIVATE_SIZE],
                            const uint8_t ciphertext[static ADIT_MLKEM_CIPHERTEXT_SIZE],
                            uint8_t secret[static ADIT_KEM_SECRET_SIZE]);

#endif
