/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two neighbours become one number, whose lowest bytes are put out until what is
 * left is below 2^14; the same is done to what is left, level by level, until
 * one number is left. All radices of a level are the same but the last one.
 */
#include "crypto/sntrup761_code.h"

#include "base/memory.h"

enum {
    P = ADIT_SNTRUP_P,
    HALF_Q = (ADIT_SNTRUP_Q - 1) / 2,
    FULL_RADIX = ADIT_SNTRUP_Q,
    ROUNDED_RADIX = (ADIT_SNTRUP_Q + 2) / 3,
    LEVELS = 10,
    LIMIT = 1 << 14,
};

struct level {
    size_t len;
    uint32_t radix, last_radix;
};

/* The radix of a pair of the level, and how many bytes of it are put out. */
static uint32_t pair_radix(uint32_t product, unsigned *bytes)
{
    *bytes = 0;
    for (; product >= LIMIT; product = (product + 255) >> 8)
        ++*bytes;
    return product;
}

static uint32_t product_of(const struct level *level, size_t pair)
{
    return level->radix * (2 * pair + 2 == level->len ? level->last_radix : level->radix);
}

static struct level next_level(const struct level *level)
{
    const size_t last = (level->len - 1) / 2; /* of the pairs; or the one without its neighbour */
    struct level next = { last + 1, 0, level->last_radix };
    unsigned bytes;

    next.radix = pair_radix(level->radix * level->radix, &bytes);
    if (level->len % 2 == 0)
        next.last_radix = pair_radix(product_of(level, last), &bytes);
    return next;
}

static void encode(uint32_t r[static P], uint32_t radix, uint8_t *out)
{
    struct level level = { P, radix, radix };

    while (level.len > 1) {
        for (size_t i = 0; i < level.len / 2; i++) {
            uint32_t x = r[2 * i] + r[2 * i + 1] * level.radix;
            unsigned bytes;

            (void)pair_radix(product_of(&level, i), &bytes);
            for (; bytes; bytes--, x >>= 8)
                *out++ = (uint8_t)x;
            r[i] = x;
        }
        if (level.len % 2)
            r[level.len / 2] = r[level.len - 1];
        level = next_level(&level);
    }
    for (uint32_t left = level.last_radix; left > 1; left = (left + 255) >> 8, r[0] >>= 8)
        *out++ = (uint8_t)r[0];
}

/* Takes a level apart; `end` is behind its bytes. Where they begin. */
static const uint8_t *decode_level(const struct level *level, const uint8_t *end,
                                   uint32_t r[static P])
{
    if (level->len % 2)
        r[level->len - 1] = r[level->len / 2];
    for (size_t i = level->len / 2; i-- > 0;) {
        const uint32_t product = product_of(level, i);
        uint32_t x = r[i];
        unsigned bytes;

        (void)pair_radix(product, &bytes);
        for (; bytes; bytes--)
            x = x << 8 | *--end;
        r[2 * i] = x % level->radix;
        r[2 * i + 1] = x / level->radix % (product / level->radix);
    }
    return end;
}

/* From the end: the last bytes are the one number that was left. */
static void decode(const uint8_t *in, size_t len, uint32_t radix, uint32_t r[static P])
{
    const uint8_t *end = in + len;
    struct level levels[LEVELS + 1] = { { P, radix, radix } };

    for (size_t i = 0; i < LEVELS; i++)
        levels[i + 1] = next_level(&levels[i]);
    r[0] = 0;
    for (uint32_t left = levels[LEVELS].last_radix; left > 1; left = (left + 255) >> 8)
        r[0] = r[0] << 8 | *--end;
    r[0] %= levels[LEVELS].last_radix;
    for (size_t i = LEVELS; i-- > 0;)
        end = decode_level(&levels[i], end, r);
}

void adit_sntrup_encode_full(const struct adit_sntrup_poly *f, uint8_t *out)
{
    uint32_t r[P];

    for (size_t i = 0; i < P; i++)
        r[i] = (uint32_t)(f->c[i] + HALF_Q);
    encode(r, FULL_RADIX, out);
    adit_wipe(r, sizeof r);
}

void adit_sntrup_decode_full(const uint8_t *in, struct adit_sntrup_poly *f)
{
    uint32_t r[P];

    decode(in, ADIT_SNTRUP_FULL_SIZE, FULL_RADIX, r);
    for (size_t i = 0; i < P; i++)
        f->c[i] = (int16_t)((int32_t)r[i] - HALF_Q);
}

void adit_sntrup_encode_rounded(const struct adit_sntrup_poly *f, uint8_t *out)
{
    uint32_t r[P];

    for (size_t i = 0; i < P; i++)
        r[i] = (uint32_t)(f->c[i] + HALF_Q) * 10923 >> 15; /* a third of it */
    encode(r, ROUNDED_RADIX, out);
    adit_wipe(r, sizeof r);
}

void adit_sntrup_decode_rounded(const uint8_t *in, struct adit_sntrup_poly *f)
{
    uint32_t r[P];

    decode(in, ADIT_SNTRUP_ROUNDED_SIZE, ROUNDED_RADIX, r);
    for (size_t i = 0; i < P; i++)
        f->c[i] = (int16_t)((int32_t)r[i] * 3 - HALF_Q);
}

void adit_sntrup_encode_small(const struct adit_sntrup_poly *f, uint8_t *out)
{
    for (size_t i = 0; i < ADIT_SNTRUP_SMALL_SIZE; i++) {
        unsigned byte = 0;

        for (size_t k = 0; k < 4 && 4 * i + k < P; k++)
            byte |= (unsigned)(f->c[4 * i + k] + 1) << 2 * k;
        out[i] = (uint8_t)byte;
    }
}

void adit_sntrup_decode_small(const uint8_t *in, struct adit_sntrup_poly *f)
{
    for (size_t i = 0; i < P; i++)
        f->c[i] = (int16_t)((in[i / 4] >> i % 4 * 2 & 3) - 1);
}
