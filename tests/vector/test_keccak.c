/* SPDX-License-Identifier: BSD-2-Clause */
/* Our Keccak against libcrypto's, which FIPS 202's own examples are tested with. */
#include "hex.h"

#include "crypto/keccak.h"

#include <openssl/evp.h>

enum { LONGEST = 420, OUT = 700 };

static void reference(const char *name, struct adit_span in, uint8_t *out, size_t len)
{
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    assert_non_null(md);
    assert_int_equal(EVP_DigestInit_ex2(ctx, md, NULL), 1);
    assert_int_equal(EVP_DigestUpdate(ctx, in.data, in.len), 1);
    if (strncmp(name, "SHAKE", 5) == 0)
        assert_int_equal(EVP_DigestFinalXOF(ctx, out, len), 1);
    else
        assert_int_equal(EVP_DigestFinal_ex(ctx, out, NULL), 1);
    EVP_MD_CTX_free(ctx);
    EVP_MD_free(md);
}

/* Lengths around each multiple of each rate, cut in two at a place that varies. */
static void every_length_gives_what_libcrypto_gives(void **state)
{
    uint8_t in[LONGEST];
    uint8_t is[OUT];
    uint8_t wanted[OUT];

    (void)state;
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 7 + (i >> 3));
    for (size_t len = 0; len <= LONGEST; len++) {
        const size_t cut = len * 5 % (len + 1);
        const struct adit_span a = { in, cut };
        const struct adit_span b = { in + cut, len - cut };

        reference("SHA3-256", adit_span_of(in, len), wanted, 32);
        adit_sha3_256(a, b, is);
        assert_memory_equal(is, wanted, 32);
        reference("SHA3-512", adit_span_of(in, len), wanted, 64);
        adit_sha3_512(a, b, is);
        assert_memory_equal(is, wanted, 64);
        reference("SHAKE256", adit_span_of(in, len), wanted, 300 + len % 40);
        adit_shake256(a, b, is, 300 + len % 40);
        assert_memory_equal(is, wanted, 300 + len % 40);
    }
}

static void a_sponge_may_be_squeezed_in_pieces(void **state)
{
    struct adit_keccak k;
    uint8_t is[OUT];
    uint8_t wanted[OUT];

    (void)state;
    reference("SHAKE128", adit_span_text("adit"), wanted, OUT);
    for (size_t piece = 1; piece < 180; piece++) {
        adit_keccak_init(&k, ADIT_SHAKE128_RATE);
        adit_keccak_absorb(&k, adit_span_text("adit"));
        adit_keccak_finish(&k, ADIT_SHAKE_SUFFIX);
        for (size_t at = 0; at < OUT; at += piece)
            adit_keccak_squeeze(&k, is + at, piece < OUT - at ? piece : OUT - at);
        assert_memory_equal(is, wanted, OUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_gives_what_libcrypto_gives),
        cmocka_unit_test(a_sponge_may_be_squeezed_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
