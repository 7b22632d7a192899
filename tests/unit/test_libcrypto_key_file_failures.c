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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_failed_derivation_nothing_is_left),
        cmocka_unit_test(no_key_is_read_by_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
