/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streamlined NTRU Prime 761, the KEM of round 3 of NIST's competition, with its
 * names: h is the public key, f and 1/g the private one, r what is encapsulated.
 */
#include "base/memory.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "crypto/kem.h"
#include "crypto/random.h"
#include "crypto/select.h"
#include "crypto/sntrup761_code.h"

enum {
    P = ADIT_SNTRUP_P,
    W = ADIT_SNTRUP_W,
    SMALL = ADIT_SNTRUP_SMALL_SIZE,
    PUBLIC = ADIT_SNTRUP_FULL_SIZE,
    ROUNDED = ADIT_SNTRUP_ROUNDED_SIZE,
    DIGEST = 32,
    CIPHERTEXT = ROUNDED + DIGEST,
    /* the private key's parts */
    AT_G = SMALL,
    AT_PUBLIC = AT_G + SMALL,
    AT_RHO = AT_PUBLIC + PUBLIC,
    AT_DIGEST = AT_RHO + SMALL,
    PRIVATE = AT_DIGEST + DIGEST,
};

/* What a digest is of. */
enum purpose { REJECTED_SECRET, SECRET, CONFIRMATION, ENCAPSULATED, PUBLIC_KEY };

/* The first half of SHA-512 of the purpose and two pieces. */
static enum adit_err digest(uint8_t purpose, struct adit_span a, struct adit_span b,
                            uint8_t out[static DIGEST])
{
    const struct adit_span pieces[] = { { &purpose, 1 }, a, b };
    uint8_t whole[ADIT_HASH_MAX];
    const enum adit_err err =
        adit_hash_digest(ADIT_HASH_SHA512, pieces, ADIT_ARRAY_LEN(pieces), whole);

    if (err == ADIT_OK)
        memcpy(out, whole, DIGEST);
    adit_wipe(whole, sizeof whole);
    return err;
}

static enum adit_err random_words(uint32_t words[static P])
{
    return adit_random_bytes((uint8_t *)words, P * sizeof words[0]);
}

static enum adit_err random_short(struct adit_sntrup_poly *out)
{
    uint32_t words[P];
    const enum adit_err err = random_words(words);

    if (err == ADIT_OK)
        adit_sntrup_short(words, out);
    adit_wipe(words, sizeof words);
    return err;
}

/* A small g with its inverse modulo 3: nearly every one has it. */
static enum adit_err random_invertible(struct adit_sntrup_poly *g, struct adit_sntrup_poly *inverse)
{
    uint32_t words[P];
    enum adit_err err;

    do {
        err = random_words(words);
        if (err)
            break;
        adit_sntrup_small(words, g);
    } while (!adit_sntrup_invert_mod_3(g, inverse));
    adit_wipe(words, sizeof words);
    return err;
}

/* h = g / (3f) */
static enum adit_err make_key(uint8_t *public_key, uint8_t *private_key)
{
    struct adit_sntrup_poly f;
    struct adit_sntrup_poly g;
    struct adit_sntrup_poly inverse;
    struct adit_sntrup_poly h;
    enum adit_err err = random_invertible(&g, &inverse);

    if (err == ADIT_OK)
        err = random_short(&f);
    if (err == ADIT_OK) {
        adit_sntrup_encode_small(&f, private_key);
        adit_sntrup_encode_small(&inverse, private_key + AT_G);
        adit_sntrup_invert_3f(&f, &inverse);
        adit_sntrup_multiply(&inverse, &g, &h);
        adit_sntrup_encode_full(&h, public_key);
    }
    adit_wipe(&f, sizeof f);
    adit_wipe(&g, sizeof g);
    adit_wipe(&inverse, sizeof inverse);
    return err;
}

static enum adit_err generate(uint8_t *public_key, uint8_t *private_key)
{
    enum adit_err err = make_key(public_key, private_key);

    if (err)
        return err;
    memcpy(private_key + AT_PUBLIC, public_key, PUBLIC);
    err = adit_random_bytes(private_key + AT_RHO, SMALL);
    if (err)
        return err;
    return digest(PUBLIC_KEY, adit_span_of(public_key, PUBLIC), ADIT_SPAN_EMPTY,
                  private_key + AT_DIGEST);
}

/* r hidden: h * r rounded to multiples of 3, and a digest that proves that r is known. */
static enum adit_err hide(const struct adit_sntrup_poly *r, const uint8_t encoded_r[static SMALL],
                          const uint8_t *public_key, const uint8_t *public_digest,
                          uint8_t ciphertext[static CIPHERTEXT])
{
    struct adit_sntrup_poly h;
    struct adit_sntrup_poly c;
    uint8_t r_digest[DIGEST];
    enum adit_err err;

    adit_sntrup_decode_full(public_key, &h);
    adit_sntrup_multiply(&h, r, &c);
    for (size_t i = 0; i < P; i++)
        c.c[i] = (int16_t)(c.c[i] - adit_sntrup_freeze_3(c.c[i]));
    adit_sntrup_encode_rounded(&c, ciphertext);
    err = digest(ENCAPSULATED, adit_span_of(encoded_r, SMALL), ADIT_SPAN_EMPTY, r_digest);
    if (err == ADIT_OK)
        err = digest(CONFIRMATION, adit_span_of(r_digest, DIGEST),
                     adit_span_of(public_digest, DIGEST), ciphertext + ROUNDED);
    adit_wipe(&c, sizeof c);
    adit_wipe(r_digest, sizeof r_digest);
    return err;
}

static enum adit_err make_secret(uint8_t purpose, const uint8_t encoded_r[static SMALL],
                                 const uint8_t *ciphertext, uint8_t *secret)
{
    uint8_t r_digest[DIGEST];
    enum adit_err err =
        digest(ENCAPSULATED, adit_span_of(encoded_r, SMALL), ADIT_SPAN_EMPTY, r_digest);

    if (err == ADIT_OK)
        err = digest(purpose, adit_span_of(r_digest, DIGEST), adit_span_of(ciphertext, CIPHERTEXT),
                     secret);
    adit_wipe(r_digest, sizeof r_digest);
    return err;
}

static enum adit_err encapsulate(const uint8_t *public_key, uint8_t *ciphertext, uint8_t *secret)
{
    struct adit_sntrup_poly r;
    uint8_t encoded_r[SMALL];
    uint8_t public_digest[DIGEST];
    enum adit_err err = random_short(&r);

    if (err == ADIT_OK)
        err = digest(PUBLIC_KEY, adit_span_of(public_key, PUBLIC), ADIT_SPAN_EMPTY, public_digest);
    if (err == ADIT_OK) {
        adit_sntrup_encode_small(&r, encoded_r);
        err = hide(&r, encoded_r, public_key, public_digest, ciphertext);
    }
    if (err == ADIT_OK)
        err = make_secret(SECRET, encoded_r, ciphertext, secret);
    adit_wipe(&r, sizeof r);
    adit_wipe(encoded_r, sizeof encoded_r);
    return err;
}

/* r, or some short polynomial when the ciphertext is of no r. */
static void reveal(const uint8_t *private_key, const uint8_t *ciphertext,
                   struct adit_sntrup_poly *r)
{
    struct adit_sntrup_poly c;
    struct adit_sntrup_poly part; /* f, then 1/g */
    int16_t wrong;

    adit_sntrup_decode_rounded(ciphertext, &c);
    adit_sntrup_decode_small(private_key, &part);
    adit_sntrup_multiply(&c, &part, r);
    for (size_t i = 0; i < P; i++)
        c.c[i] = adit_sntrup_freeze_3(adit_sntrup_freeze(3 * r->c[i]));
    adit_sntrup_decode_small(private_key + AT_G, &part);
    adit_sntrup_multiply(&c, &part, r);
    for (size_t i = 0; i < P; i++)
        r->c[i] = adit_sntrup_freeze_3(r->c[i]);
    wrong = adit_sntrup_mask_of_wrong_weight(r);
    for (size_t i = 0; i < P; i++)
        r->c[i] = (int16_t)((r->c[i] & ~wrong) | ((i < W) & wrong));
    adit_wipe(&c, sizeof c);
    adit_wipe(&part, sizeof part);
}

static enum adit_err decapsulate(const uint8_t *private_key, const uint8_t *ciphertext,
                                 uint8_t *secret)
{
    struct adit_sntrup_poly r;
    uint8_t encoded_r[SMALL];
    uint8_t again[CIPHERTEXT];
    enum adit_err err;

    reveal(private_key, ciphertext, &r);
    adit_sntrup_encode_small(&r, encoded_r);
    err = hide(&r, encoded_r, private_key + AT_PUBLIC, private_key + AT_DIGEST, again);
    if (err == ADIT_OK) {
        const uint8_t differs = adit_mask_of_difference(ciphertext, again, CIPHERTEXT);

        adit_select(differs, private_key + AT_RHO, encoded_r, SMALL, encoded_r);
        err = make_secret((uint8_t)(SECRET & ~differs), encoded_r, ciphertext, secret);
    }
    adit_wipe(&r, sizeof r);
    adit_wipe(encoded_r, sizeof encoded_r);
    adit_wipe(again, sizeof again);
    return err;
}

const struct adit_kem adit_sntrup761 = {
    PUBLIC, PRIVATE, CIPHERTEXT, generate, encapsulate, decapsulate,
};
