/* SPDX-License-Identifier: BSD-2-Clause */
/* T29: X25519 as RFC 7748 and Wycheproof have it, with K as RFC 8731, 3.1, wants it. */
#include "hex.h"

#include "crypto/kex_agreement.h"
#include "wire/reader.h"

static const struct {
    unsigned id;
    const char *public, *private, *shared;
} wycheproof[] = {
#include "wycheproof_x25519.inc"
};

enum { WYCHEPROOF_COUNT = 518 };

/* K's content without its leading zero; empty when the method refused. */
static size_t agree(const char *private, const char *public, uint8_t out[static 32])
{
    const struct adit_kex_algorithm *algorithm = adit_kex_find(adit_span_text("curve25519-sha256"));
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const struct hex own_bytes = hex_decode(private);
    const struct hex peer = hex_decode(public);
    EVP_PKEY *own =
        EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, own_bytes.bytes, own_bytes.len);
    struct adit_span k = ADIT_SPAN_EMPTY;
    enum adit_err err;

    assert_non_null(own);
    err = adit_kex_x25519.agree(algorithm, own, hex_span(&peer), &shared);
    if (err == ADIT_OK) {
        struct adit_reader r = adit_reader_init(adit_buffer_span(&shared));

        k = adit_read_mpint(&r);
        assert_true(adit_reader_finish(&r));
        assert_true(k.len > 0 && k.len <= 32);
        memcpy(out, k.data, k.len);
    } else {
        assert_int_equal(err, ADIT_ERR_PROTOCOL);
    }
    EVP_PKEY_free(own);
    adit_buffer_clear(&shared);
    return k.len;
}

static void assert_agrees(const char *private, const char *public, const char *shared)
{
    const struct hex wanted = hex_decode(shared);
    uint8_t k[32];
    size_t zeros = 0;
    const size_t len = agree(private, public, k);

    while (zeros < 32 && wanted.bytes[zeros] == 0)
        zeros++;
    assert_int_equal(len, 32 - zeros); /* nothing when all is zero: refused */
    assert_memory_equal(k, wanted.bytes + zeros, len);
}

/* RFC 7748, 5.2 and 6.1. */
static void the_rfc_examples_hold(void **state)
{
    (void)state;
    assert_agrees("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                  "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
                  "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    assert_agrees("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
                  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_agrees("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

static void every_wycheproof_case_holds(void **state)
{
    (void)state;
    assert_int_equal(ADIT_ARRAY_LEN(wycheproof), WYCHEPROOF_COUNT);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(wycheproof); i++)
        assert_agrees(wycheproof[i].private, wycheproof[i].public, wycheproof[i].shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rfc_examples_hold),
        cmocka_unit_test(every_wycheproof_case_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
