/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ML-KEM-768 (FIPS 203), with the names of the standard: A is the matrix that
 * rho spans, s the secret, t = A s + e the public key, u and v the ciphertext.
 */
#include "crypto/mlkem.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/keccak.h"
#include "crypto/mlkem_poly.h"
#include "crypto/random.h"
#include "crypto/select.h"

enum {
    K = 3,
    D_U = 10,
    D_V = 4,
    SEED = 32,
    VECTOR_BYTES = K * ADIT_MLKEM_POLY_BYTES,
    U_BYTES = 32 * D_U, /* of one polynomial */
    PUBLIC = ADIT_MLKEM_PUBLIC_SIZE,
    CIPHERTEXT = ADIT_MLKEM_CIPHERTEXT_SIZE,
};

struct vector {
    struct adit_mlkem_poly p[K];
};

static void sample_small(const uint8_t seed[static SEED], uint8_t nonce, struct vector *v)
{
    for (size_t i = 0; i < K; i++)
        adit_mlkem_sample_small(seed, (uint8_t)(nonce + i), &v->p[i]);
}

static void transform(struct vector *v)
{
    for (size_t i = 0; i < K; i++)
        adit_mlkem_ntt(&v->p[i]);
}

/* One row of A times v, or of A transposed; A is made as it is used. */
static void multiply_row(const uint8_t rho[static SEED], size_t row, bool transposed,
                         const struct vector *v, struct adit_mlkem_poly *out)
{
    struct adit_mlkem_poly a;

    *out = (struct adit_mlkem_poly){ { 0 } };
    for (size_t column = 0; column < K; column++) {
        const size_t j = transposed ? row : column;

        adit_mlkem_sample_uniform(rho, (uint8_t)j, (uint8_t)(row + column - j), &a);
        adit_mlkem_multiply_add(out, &a, &v->p[column]);
    }
}

static void inner_product(const struct vector *a, const struct vector *b,
                          struct adit_mlkem_poly *out)
{
    *out = (struct adit_mlkem_poly){ { 0 } };
    for (size_t i = 0; i < K; i++)
        adit_mlkem_multiply_add(out, &a->p[i], &b->p[i]);
    adit_mlkem_inverse_ntt(out);
}

static bool decode_vector(const uint8_t bytes[static VECTOR_BYTES], struct vector *v)
{
    bool all_below = true;

    for (size_t i = 0; i < K; i++)
        all_below &= adit_mlkem_decode(bytes + i * ADIT_MLKEM_POLY_BYTES, &v->p[i]);
    return all_below;
}

/* K-PKE.KeyGen (algorithm 13). The private key is s, transformed. */
static void pke_generate(const uint8_t d[static SEED], uint8_t public_key[static PUBLIC],
                         uint8_t private_key[static VECTOR_BYTES])
{
    static const uint8_t k = K;
    uint8_t seeds[2 * SEED]; /* rho, sigma */
    struct vector s;
    struct vector e;
    struct adit_mlkem_poly t;

    adit_sha3_512(adit_span_of(d, SEED), adit_span_of(&k, 1), seeds);
    sample_small(seeds + SEED, 0, &s);
    sample_small(seeds + SEED, K, &e);
    transform(&s);
    transform(&e);
    for (size_t i = 0; i < K; i++) {
        multiply_row(seeds, i, false, &s, &t);
        adit_mlkem_add(&t, &e.p[i]);
        adit_mlkem_encode(&t, public_key + i * ADIT_MLKEM_POLY_BYTES);
        adit_mlkem_encode(&s.p[i], private_key + i * ADIT_MLKEM_POLY_BYTES);
    }
    memcpy(public_key + VECTOR_BYTES, seeds, SEED);
    adit_wipe(seeds, sizeof seeds);
    adit_wipe(&s, sizeof s);
    adit_wipe(&e, sizeof e);
    adit_wipe(&t, sizeof t);
}

/* K-PKE.Encrypt (algorithm 14). `coins` is the standard's r. */
static void pke_encrypt(const uint8_t public_key[static PUBLIC],
                        const uint8_t message[static ADIT_MLKEM_MESSAGE_SIZE],
                        const uint8_t coins[static SEED], uint8_t ciphertext[static CIPHERTEXT])
{
    struct vector t;
    struct vector y;
    struct vector e1;
    struct adit_mlkem_poly e2;
    struct adit_mlkem_poly sum;

    (void)decode_vector(public_key, &t);
    sample_small(coins, 0, &y);
    sample_small(coins, K, &e1);
    adit_mlkem_sample_small(coins, 2 * K, &e2);
    transform(&y);
    for (size_t i = 0; i < K; i++) {
        multiply_row(public_key + VECTOR_BYTES, i, true, &y, &sum);
        adit_mlkem_inverse_ntt(&sum);
        adit_mlkem_add(&sum, &e1.p[i]);
        adit_mlkem_compress(&sum, D_U, ciphertext + i * U_BYTES);
    }
    inner_product(&t, &y, &sum);
    adit_mlkem_add(&sum, &e2);
    adit_mlkem_decompress(message, 1, &e2);
    adit_mlkem_add(&sum, &e2);
    adit_mlkem_compress(&sum, D_V, ciphertext + (size_t)K * U_BYTES);
    adit_wipe(&y, sizeof y);
    adit_wipe(&e1, sizeof e1);
    adit_wipe(&e2, sizeof e2);
    adit_wipe(&sum, sizeof sum);
}

/* K-PKE.Decrypt (algorithm 15). */
static void pke_decrypt(const uint8_t private_key[static VECTOR_BYTES],
                        const uint8_t ciphertext[static CIPHERTEXT],
                        uint8_t message[static ADIT_MLKEM_MESSAGE_SIZE])
{
    struct vector s;
    struct vector u;
    struct adit_mlkem_poly v;
    struct adit_mlkem_poly product;

    (void)decode_vector(private_key, &s);
    for (size_t i = 0; i < K; i++)
        adit_mlkem_decompress(ciphertext + i * U_BYTES, D_U, &u.p[i]);
    adit_mlkem_decompress(ciphertext + (size_t)K * U_BYTES, D_V, &v);
    transform(&u);
    inner_product(&s, &u, &product);
    adit_mlkem_subtract(&v, &product);
    adit_mlkem_compress(&v, 1, message);
    adit_wipe(&s, sizeof s);
    adit_wipe(&v, sizeof v);
    adit_wipe(&product, sizeof product);
}

/* The private key's parts. */
enum { AT_PUBLIC = VECTOR_BYTES, AT_DIGEST = AT_PUBLIC + PUBLIC, AT_Z = AT_DIGEST + SEED };

void adit_mlkem_generate(const uint8_t seed[static ADIT_MLKEM_SEED_SIZE],
                         uint8_t public_key[static ADIT_MLKEM_PUBLIC_SIZE],
                         uint8_t private_key[static ADIT_MLKEM_PRIVATE_SIZE])
{
    pke_generate(seed, public_key, private_key);
    memcpy(private_key + AT_PUBLIC, public_key, PUBLIC);
    adit_sha3_256(adit_span_of(public_key, PUBLIC), ADIT_SPAN_EMPTY, private_key + AT_DIGEST);
    memcpy(private_key + AT_Z, seed + SEED, SEED);
}

bool adit_mlkem_is_public_key(const uint8_t public_key[static ADIT_MLKEM_PUBLIC_SIZE])
{
    struct vector t;

    return decode_vector(public_key, &t);
}

/* The secret and the coins: G(message || H(public key)). */
static void derive(const uint8_t message[static ADIT_MLKEM_MESSAGE_SIZE],
                   const uint8_t digest[static SEED], uint8_t secret_and_coins[static 2 * SEED])
{
    adit_sha3_512(adit_span_of(message, ADIT_MLKEM_MESSAGE_SIZE), adit_span_of(digest, SEED),
                  secret_and_coins);
}

void adit_mlkem_encapsulate(const uint8_t public_key[static ADIT_MLKEM_PUBLIC_SIZE],
                            const uint8_t message[static ADIT_MLKEM_MESSAGE_SIZE],
                            uint8_t ciphertext[static ADIT_MLKEM_CIPHERTEXT_SIZE],
                            uint8_t secret[static ADIT_KEM_SECRET_SIZE])
{
    uint8_t digest[SEED];
    uint8_t derived[2 * SEED];

    adit_sha3_256(adit_span_of(public_key, PUBLIC), ADIT_SPAN_EMPTY, digest);
    derive(message, digest, derived);
    pke_encrypt(public_key, message, derived + SEED, ciphertext);
    memcpy(secret, derived, ADIT_KEM_SECRET_SIZE);
    adit_wipe(derived, sizeof derived);
}

void adit_mlkem_decapsulate(const uint8_t private_key[static ADIT_MLKEM_PRIVATE_SIZE],
                            const uint8_t ciphertext[static ADIT_MLKEM_CIPHERTEXT_SIZE],
                            uint8_t secret[static ADIT_KEM_SECRET_SIZE])
{
    uint8_t message[ADIT_MLKEM_MESSAGE_SIZE];
    uint8_t derived[2 * SEED];
    uint8_t rejection[ADIT_KEM_SECRET_SIZE];
    uint8_t again[CIPHERTEXT];
    uint8_t difference;

    pke_decrypt(private_key, ciphertext, message);
    derive(message, private_key + AT_DIGEST, derived);
    adit_shake256(adit_span_of(private_key + AT_Z, SEED), adit_span_of(ciphertext, CIPHERTEXT),
                  rejection, sizeof rejection);
    pke_encrypt(private_key + AT_PUBLIC, message, derived + SEED, again);
    difference = adit_mask_of_difference(ciphertext, again, CIPHERTEXT);
    adit_select(difference, rejection, derived, ADIT_KEM_SECRET_SIZE, secret);
    adit_wipe(message, sizeof message);
    adit_wipe(derived, sizeof derived);
    adit_wipe(rejection, sizeof rejection);
    adit_wipe(again, sizeof again);
}

static enum adit_err generate(uint8_t *public_key, uint8_t *private_key)
{
    uint8_t seed[ADIT_MLKEM_SEED_SIZE];
    const enum adit_err err = adit_random_bytes(seed, sizeof seed);

    if (err == ADIT_OK)
        adit_mlkem_generate(seed, public_key, private_key);
    adit_wipe(seed, sizeof seed);
    return err;
}

static enum adit_err encapsulate(const uint8_t *public_key, uint8_t *ciphertext, uint8_t *secret)
{
    uint8_t message[ADIT_MLKEM_MESSAGE_SIZE];
    enum adit_err err;

    if (!adit_mlkem_is_public_key(public_key))
        return ADIT_ERR_PROTOCOL;
    err = adit_random_bytes(message, sizeof message);
    if (err == ADIT_OK)
        adit_mlkem_encapsulate(public_key, message, ciphertext, secret);
    adit_wipe(message, sizeof message);
    return err;
}

static enum adit_err decapsulate(const uint8_t *private_key, const uint8_t *ciphertext,
                                 uint8_t *secret)
{
    adit_mlkem_decapsulate(private_key, ciphertext, secret);
    return ADIT_OK;
}

const struct adit_kem adit_mlkem768 = {
    ADIT_MLKEM_PUBLIC_SIZE,
    ADIT_MLKEM_PRIVATE_SIZE,
    ADIT_MLKEM_CIPHERTEXT_SIZE,
    generate,
    encapsulate,
    decapsulate,
};
