/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/mlkem_poly.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/keccak.h"

enum { N = ADIT_MLKEM_N, Q = ADIT_MLKEM_Q };

/* 17 to the power of i with its seven bits reversed (FIPS 203, appendix A). */
static const uint16_t zetas[128] = {
    1,    1729, 2580, 3289, 2642, 630,  1897, 848,  1062, 1919, 193,  797,  2786, 3260, 569,  1746,
    296,  2447, 1339, 1476, 3046, 56,   2240, 1333, 1426, 2094, 535,  2882, 2393, 2879, 1974, 821,
    289,  331,  3253, 1756, 1197, 2304, 2277, 2055, 650,  1977, 2513, 632,  2865, 33,   1320, 1915,
    2319, 1435, 807,  452,  1438, 2868, 1534, 2402, 2647, 2617, 1481, 648,  2474, 3110, 1227, 910,
    17,   2761, 583,  2649, 1637, 723,  2288, 1100, 1409, 2662, 3281, 233,  756,  2156, 3015, 3050,
    1703, 1651, 2789, 1789, 1847, 952,  1461, 2687, 939,  2308, 2437, 2388, 733,  2337, 268,  641,
    1584, 2298, 2037, 3220, 375,  2549, 2090, 1645, 1063, 319,  2773, 757,  2099, 561,  2466, 2594,
    2804, 1092, 403,  1026, 1143, 2150, 2775, 886,  1722, 1212, 1874, 1029, 2110, 2935, 885,  2154,
};

/*
 * x / q. With M = ceil(2^36 / q) and M * q = 2^36 + 1655 it is exact as long as
 * 1655 * x < 2^36: for all that is below 3.7 * q^2.
 */
static uint32_t quotient(uint32_t x)
{
    return (uint32_t)((uint64_t)x * 20642679 >> 36);
}

static uint16_t reduce(uint32_t x)
{
    return (uint16_t)(x - quotient(x) * Q);
}

/* x - q if that is not negative, for x < 2 * q. */
static uint16_t subtract_q(uint32_t x)
{
    const uint32_t less = x - Q;

    return (uint16_t)(less + (Q & (0 - (less >> 31))));
}

void adit_mlkem_add(struct adit_mlkem_poly *f, const struct adit_mlkem_poly *g)
{
    for (size_t i = 0; i < N; i++)
        f->c[i] = subtract_q((uint32_t)f->c[i] + g->c[i]);
}

void adit_mlkem_subtract(struct adit_mlkem_poly *f, const struct adit_mlkem_poly *g)
{
    for (size_t i = 0; i < N; i++)
        f->c[i] = subtract_q((uint32_t)f->c[i] + Q - g->c[i]);
}

void adit_mlkem_ntt(struct adit_mlkem_poly *f)
{
    size_t zeta = 1;

    for (size_t len = 128; len >= 2; len /= 2) {
        for (size_t start = 0; start < N; start += 2 * len, zeta++) {
            for (size_t j = start; j < start + len; j++) {
                const uint16_t t = reduce((uint32_t)zetas[zeta] * f->c[j + len]);

                f->c[j + len] = subtract_q((uint32_t)f->c[j] + Q - t);
                f->c[j] = subtract_q((uint32_t)f->c[j] + t);
            }
        }
    }
}

void adit_mlkem_inverse_ntt(struct adit_mlkem_poly *f)
{
    enum { INVERSE_OF_128 = 3303 };
    size_t zeta = 127;

    for (size_t len = 2; len <= 128; len *= 2) {
        for (size_t start = 0; start < N; start += 2 * len, zeta--) {
            for (size_t j = start; j < start + len; j++) {
                const uint32_t difference = (uint32_t)f->c[j + len] + Q - f->c[j];

                f->c[j] = subtract_q((uint32_t)f->c[j] + f->c[j + len]);
                f->c[j + len] = reduce(zetas[zeta] * difference);
            }
        }
    }
    for (size_t i = 0; i < N; i++)
        f->c[i] = reduce((uint32_t)f->c[i] * INVERSE_OF_128);
}

void adit_mlkem_multiply_add(struct adit_mlkem_poly *sum, const struct adit_mlkem_poly *f,
                             const struct adit_mlkem_poly *g)
{
    for (size_t i = 0; i < N; i += 2) {
        /* X^2 is 17^(2 * BitRev(i) + 1) here: a zeta, and for every other pair its negative. */
        const uint32_t zeta = zetas[64 + i / 4];
        const uint32_t square = i % 4 ? Q - zeta : zeta;
        const uint32_t f0 = f->c[i];
        const uint32_t f1 = f->c[i + 1];
        const uint32_t g0 = g->c[i];
        const uint32_t g1 = g->c[i + 1];

        sum->c[i] = reduce(sum->c[i] + f0 * g0 + reduce(f1 * g1) * square);
        sum->c[i + 1] = reduce(sum->c[i + 1] + f0 * g1 + f1 * g0);
    }
}

void adit_mlkem_encode(const struct adit_mlkem_poly *f, uint8_t out[static ADIT_MLKEM_POLY_BYTES])
{
    for (size_t i = 0; i < N / 2; i++) {
        const uint16_t a = f->c[2 * i];
        const uint16_t b = f->c[2 * i + 1];

        out[3 * i] = (uint8_t)a;
        out[3 * i + 1] = (uint8_t)(a >> 8 | b << 4);
        out[3 * i + 2] = (uint8_t)(b >> 4);
    }
}

bool adit_mlkem_decode(const uint8_t in[static ADIT_MLKEM_POLY_BYTES], struct adit_mlkem_poly *f)
{
    uint32_t all_below = 1;

    for (size_t i = 0; i < N / 2; i++) {
        const uint32_t three =
            in[3 * i] | (uint32_t)in[3 * i + 1] << 8 | (uint32_t)in[3 * i + 2] << 16;

        f->c[2 * i] = (uint16_t)(three & 0xfff);
        f->c[2 * i + 1] = (uint16_t)(three >> 12);
        all_below &= (f->c[2 * i] - (uint32_t)Q) >> 31 & (f->c[2 * i + 1] - (uint32_t)Q) >> 31;
    }
    return all_below;
}

void adit_mlkem_compress(const struct adit_mlkem_poly *f, unsigned d, uint8_t *out)
{
    const uint32_t mask = ((uint32_t)1 << d) - 1;
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < N; i++) {
        bits |= (quotient(((uint32_t)f->c[i] << d) + Q / 2) & mask) << count;
        for (count += d; count >= 8; count -= 8) {
            *out++ = (uint8_t)bits;
            bits >>= 8;
        }
    }
}

void adit_mlkem_decompress(const uint8_t *in, unsigned d, struct adit_mlkem_poly *f)
{
    const uint32_t mask = ((uint32_t)1 << d) - 1;
    const uint32_t half = (mask + 1) / 2;
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < N; i++) {
        for (; count < d; count += 8)
            bits |= (uint32_t)*in++ << count;
        f->c[i] = (uint16_t)(((bits & mask) * Q + half) >> d);
        bits >>= d;
        count -= d;
    }
}

/* What is rejected depends on rho alone, which is public. */
void adit_mlkem_sample_uniform(const uint8_t rho[static 32], uint8_t column, uint8_t row,
                               struct adit_mlkem_poly *f)
{
    const uint8_t place[2] = { column, row };
    struct adit_keccak k;
    size_t filled = 0;

    adit_keccak_init(&k, ADIT_SHAKE128_RATE);
    adit_keccak_absorb(&k, adit_span_of(rho, 32));
    adit_keccak_absorb(&k, adit_span_of(place, sizeof place));
    adit_keccak_finish(&k, ADIT_SHAKE_SUFFIX);
    while (filled < N) {
        uint8_t bytes[3];
        uint16_t pair[2];

        adit_keccak_squeeze(&k, bytes, sizeof bytes);
        pair[0] = (uint16_t)(bytes[0] | (bytes[1] & 0xf) << 8);
        pair[1] = (uint16_t)(bytes[1] >> 4 | bytes[2] << 4);
        for (size_t i = 0; i < 2 && filled < N; i++)
            if (pair[i] < Q)
                f->c[filled++] = pair[i];
    }
}

void adit_mlkem_sample_small(const uint8_t seed[static 32], uint8_t nonce,
                             struct adit_mlkem_poly *f)
{
    uint8_t bytes[N / 2];

    adit_shake256(adit_span_of(seed, 32), adit_span_of(&nonce, 1), bytes, sizeof bytes);
    for (size_t i = 0; i < N; i++) {
        const unsigned bits = bytes[i / 2] >> i % 2 * 4;
        const unsigned x = (bits & 1) + (bits >> 1 & 1);
        const unsigned y = (bits >> 2 & 1) + (bits >> 3 & 1);

        f->c[i] = subtract_q(x + Q - y);
    }
    adit_wipe(bytes, sizeof bytes);
}
