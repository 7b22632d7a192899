/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arithmetic of Streamlined NTRU Prime: polynomials modulo x^761 - x - 1, with
 * coefficients modulo q = 4591, in [-2295, 2295], or modulo 3, in [-1, 1]. All
 * of it is secret: loops are of constant length, and choices are masks.
 */
#ifndef ADIT_CRYPTO_SNTRUP761_RING_H
#define ADIT_CRYPTO_SNTRUP761_RING_H

#include "adit/err.h"

#define ADIT_SNTRUP_P 761
#define ADIT_SNTRUP_Q 4591
#define ADIT_SNTRUP_W 286 /* coefficients of a short polynomial that are not 0 */

struct adit_sntrup_poly {
    int16_t c[ADIT_SNTRUP_P];
};

/* The one of [-2295, 2295] that is x modulo q, for |x| < 6 000 000. */
int16_t adit_sntrup_freeze(int32_t x);

/* The one of [-1, 1] that is x modulo 3, for |x| <= 2295. */
int16_t adit_sntrup_freeze_3(int16_t x);

/*
 * f * g, where g's coefficients are in [-1, 1]. Modulo q; exact, and so good modulo 3 too,
 * when f's are in [-1, 1] as well.
 */
void adit_sntrup_multiply(const struct adit_sntrup_poly *f, const struct adit_sntrup_poly *g,
                          struct adit_sntrup_poly *out);

/* 1 / (3 * in) modulo q, for an `in` of [-1, 1] that is not 0. */
void adit_sntrup_invert_3f(const struct adit_sntrup_poly *in, struct adit_sntrup_poly *out);

/* 1 / in modulo 3. False when there is none. */
bool adit_sntrup_invert_mod_3(const struct adit_sntrup_poly *in, struct adit_sntrup_poly *out);

/* From P words of randomness: each of [-1, 1] equally likely. */
void adit_sntrup_small(const uint32_t random[static ADIT_SNTRUP_P], struct adit_sntrup_poly *out);

/* From P words of randomness, which are used up: W coefficients of 1 or -1, in random places. */
void adit_sntrup_short(uint32_t random[static ADIT_SNTRUP_P], struct adit_sntrup_poly *out);

/* All ones unless exactly W coefficients, each in [-1, 1], are not 0; then 0. */
int16_t adit_sntrup_mask_of_wrong_weight(const struct adit_sntrup_poly *f);

#endif
