/* SPDX-License-Identifier: BSD-2-Clause */
/* Small polynomials from random words. */
#include "crypto/sntrup761_ring.h"

enum { P = ADIT_SNTRUP_P, W = ADIT_SNTRUP_W };

void adit_sntrup_small(const uint32_t random[static ADIT_SNTRUP_P], struct adit_sntrup_poly *out)
{
    for (size_t i = 0; i < P; i++)
        out->c[i] = (int16_t)(((random[i] & 0x3fffffff) * 3 >> 30) - 1);
}

static void sort_two(uint32_t *a, uint32_t *b)
{
    const uint32_t less = (uint32_t)(((uint64_t)*b - *a) >> 32); /* all ones when *b < *a */
    const uint32_t change = less & (*a ^ *b);

    *a ^= change;
    *b ^= change;
}

/* Batcher's merge exchange: which words are compared depends on their number alone. */
static void sort(uint32_t words[static P])
{
    enum { TOP = 512 }; /* the largest power of two below P */

    for (size_t p = TOP; p > 0; p /= 2) {
        size_t r = 0;
        size_t d = p;

        for (size_t q = TOP;; q /= 2) {
            for (size_t i = 0; i + d < P; i++)
                if ((i & p) == r)
                    sort_two(&words[i], &words[i + d]);
            if (q == p)
                break;
            d = q - p;
            r = p;
        }
    }
}

/* The lowest two bits say which coefficient it is, the others where it goes. */
void adit_sntrup_short(uint32_t random[static ADIT_SNTRUP_P], struct adit_sntrup_poly *out)
{
    for (size_t i = 0; i < W; i++)
        random[i] &= ~(uint32_t)1; /* 0 or 2: -1 or 1 */
    for (size_t i = W; i < P; i++)
        random[i] = (random[i] & ~(uint32_t)3) | 1; /* 0 */
    sort(random);
    for (size_t i = 0; i < P; i++)
        out->c[i] = (int16_t)((int16_t)(random[i] & 3) - 1);
}

int16_t adit_sntrup_mask_of_wrong_weight(const struct adit_sntrup_poly *f)
{
    uint32_t weight = 0;

    for (size_t i = 0; i < P; i++)
        weight += (uint32_t)(f->c[i] & 1);
    return (int16_t) - (int16_t)((0 - (weight ^ W)) >> 31);
}
