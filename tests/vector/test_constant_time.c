/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Under valgrind's memcheck whatever is secret counts as undefined here, so that a
 * branch or an index that depends on it is reported as one on undefined bytes.
 * vector/constant_time_valgrind runs it so; by itself it only goes through the motions.
 */
#include "hex.h"

#include "crypto/mlkem.h"
#include "crypto/mlkem_poly.h"
#include "crypto/select.h"
#include "crypto/sntrup761_code.h"

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_UNDEFINED(at, len) ((void)(at), (void)(len))
#define VALGRIND_MAKE_MEM_DEFINED(at, len)   ((void)(at), (void)(len))
#endif

static void hide(void *secret, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(secret, len);
}

static void publish(void *bytes, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(bytes, len);
}

/* The secret half of key generation; rho, which is public, comes of the same seed. */
static void mlkem_makes_keys_blindly(void **state)
{
    uint8_t sigma[32] = { 1 };
    uint8_t bytes[ADIT_MLKEM_POLY_BYTES];
    struct adit_mlkem_poly a;
    struct adit_mlkem_poly s;
    struct adit_mlkem_poly t = { { 0 } };

    (void)state;
    adit_mlkem_sample_uniform(sigma, 0, 0, &a);
    hide(sigma, sizeof sigma);
    adit_mlkem_sample_small(sigma, 0, &s);
    adit_mlkem_ntt(&s);
    adit_mlkem_multiply_add(&t, &a, &s);
    adit_mlkem_add(&t, &s);
    adit_mlkem_encode(&t, bytes);
}

/* Both outcomes of decapsulation: the ciphertext is good, or not. */
static void mlkem_is_blind_to_its_secrets(void **state)
{
    uint8_t seed[ADIT_MLKEM_SEED_SIZE] = { 1 };
    uint8_t message[ADIT_MLKEM_MESSAGE_SIZE] = { 2 };
    uint8_t public[ADIT_MLKEM_PUBLIC_SIZE];
    uint8_t private[ADIT_MLKEM_PRIVATE_SIZE];
    uint8_t ciphertext[ADIT_MLKEM_CIPHERTEXT_SIZE];
    uint8_t secrets[3][ADIT_KEM_SECRET_SIZE];

    (void)state;
    adit_mlkem_generate(seed, public, private);
    hide(message, sizeof message);
    hide(private, 1152);                              /* s */
    hide(private + ADIT_MLKEM_PRIVATE_SIZE - 32, 32); /* z */
    adit_mlkem_encapsulate(public, message, ciphertext, secrets[0]);
    publish(ciphertext, sizeof ciphertext);
    adit_mlkem_decapsulate(private, ciphertext, secrets[1]);
    ciphertext[0] ^= 1;
    adit_mlkem_decapsulate(private, ciphertext, secrets[2]);
    publish(secrets, sizeof secrets);
    assert_memory_equal(secrets[0], secrets[1], ADIT_KEM_SECRET_SIZE);
    assert_memory_not_equal(secrets[0], secrets[2], ADIT_KEM_SECRET_SIZE);
}

/* Its parts: libcrypto's SHA-512 and generator are not ours to look into. */
static void sntrup761_is_blind_to_its_secrets(void **state)
{
    static uint32_t words[ADIT_SNTRUP_P];
    static struct adit_sntrup_poly f;
    static struct adit_sntrup_poly g;
    static struct adit_sntrup_poly h;
    static uint8_t bytes[ADIT_SNTRUP_FULL_SIZE];
    bool invertible;
    int16_t wrong;

    (void)state;
    for (size_t i = 0; i < ADIT_SNTRUP_P; i++)
        words[i] = (uint32_t)i * 2654435761U;
    hide(words, sizeof words);
    adit_sntrup_small(words, &g);
    invertible = adit_sntrup_invert_mod_3(&g, &h);
    publish(&invertible, sizeof invertible);
    assert_true(invertible);
    adit_sntrup_encode_small(&h, bytes);
    adit_sntrup_decode_small(bytes, &h);
    adit_sntrup_short(words, &f);
    wrong = adit_sntrup_mask_of_wrong_weight(&f);
    publish(&wrong, sizeof wrong);
    assert_int_equal(wrong, 0);
    adit_sntrup_invert_3f(&f, &h);
    adit_sntrup_multiply(&h, &g, &f);
    adit_sntrup_encode_full(&f, bytes);
    for (size_t i = 0; i < ADIT_SNTRUP_P; i++)
        f.c[i] = (int16_t)(f.c[i] - adit_sntrup_freeze_3(f.c[i]));
    adit_sntrup_encode_rounded(&f, bytes);
    wrong = adit_mask_of_difference(bytes, bytes + 500, 100);
    adit_select((uint8_t)wrong, bytes, bytes + 500, 100, bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mlkem_makes_keys_blindly),
        cmocka_unit_test(mlkem_is_blind_to_its_secrets),
        cmocka_unit_test(sntrup761_is_blind_to_its_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
