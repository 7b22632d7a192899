/* SPDX-License-Identifier: BSD-2-Clause */
/* The arithmetic of sntrup761 against the plainest way to compute the same. */
#include "exact.h"

#include "crypto/random.h"
#include "crypto/sntrup761_code.h"

enum { P = ADIT_SNTRUP_P, Q = ADIT_SNTRUP_Q, HALF_Q = (Q - 1) / 2 };

/* The remainder of x nearest to 0. */
static int plain_remainder(int x, int modulus)
{
    const int r = x % modulus;
    const int half = (modulus - 1) / 2;

    return r > half ? r - modulus : r < -half ? r + modulus : r;
}

static struct adit_sntrup_poly random_small(void)
{
    struct adit_sntrup_poly f;
    uint32_t words[P];

    assert_int_equal(adit_random_bytes((uint8_t *)words, sizeof words), ADIT_OK);
    adit_sntrup_small(words, &f);
    return f;
}

static struct adit_sntrup_poly random_short(void)
{
    struct adit_sntrup_poly f;
    uint32_t words[P];

    assert_int_equal(adit_random_bytes((uint8_t *)words, sizeof words), ADIT_OK);
    adit_sntrup_short(words, &f);
    return f;
}

static struct adit_sntrup_poly random_full(void)
{
    struct adit_sntrup_poly f;
    uint32_t words[P];

    assert_int_equal(adit_random_bytes((uint8_t *)words, sizeof words), ADIT_OK);
    for (size_t i = 0; i < P; i++)
        f.c[i] = (int16_t)((int)(words[i] % Q) - HALF_Q);
    return f;
}

static struct adit_sntrup_poly plain_product(const struct adit_sntrup_poly *f,
                                             const struct adit_sntrup_poly *g, int modulus)
{
    static int sums[2 * P + 1];
    struct adit_sntrup_poly product;

    memset(sums, 0, sizeof sums);
    for (size_t i = 0; i < P; i++)
        for (size_t k = 0; k < P; k++)
            sums[i + k] = plain_remainder(sums[i + k] + f->c[i] * g->c[k], modulus);
    for (size_t i = 2 * P - 1; i >= P; i--) {
        sums[i - P] += sums[i];
        sums[i - P + 1] += sums[i];
    }
    for (size_t i = 0; i < P; i++)
        product.c[i] = (int16_t)plain_remainder(sums[i], modulus);
    return product;
}

static void assert_is_one(const struct adit_sntrup_poly *f)
{
    for (size_t i = 0; i < P; i++)
        assert_int_equal(f->c[i], i == 0);
}

static void freezing_gives_the_remainder_nearest_to_zero(void **state)
{
    (void)state;
    for (int x = -6000000; x <= 6000000; x += 1 + (x % 7 == 0) * 5)
        assert_int_equal(adit_sntrup_freeze(x), plain_remainder(x, Q));
    for (int x = -HALF_Q; x <= HALF_Q; x++)
        assert_int_equal(adit_sntrup_freeze_3((int16_t)x), plain_remainder(x, 3));
}

static void products_are_right(void **state)
{
    struct adit_sntrup_poly largest;
    struct adit_sntrup_poly ones;
    struct adit_sntrup_poly is;
    struct adit_sntrup_poly wanted;

    (void)state;
    for (size_t round = 0; round < 4; round++) {
        const struct adit_sntrup_poly f = random_full();
        const struct adit_sntrup_poly g = random_small();

        adit_sntrup_multiply(&f, &g, &is);
        wanted = plain_product(&f, &g, Q);
        assert_memory_equal(&is, &wanted, sizeof is);
    }
    for (int sign = -1; sign <= 1; sign += 2) { /* what overflows if anything does */
        for (size_t i = 0; i < P; i++) {
            largest.c[i] = HALF_Q;
            ones.c[i] = (int16_t)sign;
        }
        adit_sntrup_multiply(&largest, &ones, &is);
        wanted = plain_product(&largest, &ones, Q);
        assert_memory_equal(&is, &wanted, sizeof is);
    }
}

static void an_inverse_times_its_polynomial_is_one(void **state)
{
    struct adit_sntrup_poly inverse;
    struct adit_sntrup_poly product;

    (void)state;
    for (size_t round = 0; round < 3; round++) {
        struct adit_sntrup_poly f = random_short();

        adit_sntrup_invert_3f(&f, &inverse);
        product = plain_product(&inverse, &f, Q);
        for (size_t i = 0; i < P; i++)
            product.c[i] = (int16_t)plain_remainder(3 * product.c[i], Q);
        assert_is_one(&product);

        while (!adit_sntrup_invert_mod_3(&f, &inverse))
            f = random_small();
        product = plain_product(&inverse, &f, 3);
        assert_is_one(&product);
    }
}

static void what_has_no_inverse_is_told(void **state)
{
    struct adit_sntrup_poly none = { { 0 } };
    struct adit_sntrup_poly inverse;

    (void)state;
    assert_false(adit_sntrup_invert_mod_3(&none, &inverse));
    none.c[0] = 1;
    assert_true(adit_sntrup_invert_mod_3(&none, &inverse));
    assert_is_one(&inverse);
}

static void a_short_polynomial_has_its_weight(void **state)
{
    struct adit_sntrup_poly sum = { { 0 } };

    (void)state;
    for (size_t round = 0; round < 300; round++) {
        struct adit_sntrup_poly f = random_short();
        size_t weight = 0;

        for (size_t i = 0; i < P; i++) {
            assert_true(f.c[i] >= -1 && f.c[i] <= 1);
            weight += f.c[i] != 0;
            sum.c[i] = (int16_t)(sum.c[i] + (f.c[i] != 0));
        }
        assert_int_equal(weight, ADIT_SNTRUP_W);
        assert_int_equal(adit_sntrup_mask_of_wrong_weight(&f), 0);
        f.c[0] ^= 1;
        assert_int_equal(adit_sntrup_mask_of_wrong_weight(&f), -1);
    }
    for (size_t i = 0; i < P; i++) /* 113 on average: no place is left out or preferred */
        assert_in_range(sum.c[i], 50, 180);
}

/* The exact edges of the sizes, and what comes back. */
static void encodings_come_back(void **state)
{
    struct adit_sntrup_poly back;

    (void)state;
    for (size_t round = 0; round < 20; round++) {
        uint8_t *full = malloc(ADIT_SNTRUP_FULL_SIZE);
        uint8_t *rounded = malloc(ADIT_SNTRUP_ROUNDED_SIZE);
        uint8_t *small = malloc(ADIT_SNTRUP_SMALL_SIZE);
        struct adit_sntrup_poly f = random_full();

        adit_sntrup_encode_full(&f, full);
        adit_sntrup_decode_full(full, &back);
        assert_memory_equal(&f, &back, sizeof f);
        for (size_t i = 0; i < P; i++)
            f.c[i] = (int16_t)(f.c[i] - plain_remainder(f.c[i], 3));
        adit_sntrup_encode_rounded(&f, rounded);
        adit_sntrup_decode_rounded(rounded, &back);
        assert_memory_equal(&f, &back, sizeof f);
        f = random_small();
        adit_sntrup_encode_small(&f, small);
        adit_sntrup_decode_small(small, &back);
        assert_memory_equal(&f, &back, sizeof f);
        free(full);
        free(rounded);
        free(small);
    }
}

/* Numbers too large for their radix, as only a peer sends them, become some polynomial. */
static void any_bytes_decode_to_what_is_in_range(void **state)
{
    struct adit_sntrup_poly f;
    uint8_t bytes[ADIT_SNTRUP_FULL_SIZE];

    (void)state;
    for (unsigned fill = 0; fill < 256; fill++) {
        memset(bytes, (int)fill, sizeof bytes);
        adit_sntrup_decode_full(bytes, &f);
        for (size_t i = 0; i < P; i++)
            assert_true(f.c[i] >= -HALF_Q && f.c[i] <= HALF_Q);
        adit_sntrup_decode_rounded(bytes, &f);
        for (size_t i = 0; i < P; i++)
            assert_true(f.c[i] >= -HALF_Q && f.c[i] <= HALF_Q && f.c[i] % 3 == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freezing_gives_the_remainder_nearest_to_zero),
        cmocka_unit_test(products_are_right),
        cmocka_unit_test(an_inverse_times_its_polynomial_is_one),
        cmocka_unit_test(what_has_no_inverse_is_told),
        cmocka_unit_test(a_short_polynomial_has_its_weight),
        cmocka_unit_test(encodings_come_back),
        cmocka_unit_test(any_bytes_decode_to_what_is_in_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
