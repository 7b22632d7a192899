/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds for every KEM, whatever is inside. */
#include "exact.h"

#include "crypto/kem.h"

static const struct adit_kem *const kems[] = { &adit_mlkem768, &adit_sntrup761 };

enum { ROUNDS = 20 };

/* Blocks of exactly the sizes that the KEM tells. */
struct exchange {
    const struct adit_kem *kem;
    uint8_t *public, *private, *ciphertext;
    uint8_t secret[ADIT_KEM_SECRET_SIZE];
};

static struct exchange exchange(const struct adit_kem *kem)
{
    struct exchange e = { kem,
                          malloc(kem->public_size),
                          malloc(kem->private_size),
                          malloc(kem->ciphertext_size),
                          { 0 } };

    assert_true(kem->public_size <= ADIT_KEM_PUBLIC_MAX);
    assert_true(kem->ciphertext_size <= ADIT_KEM_CIPHERTEXT_MAX);
    assert_int_equal(kem->generate(e.public, e.private), ADIT_OK);
    assert_int_equal(kem->encapsulate(e.public, e.ciphertext, e.secret), ADIT_OK);
    return e;
}

static void exchange_clear(struct exchange *e)
{
    free(e->public);
    free(e->private);
    free(e->ciphertext);
}

static bool opens(const struct exchange *e)
{
    uint8_t secret[ADIT_KEM_SECRET_SIZE];

    assert_int_equal(e->kem->decapsulate(e->private, e->ciphertext, secret), ADIT_OK);
    return memcmp(secret, e->secret, sizeof secret) == 0;
}

static void what_is_encapsulated_is_decapsulated(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(kems); i++) {
        for (size_t round = 0; round < ROUNDS; round++) {
            struct exchange e = exchange(kems[i]);

            assert_true(opens(&e));
            exchange_clear(&e);
        }
    }
}

static void keys_and_secrets_are_never_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(kems); i++) {
        struct exchange a = exchange(kems[i]);
        struct exchange b = exchange(kems[i]);
        uint8_t secret[ADIT_KEM_SECRET_SIZE];

        assert_memory_not_equal(a.public, b.public, 32);
        assert_memory_not_equal(a.secret, b.secret, 32);
        assert_int_equal(kems[i]->encapsulate(a.public, b.ciphertext, secret), ADIT_OK);
        assert_memory_not_equal(a.ciphertext, b.ciphertext, 32);
        assert_memory_not_equal(a.secret, secret, 32);
        exchange_clear(&a);
        exchange_clear(&b);
    }
}

/* A bit of each byte. Each 16th is asked about twice, and the answer is the same: no oracle. */
static void an_altered_ciphertext_gives_another_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(kems); i++) {
        struct exchange e = exchange(kems[i]);

        for (size_t at = 0; at < kems[i]->ciphertext_size; at++) {
            const uint8_t bit = (uint8_t)(1U << at % 8);
            uint8_t first[ADIT_KEM_SECRET_SIZE];
            uint8_t again[ADIT_KEM_SECRET_SIZE];

            e.ciphertext[at] ^= bit;
            assert_false(opens(&e));
            if (at % 16) { /* once in a while is enough */
                e.ciphertext[at] ^= bit;
                continue;
            }
            assert_int_equal(kems[i]->decapsulate(e.private, e.ciphertext, first), ADIT_OK);
            assert_int_equal(kems[i]->decapsulate(e.private, e.ciphertext, again), ADIT_OK);
            assert_memory_equal(first, again, sizeof first);
            e.ciphertext[at] ^= bit;
        }
        assert_true(opens(&e));
        exchange_clear(&e);
    }
}

static void an_altered_public_key_gives_another_secret_or_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(kems); i++) {
        struct exchange e = exchange(kems[i]);

        for (size_t bit = 0; bit < 8 * kems[i]->public_size; bit += 37) {
            enum adit_err err;

            e.public[bit / 8] ^= (uint8_t)(1U << bit % 8);
            err = kems[i]->encapsulate(e.public, e.ciphertext, e.secret);
            e.public[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (err)
                assert_int_equal(err, ADIT_ERR_PROTOCOL);
            else
                assert_false(opens(&e));
        }
        exchange_clear(&e);
    }
}

/* Whatever the peer sends: nothing is read or written past its end. */
static void any_bytes_are_safe(void **state)
{
    static const uint8_t fills[] = { 0, 0x55, 0xff };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(kems); i++) {
        for (size_t f = 0; f < sizeof fills; f++) {
            struct exchange e = exchange(kems[i]);

            memset(e.ciphertext, fills[f], kems[i]->ciphertext_size);
            assert_false(opens(&e));
            memset(e.public, fills[f], kems[i]->public_size);
            (void)!kems[i]->encapsulate(e.public, e.ciphertext, e.secret);
            exchange_clear(&e);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encapsulated_is_decapsulated),
        cmocka_unit_test(keys_and_secrets_are_never_the_same),
        cmocka_unit_test(an_altered_ciphertext_gives_another_secret),
        cmocka_unit_test(an_altered_public_key_gives_another_secret_or_none),
        cmocka_unit_test(any_bytes_are_safe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
