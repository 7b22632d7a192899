/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_openssh_key_encrypted.c cannot reach: it opens real files with each cipher. */
#include "crypto/key_cipher.h"

#include "exact.h"

static const char *const names[] = {
    "3des-cbc",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
};

static void ciphers_are_known_by_their_whole_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        const struct adit_key_cipher *cipher = adit_key_cipher_find(adit_span_text(names[i]));

        assert_non_null(cipher);
        assert_string_equal(cipher->name, names[i]);
        assert_true(cipher->key_size + cipher->iv_size <= ADIT_KEY_CIPHER_SECRET_MAX);
        assert_true(cipher->block_size >= 8);
        assert_null(adit_key_cipher_find(adit_span_of(names[i], strlen(names[i]) - 1)));
    }
    assert_null(adit_key_cipher_find(adit_span_text("none")));
    assert_null(adit_key_cipher_find(ADIT_SPAN_EMPTY));
}

static void only_whole_blocks_are_opened(void **state)
{
    static const uint8_t secret[ADIT_KEY_CIPHER_SECRET_MAX] = { 1 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        const struct adit_key_cipher *cipher = adit_key_cipher_find(adit_span_text(names[i]));

        for (size_t len = 0; len <= 64; len++) {
            uint8_t *bytes = calloc(1, len + cipher->tag_size + (len + cipher->tag_size == 0));
            const enum adit_err opened = cipher->tag_size ? ADIT_ERR_INTEGRITY : ADIT_OK;

            assert_non_null(bytes);
            assert_int_equal(adit_key_cipher_open(cipher, secret, bytes, len),
                             len && len % cipher->block_size == 0 ? opened : ADIT_ERR_USAGE);
            free(bytes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ciphers_are_known_by_their_whole_names),
        cmocka_unit_test(only_whole_blocks_are_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
