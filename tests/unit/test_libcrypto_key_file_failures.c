/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encrypted key files with every call of libcrypto failing once: none is read
 * with the wrong passphrase, and no half-made secret is handed out.
 */
#include "libcrypto_wrap.h"

#include "encrypted_key_texts.h"

#include "adit/key.h"
#include "crypto/bcrypt_pbkdf.h"

static const char *const files[] = { locked_aes256_cbc, locked_aes128_gcm,
                                     locked_chacha20_poly1305 };

static const char *const public_files[] = {
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPrYXISI7vpOa18dw/r5gbi7aB8JR\n"
    "0XmBXVx0Wm2TkyrEnberdWOL46YXEx2LbQ4/xdA0IHxhnFjInkixZK/Gqw==\n"
    "-----END PUBLIC KEY-----\n",
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEA5iEWWq71rqig/z7CwFZxuK4hk99JYTjv5pnRtAlHM5k9BVpGZdk4\n"
    "B7EuW4XWdSngB78s0DS/5Up1fAzcJbdo/y6AVfeS3FRBcN37sPS13sxfVRFqO/jA\n"
    "kxDIsVf1p+CNfqqTE+48QfFUX2g00XMCyvmpgOURq0eiQYFqsfEpe4fU+6DyecMu\n"
    "A5dc3zx7abP6b0KeSBeKykk2X1rx1iPD3eSBx+HTT0BJGAMroxl22D0Zkba2Qk2b\n"
    "K6IEwKwh/Pb2Wj0D6bCbrgUUNL3OmC7Lh+b64puz7p15S3AHOcAERxd8JoR78Wde\n"
    "NAdMBDfk205A/2xV0J/+yBKATxAa7QHFSQIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n",
};

static enum adit_err derive(size_t len)
{
    const struct adit_span text = adit_span_text("text");
    const uint8_t zeros[40] = { 0 };
    uint8_t out[40];
    enum adit_err err;

    memset(out, 1, sizeof out);
    err = adit_bcrypt_pbkdf(text, text, 2, out, len);
    if (err)
        assert_memory_equal(out, zeros, len);
    return err;
}

static void of_a_failed_derivation_nothing_is_left(void **state)
{
    (void)state;
    assert_fails_at_every_call(derive, 40, ADIT_OK);
}

static enum adit_err read_with(size_t which, const char *passphrase)
{
    struct adit_key *key = NULL;
    const enum adit_err err = adit_key_read_private(adit_span_text(files[which]), passphrase, &key);

    assert_int_equal(key != NULL, err == ADIT_OK);
    adit_key_free(key);
    return err;
}

static enum adit_err read_right(size_t which)
{
    return read_with(which, "sesame");
}

static enum adit_err read_wrong(size_t which)
{
    return read_with(which, "simsim");
}

static void no_key_is_read_by_a_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        assert_fails_at_every_call(read_right, i, ADIT_OK);
        assert_fails_at_every_call(read_wrong, i, ADIT_ERR_PASSPHRASE);
    }
}

static enum adit_err read_public(size_t which)
{
    struct adit_key *key = NULL;
    const enum adit_err err = adit_key_read_public(adit_span_text(public_files[which]), &key);

    assert_int_equal(key != NULL, err == ADIT_OK);
    adit_key_free(key);
    return err;
}

static void no_public_key_is_read_by_a_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(public_files); i++)
        assert_fails_at_every_call(read_public, i, ADIT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_failed_derivation_nothing_is_left),
        cmocka_unit_test(no_key_is_read_by_a_failure),
        cmocka_unit_test(no_public_key_is_read_by_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
