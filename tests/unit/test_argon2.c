/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/argon2.h"

#include "exact.h"
#include "hex.h"

enum { SIZE = 32 };

static enum adit_err derive(enum adit_argon2 kind, uint32_t memory, uint32_t passes, uint32_t lanes,
                            size_t salt_len, uint8_t out[static SIZE])
{
    const struct adit_argon2_cost cost = { memory, passes, lanes };

    return adit_argon2(kind, &cost, adit_span_text("password"), adit_span_of("somesalt", salt_len),
                       out, SIZE);
}

/* Of the reference implementation's own tests, version 0x13. */
static void the_reference_vectors_come_out(void **state)
{
    static const struct {
        enum adit_argon2 kind;
        uint32_t memory, passes, lanes;
        const char *hex;
    } vectors[] = {
        { ADIT_ARGON2_I, 65536, 2, 1,
          "c1628832147d9720c5bd1cfd61367078729f6dfb6f8fea9ff98158e0d7816ed0" },
        { ADIT_ARGON2_ID, 65536, 2, 1,
          "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7" },
        { ADIT_ARGON2_ID, 256, 2, 2,
          "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(vectors); i++) {
        const struct hex wanted = hex_decode(vectors[i].hex);
        uint8_t out[SIZE];

        assert_int_equal(
            derive(vectors[i].kind, vectors[i].memory, vectors[i].passes, vectors[i].lanes, 8, out),
            ADIT_OK);
        assert_memory_equal(out, wanted.bytes, SIZE);
    }
}

static void what_costs_too_much_is_refused_before_it_costs(void **state)
{
    static const struct {
        uint32_t memory, passes, lanes;
        size_t salt_len;
        enum adit_err err;
    } cases[] = {
        { ADIT_ARGON2_MEMORY_MAX + 1, 1, 1, 8, ADIT_ERR_LIMIT },
        { UINT32_MAX, 1, 1, 8, ADIT_ERR_LIMIT },
        { 1024, (uint32_t)(ADIT_ARGON2_WORK_MAX / 1024) + 1, 1, 8, ADIT_ERR_LIMIT },
        { 8, UINT32_MAX, 1, 8, ADIT_ERR_LIMIT },
        { UINT32_MAX, UINT32_MAX, UINT32_MAX, 8, ADIT_ERR_LIMIT },
        { 1024, 1, ADIT_ARGON2_LANES_MAX + 1, 8, ADIT_ERR_LIMIT },
        { 0, 1, 1, 8, ADIT_ERR_USAGE },
        { 7, 1, 1, 8, ADIT_ERR_USAGE },
        { 15, 1, 2, 8, ADIT_ERR_USAGE },
        { 8, 0, 1, 8, ADIT_ERR_USAGE },
        { 8, 1, 0, 8, ADIT_ERR_USAGE },
        { 8, 1, 1, 7, ADIT_ERR_USAGE },
        { 8, 1, 1, 8, ADIT_OK },
        { 8 * ADIT_ARGON2_LANES_MAX, 1, ADIT_ARGON2_LANES_MAX, 8, ADIT_OK },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        static const uint8_t zeros[SIZE];
        uint8_t out[SIZE];

        memset(out, 1, sizeof out);
        assert_int_equal(derive(ADIT_ARGON2_ID, cases[i].memory, cases[i].passes, cases[i].lanes,
                                cases[i].salt_len, out),
                         cases[i].err);
        if (cases[i].err)
            assert_memory_equal(out, zeros, sizeof out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_vectors_come_out),
        cmocka_unit_test(what_costs_too_much_is_refused_before_it_costs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
