/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How NTRU Prime writes polynomials: as one number in a mixed radix, cut so that
 * hardly a bit is lost. What is encoded may be secret; what is decoded in this
 * way is public. Small polynomials take two bits for each coefficient.
 */
#ifndef ADIT_CRYPTO_SNTRUP761_CODE_H
#define ADIT_CRYPTO_SNTRUP761_CODE_H

#include "crypto/sntrup761_ring.h"

#define ADIT_SNTRUP_FULL_SIZE    1158 /* any coefficients */
#define ADIT_SNTRUP_ROUNDED_SIZE 1007 /* multiples of 3 */
#define ADIT_SNTRUP_SMALL_SIZE   191

void adit_sntrup_encode_full(const struct adit_sntrup_poly *f, uint8_t *out);
void adit_sntrup_decode_full(const uint8_t *in, struct adit_sntrup_poly *f);
void adit_sntrup_encode_rounded(const struct adit_sntrup_poly *f, uint8_t *out);
void adit_sntrup_decode_rounded(const uint8_t *in, struct adit_sntrup_poly *f);
void adit_sntrup_encode_small(const struct adit_sntrup_poly *f, uint8_t *out);
void adit_sntrup_decode_small(const uint8_t *in, struct adit_sntrup_poly *f);

#endif
