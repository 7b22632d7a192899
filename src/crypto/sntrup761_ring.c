/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/sntrup761_ring.h"

#include "base/memory.h"

#include <string.h>

enum {
    P = ADIT_SNTRUP_P,
    Q = ADIT_SNTRUP_Q,
    W = ADIT_SNTRUP_W,
    HALF_Q = (Q - 1) / 2,
    ROOM = 768, /* P and a few zeros: a multiple of what a vector register holds */
    PRODUCT_ROOM = 2 * ROOM,
};

/*
 * x + HALF_Q is made positive and divided by q with a multiplication: with
 * M = ceil(2^36 / q) and M * q = 2^36 + 2337 that is exact below 29 000 000.
 */
int16_t adit_sntrup_freeze(int32_t x)
{
    enum { ADDED = 2000 * Q };
    const uint32_t positive = (uint32_t)(x + HALF_Q + ADDED);
    const uint32_t quotient = (uint32_t)((uint64_t)positive * 14968303 >> 36);

    return (int16_t)((int32_t)(positive - quotient * Q) - HALF_Q);
}

int16_t adit_sntrup_freeze_3(int16_t x)
{
    const uint32_t positive = (uint32_t)(x + 1 + 3 * 1000);

    /* 21846 = (2^16 + 2) / 3: exact below 32768. */
    return (int16_t)((int32_t)(positive - (positive * 21846 >> 16) * 3) - 1);
}

/* Some x modulo q that lies in [-700, 5300], for any x: less than freezing, and eight at a time. */
static void reduce_all(int16_t x[static PRODUCT_ROOM])
{
    for (size_t i = 0; i < PRODUCT_ROOM; i++)
        x[i] = (int16_t)(x[i] - (int16_t)(x[i] * 14 >> 16) * Q);
}

static void add_multiple(int16_t sum[static ROOM], const int16_t f[static ROOM], int16_t factor)
{
    for (size_t i = 0; i < ROOM; i++)
        sum[i] = (int16_t)(sum[i] + f[i] * factor);
}

void adit_sntrup_multiply(const struct adit_sntrup_poly *f, const struct adit_sntrup_poly *g,
                          struct adit_sntrup_poly *out)
{
    enum { ROWS = 11 }; /* 5300 + 11 * HALF_Q fit in 16 bits */
    int16_t padded[ROOM] = { 0 };
    int16_t product[PRODUCT_ROOM] = { 0 };

    memcpy(padded, f->c, sizeof f->c);
    for (size_t i = 0; i < P; i++) {
        add_multiple(product + i, padded, g->c[i]);
        if (i % ROWS == ROWS - 1)
            reduce_all(product);
    }
    /* x^761 = x + 1 */
    for (size_t i = 0; i < P; i++) {
        const int32_t carried = i > 0 ? product[i + P - 1] : 0;

        out->c[i] = adit_sntrup_freeze(product[i] + product[i + P] + carried);
    }
    adit_wipe(padded, sizeof padded);
    adit_wipe(product, sizeof product);
}

/*
 * a * b / 2^16 modulo q, for |b| <= HALF_Q and any a (Montgomery). b_by_q is
 * b / q modulo 2^16. The result is within 3500 of 0.
 */
static int16_t multiply(int16_t a, int16_t b, int16_t b_by_q)
{
    const int16_t multiple = (int16_t)(a * b_by_q);

    return (int16_t)((int16_t)(a * b >> 16) - (int16_t)(multiple * Q >> 16));
}

static int16_t by_q(int16_t b)
{
    enum { INVERSE_OF_Q = 15631 }; /* modulo 2^16 */

    return (int16_t)(b * INVERSE_OF_Q);
}

static int16_t power(int16_t x, unsigned exponent)
{
    int16_t result = 1;

    for (unsigned bit = 1U << 12; bit; bit >>= 1) {
        result = adit_sntrup_freeze(result * result);
        if (exponent & bit) /* the exponent is no secret */
            result = adit_sntrup_freeze(result * x);
    }
    return result;
}

/* All ones if x is not 0, for any x; and if x < 0. */
static int16_t mask_of_nonzero(int16_t x)
{
    return (int16_t) - (int16_t)((0 - (uint32_t)(uint16_t)x) >> 31);
}

static int16_t mask_of_negative(int16_t x)
{
    return (int16_t) - (int16_t)((uint16_t)x >> 15);
}

/* Of a division step (Bernstein and Yang): whether the two rows change places, and what is next. */
static int16_t swap_and_count(int16_t *delta, int16_t lowest)
{
    const int16_t swap = (int16_t)(mask_of_negative((int16_t) - *delta) & mask_of_nonzero(lowest));

    *delta = (int16_t)(((*delta ^ swap) - swap) + 1);
    return swap;
}

struct row {
    int16_t c[ROOM];
};

static void swap_rows(int16_t mask, struct row *a, struct row *b)
{
    for (size_t i = 0; i < ROOM; i++) {
        const int16_t change = (int16_t)(mask & (a->c[i] ^ b->c[i]));

        a->c[i] = (int16_t)(a->c[i] ^ change);
        b->c[i] = (int16_t)(b->c[i] ^ change);
    }
}

/* b = f0 * b - g0 * a, up to a factor that is the same for all coefficients of all rows. */
static void eliminate(int16_t f0, int16_t g0, const struct row *a, struct row *b)
{
    const int16_t f0_by_q = by_q(f0);
    const int16_t g0_by_q = by_q(g0);

    for (size_t i = 0; i < ROOM; i++)
        b->c[i] = (int16_t)(multiply(b->c[i], f0, f0_by_q) - multiply(a->c[i], g0, g0_by_q));
}

static void shift_up(struct row *a)
{
    memmove(a->c + 1, a->c, sizeof a->c - sizeof a->c[0]);
    a->c[0] = 0;
}

static void shift_down(struct row *a)
{
    memmove(a->c, a->c + 1, sizeof a->c - sizeof a->c[0]);
    a->c[ROOM - 1] = 0;
}

/*
 * f starts as the modulus and g as the polynomial, both reversed; v and r keep
 * account of what was done to them. After 2P - 1 steps g is 0 and f a constant.
 */
void adit_sntrup_invert_3f(const struct adit_sntrup_poly *in, struct adit_sntrup_poly *out)
{
    struct row f = { { [0] = 1, [P - 1] = -1, [P] = -1 } };
    struct row g = { { 0 } };
    struct row v = { { 0 } };
    struct row r = { { [0] = 1 } };
    int16_t delta = 1;
    int16_t scale;

    for (size_t i = 0; i < P; i++)
        g.c[P - 1 - i] = in->c[i];
    for (size_t step = 0; step < 2 * P - 1; step++) {
        const int16_t swap = swap_and_count(&delta, adit_sntrup_freeze(g.c[0]));
        int16_t f0;
        int16_t g0;

        shift_up(&v);
        swap_rows(swap, &f, &g);
        swap_rows(swap, &v, &r);
        f0 = adit_sntrup_freeze(f.c[0]);
        g0 = adit_sntrup_freeze(g.c[0]);
        eliminate(f0, g0, &f, &g);
        eliminate(f0, g0, &v, &r);
        shift_down(&g);
    }
    scale = power(adit_sntrup_freeze(3 * adit_sntrup_freeze(f.c[0])), Q - 2);
    for (size_t i = 0; i < P; i++)
        out->c[i] = adit_sntrup_freeze(scale * adit_sntrup_freeze(v.c[P - 1 - i]));
    adit_wipe(&f, sizeof f);
    adit_wipe(&g, sizeof g);
    adit_wipe(&v, sizeof v);
    adit_wipe(&r, sizeof r);
}

/* Coefficients modulo 3, a bit for each in two sets: those that are 1, and those that are -1. */
struct trits {
    uint64_t plus[ROOM / 64];
    uint64_t minus[ROOM / 64];
};

static void set_trit(struct trits *t, size_t at, int16_t value)
{
    const uint64_t magnitude = (uint64_t)(value & 1);
    const uint64_t sign = (uint64_t)(value >> 1 & 1);

    t->plus[at / 64] |= (magnitude & ~sign) << at % 64;
    t->minus[at / 64] |= (magnitude & sign) << at % 64;
}

static int16_t get_trit(const struct trits *t, size_t at)
{
    return (int16_t)((int16_t)(t->plus[at / 64] >> at % 64 & 1) -
                     (int16_t)(t->minus[at / 64] >> at % 64 & 1));
}

static void swap_trits(uint64_t mask, struct trits *a, struct trits *b)
{
    for (size_t i = 0; i < ROOM / 64; i++) {
        const uint64_t plus = mask & (a->plus[i] ^ b->plus[i]);
        const uint64_t minus = mask & (a->minus[i] ^ b->minus[i]);

        a->plus[i] ^= plus;
        b->plus[i] ^= plus;
        a->minus[i] ^= minus;
        b->minus[i] ^= minus;
    }
}

/* b += a where `same` is all ones, b -= a where `opposite` is. */
static void add_trits(uint64_t same, uint64_t opposite, const struct trits *a, struct trits *b)
{
    for (size_t i = 0; i < ROOM / 64; i++) {
        const uint64_t a_plus = (same & a->plus[i]) | (opposite & a->minus[i]);
        const uint64_t a_minus = (same & a->minus[i]) | (opposite & a->plus[i]);
        const uint64_t b_plus = b->plus[i];
        const uint64_t b_minus = b->minus[i];
        const uint64_t a_zero = ~(a_plus | a_minus);
        const uint64_t b_zero = ~(b_plus | b_minus);

        b->plus[i] = (a_plus & b_zero) | (b_plus & a_zero) | (a_minus & b_minus);
        b->minus[i] = (a_minus & b_zero) | (b_minus & a_zero) | (a_plus & b_plus);
    }
}

static void shift_trits_up(struct trits *t)
{
    for (size_t i = ROOM / 64 - 1; i > 0; i--) {
        t->plus[i] = t->plus[i] << 1 | t->plus[i - 1] >> 63;
        t->minus[i] = t->minus[i] << 1 | t->minus[i - 1] >> 63;
    }
    t->plus[0] <<= 1;
    t->minus[0] <<= 1;
}

static void shift_trits_down(struct trits *t)
{
    for (size_t i = 0; i < ROOM / 64 - 1; i++) {
        t->plus[i] = t->plus[i] >> 1 | t->plus[i + 1] << 63;
        t->minus[i] = t->minus[i] >> 1 | t->minus[i + 1] << 63;
    }
    t->plus[ROOM / 64 - 1] >>= 1;
    t->minus[ROOM / 64 - 1] >>= 1;
}

/* One step of the division, as above; f0 and g0 are 1, 0 or -1 here. */
static void step_mod_3(int16_t *delta, struct trits *f, struct trits *g, struct trits *v,
                       struct trits *r)
{
    const int16_t swap = swap_and_count(delta, get_trit(g, 0));
    uint64_t same;
    uint64_t opposite;

    shift_trits_up(v);
    swap_trits((uint64_t)swap, f, g);
    swap_trits((uint64_t)swap, v, r);
    same = 0 - (((f->plus[0] & g->minus[0]) | (f->minus[0] & g->plus[0])) & 1);
    opposite = 0 - (((f->plus[0] & g->plus[0]) | (f->minus[0] & g->minus[0])) & 1);
    add_trits(same, opposite, f, g);
    add_trits(same, opposite, v, r);
    shift_trits_down(g);
}

bool adit_sntrup_invert_mod_3(const struct adit_sntrup_poly *in, struct adit_sntrup_poly *out)
{
    struct trits f = { { 0 }, { 0 } };
    struct trits g = { { 0 }, { 0 } };
    struct trits v = { { 0 }, { 0 } };
    struct trits r = { { 1 }, { 0 } };
    int16_t delta = 1;

    set_trit(&f, 0, 1);
    set_trit(&f, P - 1, -1);
    set_trit(&f, P, -1);
    for (size_t i = 0; i < P; i++)
        set_trit(&g, P - 1 - i, in->c[i]);
    for (size_t step = 0; step < 2 * P - 1; step++)
        step_mod_3(&delta, &f, &g, &v, &r);
    for (size_t i = 0; i < P; i++)
        out->c[i] = (int16_t)(get_trit(&f, 0) * get_trit(&v, P - 1 - i));
    adit_wipe(&f, sizeof f);
    adit_wipe(&g, sizeof g);
    adit_wipe(&v, sizeof v);
    adit_wipe(&r, sizeof r);
    return delta == 0; /* whoever learns that another g was tried learns nothing of this one */
}
