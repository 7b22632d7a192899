/* SPDX-License-Identifier: BSD-2-Clause */
/* Word 5y + x of the state is the lane A[x, y] of FIPS 202, 3.1.2. */
#include "crypto/keccak.h"

#include "base/memory.h"

enum { ROUNDS = 24, SHA3_256_RATE = 136, SHA3_512_RATE = 72 };

static uint64_t rotate(uint64_t word, unsigned by)
{
    return word << by | word >> (64 - by);
}

/* Every lane takes up the parity of two columns beside it. */
static void theta(uint64_t a[static ADIT_KECCAK_WORDS])
{
    uint64_t c[5];

    for (size_t x = 0; x < 5; x++)
        c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (size_t x = 0; x < 5; x++) {
        const uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);

        for (size_t y = 0; y < ADIT_KECCAK_WORDS; y += 5)
            a[y + x] ^= d;
    }
}

/* Lanes turn and change places along the one cycle that pi makes of all but lane 0. */
static void rho_and_pi(uint64_t a[static ADIT_KECCAK_WORDS])
{
    static const uint8_t lanes[24] = { 10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                       15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1 };
    static const uint8_t turns[24] = { 1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                       27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44 };
    uint64_t moving = a[1];

    for (size_t i = 0; i < 24; i++) {
        const uint64_t next = a[lanes[i]];

        a[lanes[i]] = rotate(moving, turns[i]);
        moving = next;
    }
}

static void chi(uint64_t a[static ADIT_KECCAK_WORDS])
{
    for (size_t y = 0; y < ADIT_KECCAK_WORDS; y += 5) {
        const uint64_t first = a[y];
        const uint64_t second = a[y + 1];

        a[y] ^= ~a[y + 1] & a[y + 2];
        a[y + 1] ^= ~a[y + 2] & a[y + 3];
        a[y + 2] ^= ~a[y + 3] & a[y + 4];
        a[y + 3] ^= ~a[y + 4] & first;
        a[y + 4] ^= ~first & second;
    }
}

static void permute(uint64_t a[static ADIT_KECCAK_WORDS])
{
    static const uint64_t iota[ROUNDS] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
        0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    };

    for (size_t round = 0; round < ROUNDS; round++) {
        theta(a);
        rho_and_pi(a);
        chi(a);
        a[0] ^= iota[round];
    }
}

void adit_keccak_init(struct adit_keccak *k, size_t rate)
{
    *k = (struct adit_keccak){ .rate = rate };
}

static void add_byte(struct adit_keccak *k, size_t at, uint8_t byte)
{
    k->words[at / 8] ^= (uint64_t)byte << at % 8 * 8;
}

void adit_keccak_absorb(struct adit_keccak *k, struct adit_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        add_byte(k, k->used++, bytes.data[i]);
        if (k->used == k->rate) {
            permute(k->words);
            k->used = 0;
        }
    }
}

void adit_keccak_finish(struct adit_keccak *k, uint8_t suffix)
{
    add_byte(k, k->used, suffix);
    add_byte(k, k->rate - 1, 0x80);
    k->used = k->rate; /* the first block is still to be made */
}

void adit_keccak_squeeze(struct adit_keccak *k, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (k->used == k->rate) {
            permute(k->words);
            k->used = 0;
        }
        out[i] = (uint8_t)(k->words[k->used / 8] >> k->used % 8 * 8);
        k->used++;
    }
}

static void digest(size_t rate, uint8_t suffix, struct adit_span a, struct adit_span b,
                   uint8_t *out, size_t len)
{
    struct adit_keccak k;

    adit_keccak_init(&k, rate);
    adit_keccak_absorb(&k, a);
    adit_keccak_absorb(&k, b);
    adit_keccak_finish(&k, suffix);
    adit_keccak_squeeze(&k, out, len);
    adit_wipe(&k, sizeof k);
}

void adit_sha3_256(struct adit_span a, struct adit_span b, uint8_t out[static 32])
{
    digest(SHA3_256_RATE, ADIT_SHA3_SUFFIX, a, b, out, 32);
}

void adit_sha3_512(struct adit_span a, struct adit_span b, uint8_t out[static 64])
{
    digest(SHA3_512_RATE, ADIT_SHA3_SUFFIX, a, b, out, 64);
}

void adit_shake256(struct adit_span a, struct adit_span b, uint8_t *out, size_t len)
{
    digest(ADIT_SHAKE256_RATE, ADIT_SHAKE_SUFFIX, a, b, out, len);
}
