/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4419: which groups are taken, and which is given. */
#include "exact.h"

#include "crypto/kex_group.h"
#include "wire/reader.h"

static struct adit_span read_p(struct adit_buffer *text)
{
    struct adit_reader r = adit_reader_init(adit_buffer_span(text));
    const struct adit_span p = adit_read_mpint(&r);
    const struct adit_span g = adit_read_mpint(&r);

    assert_true(adit_reader_finish(&r));
    assert_int_equal(g.len, 1);
    assert_int_equal(g.data[0], 2);
    return p;
}

static void the_group_is_the_smallest_that_suffices(void **state)
{
    static const struct {
        uint32_t min, n, max, bits; /* bits: 0 when refused */
    } cases[] = {
        { 2048, 3072, 8192, 3072 }, { 2048, 2048, 8192, 2048 },  { 2048, 2049, 8192, 3072 },
        { 1024, 1024, 8192, 2048 }, { 1024, 7680, 8192, 8192 },  { 2048, 5000, 8192, 6144 },
        { 2048, 8192, 8192, 8192 }, { 2048, 9000, 16384, 8192 }, { 2048, 4000, 4095, 3072 },
        { 4096, 4096, 4096, 4096 }, { 0, 0, UINT32_MAX, 2048 },  { 1024, 2048, 2047, 0 },
        { 1024, 1024, 2047, 0 },    { 8193, 8193, 9000, 0 },     { 3000, 2500, 8192, 0 },
        { 2048, 9000, 8192, 0 },    { 2049, 2060, 3071, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_buffer text = adit_buffer_init(2048);
        struct adit_kex_group *group;
        const enum adit_err err =
            adit_kex_group_choose(cases[i].min, cases[i].n, cases[i].max, &group);

        if (cases[i].bits == 0) {
            assert_int_equal(err, ADIT_ERR_PROTOCOL);
            assert_null(group);
            continue;
        }
        assert_int_equal(err, ADIT_OK);
        assert_int_equal(adit_kex_group_write(group, &text), ADIT_OK);
        assert_int_equal(read_p(&text).len, cases[i].bits / 8);
        adit_buffer_clear(&text);
        adit_kex_group_free(group);
    }
}

/* The group with this p and g, from blocks of exactly their sizes. */
static enum adit_err import(struct adit_span p, struct adit_span g)
{
    const struct adit_span p_copy = exact_copy(p.data, p.len);
    const struct adit_span g_copy = exact_copy(g.data, g.len);
    struct adit_kex_group *group;
    const enum adit_err err = adit_kex_group_import(p_copy, g_copy, &group);

    assert_int_equal(group != NULL, err == ADIT_OK);
    adit_kex_group_free(group);
    exact_free(p_copy);
    exact_free(g_copy);
    return err;
}

static void moduli_of_another_size_or_even_are_refused(void **state)
{
    static const uint8_t two = 2;
    const struct adit_span g = { &two, 1 };
    uint8_t p[1025];

    (void)state;
    memset(p, 0xff, sizeof p);
    assert_int_equal(import(ADIT_SPAN_EMPTY, g), ADIT_ERR_PROTOCOL);
    assert_int_equal(import(adit_span_of(p, 255), g), ADIT_ERR_PROTOCOL);
    assert_int_equal(import(adit_span_of(p, 256), g), ADIT_OK);
    assert_int_equal(import(adit_span_of(p, 1024), g), ADIT_OK);
    assert_int_equal(import(adit_span_of(p, 1025), g), ADIT_ERR_PROTOCOL);
    p[0] = 0x7f; /* one bit less */
    assert_int_equal(import(adit_span_of(p, 256), g), ADIT_ERR_PROTOCOL);
    p[0] = 0xff;
    p[255] = 0xfe;
    assert_int_equal(import(adit_span_of(p, 256), g), ADIT_ERR_PROTOCOL);
}

/* [2, p-2] */
static void generators_out_of_range_are_refused(void **state)
{
    static const uint8_t small[] = { 0, 1, 2 };
    uint8_t p[256];
    uint8_t g[257];

    (void)state;
    memset(p, 0xff, sizeof p);
    assert_int_equal(import(adit_span_of(p, 256), ADIT_SPAN_EMPTY), ADIT_ERR_PROTOCOL);
    for (size_t i = 0; i < sizeof small; i++)
        assert_int_equal(import(adit_span_of(p, 256), adit_span_of(&small[i], 1)),
                         small[i] == 2 ? ADIT_OK : ADIT_ERR_PROTOCOL);
    memset(g, 0xff, sizeof g);
    assert_int_equal(import(adit_span_of(p, 256), adit_span_of(g, 256)), ADIT_ERR_PROTOCOL);
    assert_int_equal(import(adit_span_of(p, 256), adit_span_of(g, 257)), ADIT_ERR_PROTOCOL);
    g[255] = 0xfe;
    assert_int_equal(import(adit_span_of(p, 256), adit_span_of(g, 256)), ADIT_ERR_PROTOCOL);
    g[255] = 0xfd;
    assert_int_equal(import(adit_span_of(p, 256), adit_span_of(g, 256)), ADIT_OK);
}

/* The client knows the server's group by its numbers alone. */
static void both_sides_agree_in_every_group(void **state)
{
    const struct adit_kex_algorithm *algorithm =
        adit_kex_find(adit_span_text("diffie-hellman-group-exchange-sha256"));

    (void)state;
    for (uint32_t bits = 2048; bits <= 6144; bits += 1024) {
        struct adit_buffer text = adit_buffer_init(2048);
        struct adit_buffer init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
        struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
        struct adit_buffer ours = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
        struct adit_buffer theirs = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
        static const uint8_t two = 2;
        struct adit_kex_group *given;
        struct adit_kex_group *taken;
        struct adit_kex_secret *secret;

        assert_int_equal(adit_kex_group_choose(2048, bits, 8192, &given), ADIT_OK);
        assert_int_equal(adit_kex_group_write(given, &text), ADIT_OK);
        assert_int_equal(adit_kex_group_import(read_p(&text), adit_span_of(&two, 1), &taken),
                         ADIT_OK);
        assert_int_equal(adit_kex_start(algorithm, taken, &init, &secret), ADIT_OK);
        assert_int_equal(adit_kex_respond(algorithm, given, adit_buffer_span(&init), &reply, &ours),
                         ADIT_OK);
        assert_int_equal(adit_kex_finish(secret, adit_buffer_span(&reply), &theirs), ADIT_OK);
        assert_true(adit_span_equal(adit_buffer_span(&ours), adit_buffer_span(&theirs)));
        adit_kex_secret_free(secret);
        adit_kex_group_free(given);
        adit_kex_group_free(taken);
        adit_buffer_clear(&text);
        adit_buffer_clear(&init);
        adit_buffer_clear(&reply);
        adit_buffer_clear(&ours);
        adit_buffer_clear(&theirs);
    }
}

static void without_a_group_there_is_no_exchange(void **state)
{
    const struct adit_kex_algorithm *algorithm =
        adit_kex_find(adit_span_text("diffie-hellman-group-exchange-sha256"));
    struct adit_buffer init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    struct adit_kex_secret *secret;

    (void)state;
    assert_int_equal(adit_kex_start(algorithm, NULL, &init, &secret), ADIT_ERR_USAGE);
    assert_null(secret);
    adit_kex_group_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_group_is_the_smallest_that_suffices),
        cmocka_unit_test(moduli_of_another_size_or_even_are_refused),
        cmocka_unit_test(generators_out_of_range_are_refused),
        cmocka_unit_test(both_sides_agree_in_every_group),
        cmocka_unit_test(without_a_group_there_is_no_exchange),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
