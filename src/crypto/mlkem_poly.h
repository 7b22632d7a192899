/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Polynomials of ML-KEM: 256 coefficients mod q = 3329, always in [0, q).
 *
 * Coefficients are secret. No compiler's division is fast and constant in time,
 * so that none is written: a multiplication and a shift give the quotient
 * ("KyberSlash" is what happens otherwise).
 */
#ifndef ADIT_CRYPTO_MLKEM_POLY_H
#define ADIT_CRYPTO_MLKEM_POLY_H

#include "adit/err.h"

#define ADIT_MLKEM_N          256
#define ADIT_MLKEM_Q          3329
#define ADIT_MLKEM_POLY_BYTES 384 /* 12 bits for each */

struct adit_mlkem_poly {
    uint16_t c[ADIT_MLKEM_N];
};

void adit_mlkem_add(struct adit_mlkem_poly *f, const struct adit_mlkem_poly *g);
/* f - g, into f. */
void adit_mlkem_subtract(struct adit_mlkem_poly *f, const struct adit_mlkem_poly *g);
/* FIPS 203, algorithms 9 and 10. */
void adit_mlkem_ntt(struct adit_mlkem_poly *f);
void adit_mlkem_inverse_ntt(struct adit_mlkem_poly *f);
/* sum + f * g, into sum, all of them transformed (algorithms 11 and 12). */
void adit_mlkem_multiply_add(struct adit_mlkem_poly *sum, const struct adit_mlkem_poly *f,
                             const struct adit_mlkem_poly *g);

/* ByteEncode_12 and ByteDecode_12 (algorithms 5 and 6). Decoding tells whether all was below q. */
void adit_mlkem_encode(const struct adit_mlkem_poly *f, uint8_t out[static ADIT_MLKEM_POLY_BYTES]);
bool adit_mlkem_decode(const uint8_t in[static ADIT_MLKEM_POLY_BYTES], struct adit_mlkem_poly *f);

/* Compress_d, then ByteEncode_d, to 32 * d bytes; and back (FIPS 203, 4.2.1). d is 1, 4 or 10. */
void adit_mlkem_compress(const struct adit_mlkem_poly *f, unsigned d, uint8_t *out);
void adit_mlkem_decompress(const uint8_t *in, unsigned d, struct adit_mlkem_poly *f);

/* A uniform polynomial, already transformed, from rho and its place in the matrix (algorithm 7). */
void adit_mlkem_sample_uniform(const uint8_t rho[static 32], uint8_t column, uint8_t row,
                               struct adit_mlkem_poly *f);
/* A small one from PRF(seed, nonce) with eta = 2 (algorithm 8). */
void adit_mlkem_sample_small(const uint8_t seed[static 32], uint8_t nonce,
                             struct adit_mlkem_poly *f);

#endif
