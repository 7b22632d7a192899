/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/openssh_key.h"

#include "encrypted_key_texts.h"
#include "exact.h"
#include "key_texts.h"
#include "openssh_key_parts.h"

enum { ROUNDS_MAX = 1024 };

#define CIPHERS 10 /* of ssh -Q cipher */

static const struct locked_file {
    const char *cipher;
    const char *text;
    const char *passphrase;
    const char *unlocked;
    size_t block;
} files[] = {
    { "3des-cbc", locked_3des_cbc, "sesame", key_ed25519, 8 },
    { "aes128-cbc", locked_aes128_cbc, "sesame", key_ed25519, 16 },
    { "aes192-cbc", locked_aes192_cbc, "sesame", key_ed25519, 16 },
    { "aes256-cbc", locked_aes256_cbc, "sesame", key_ed25519, 16 },
    { "aes128-ctr", locked_aes128_ctr, "sesame", key_ed25519, 16 },
    { "aes192-ctr", locked_aes192_ctr, "sesame", key_ed25519, 16 },
    { "aes256-ctr", locked_aes256_ctr, "sesame", key_ed25519, 16 },
    { "aes128-gcm@openssh.com", locked_aes128_gcm, "sesame", key_ed25519, 16 },
    { "aes256-gcm@openssh.com", locked_aes256_gcm, "sesame", key_ed25519, 16 },
    { "chacha20-poly1305@openssh.com", locked_chacha20_poly1305, "sesame", key_ed25519, 8 },
    { "aes256-ctr", locked_p384, "sesame", key_p384, 16 },
    { "aes256-gcm@openssh.com", locked_rsa, locked_rsa_passphrase, key_rsa, 16 },
};

static void every_cipher_of_ssh_keygen_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_buffer bytes = bytes_of(files[i].text);
        struct adit_key *plain = NULL;
        struct adit_key *key = NULL;

        assert_span_is(parts_of(&bytes).cipher, files[i].cipher);
        assert_int_equal(adit_key_read_private(adit_span_text(files[i].unlocked), NULL, &plain),
                         ADIT_OK);
        assert_int_equal(
            adit_key_read_private(adit_span_text(files[i].text), files[i].passphrase, &key),
            ADIT_OK);
        assert_true(adit_key_is_private(key));
        assert_true(adit_span_equal(adit_key_blob(key), adit_key_blob(plain)));
        assert_string_equal(adit_key_comment(key), adit_key_comment(plain));
        adit_key_free(plain);
        adit_key_free(key);
        adit_buffer_clear(&bytes);
    }
}

/* With the rounds that ssh-keygen takes when it is told nothing. */
static void the_default_of_ssh_keygen_is_read(void **state)
{
    struct adit_key *key = NULL;

    (void)state;
    assert_int_equal(adit_key_read_private(adit_span_text(key_locked), "open sesame", &key),
                     ADIT_OK);
    adit_key_free(key);
}

static void a_passphrase_that_is_missing_or_wrong_is_told(void **state)
{
    static const char *const wrong[] = { NULL, "", "s", "sesam", "sesame ", "Sesame" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_buffer bytes = bytes_of(files[i].text);

        for (size_t k = 0; k < ADIT_ARRAY_LEN(wrong); k++)
            assert_int_equal(verdict_with(wrong[k], adit_buffer_span(&bytes)), ADIT_ERR_PASSPHRASE);
        adit_buffer_clear(&bytes);
    }
}

/* The tag is a part of the file too. */
static void each_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_buffer bytes = bytes_of(files[i].text);

        for (size_t cut = 0; cut < bytes.len; cut++)
            assert_int_equal(verdict_with(files[i].passphrase, adit_span_of(bytes.data, cut)),
                             ADIT_ERR_FORMAT);
        assert_int_equal(adit_buffer_append(&bytes, adit_span_text("x")), ADIT_OK);
        assert_int_equal(verdict_with(files[i].passphrase, adit_buffer_span(&bytes)),
                         ADIT_ERR_FORMAT);
        adit_buffer_clear(&bytes);
    }
}

/* Every section cut at every place, the envelope around it whole. */
static void each_truncation_of_the_section_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CIPHERS; i++) {
        struct adit_buffer bytes = bytes_of(files[i].text);
        struct parts p = parts_of(&bytes);

        while (p.section.len-- > 0) {
            const enum adit_err err = verdict_on_parts_with(files[i].passphrase, &p);
            const bool is_whole = p.section.len > 0 && p.section.len % files[i].block == 0;

            /* Where the tag does not fit, the passphrase seems to be wrong. */
            assert_int_equal(err, is_whole && p.tag.len ? ADIT_ERR_PASSPHRASE : ADIT_ERR_FORMAT);
        }
        adit_buffer_clear(&bytes);
    }
}

static void each_changed_byte_under_a_tag_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < CIPHERS; i++) {
        struct adit_buffer bytes = bytes_of(files[i].text);
        const struct parts p = parts_of(&bytes);

        for (size_t at = (size_t)(p.section.data - bytes.data); p.tag.len && at < bytes.len;
             at += at + p.tag.len < bytes.len ? 13 : 1) {
            bytes.data[at] ^= 1;
            assert_int_equal(verdict_with(files[i].passphrase, adit_buffer_span(&bytes)),
                             ADIT_ERR_PASSPHRASE);
            bytes.data[at] ^= 1;
        }
        adit_buffer_clear(&bytes);
    }
}

/* Without a tag, by the check and its copy alone. */
static void a_changed_check_is_noticed_under_every_cipher(void **state)
{
    (void)state;
    for (size_t i = 0; i < CIPHERS; i++) {
        struct adit_buffer bytes = bytes_of(files[i].text);
        const size_t section = (size_t)(parts_of(&bytes).section.data - bytes.data);

        for (size_t at = section; at < section + 8; at++) {
            bytes.data[at] ^= 1;
            assert_int_equal(verdict_with(files[i].passphrase, adit_buffer_span(&bytes)),
                             ADIT_ERR_PASSPHRASE);
            bytes.data[at] ^= 1;
        }
        adit_buffer_clear(&bytes);
    }
}

static void the_public_half_in_clear_must_be_that_of_the_section(void **state)
{
    struct adit_buffer bytes = bytes_of(locked_aes256_ctr);
    struct adit_buffer other = bytes_of(locked_p384);
    struct parts p = parts_of(&bytes);

    (void)state;
    p.blob = parts_of(&other).blob;
    assert_int_equal(verdict_on_parts_with("sesame", &p), ADIT_ERR_FORMAT);
    adit_buffer_clear(&other);
    adit_buffer_clear(&bytes);
}

/* The file of this cipher, with other rounds, whose work is never begun here. */
static enum adit_err verdict_on_rounds(const char *passphrase, uint32_t rounds)
{
    struct adit_buffer bytes = bytes_of(locked_aes256_ctr);
    struct parts p = parts_of(&bytes);
    enum adit_err err;

    adit_put_uint32(bytes.data + (p.kdf_options.data - bytes.data) + p.kdf_options.len - 4, rounds);
    err = verdict_on_parts_with(passphrase, &p);
    adit_buffer_clear(&bytes);
    return err;
}

static void rounds_have_a_bound(void **state)
{
    (void)state;
    assert_int_equal(verdict_on_rounds("sesame", 0), ADIT_ERR_FORMAT);
    assert_int_equal(verdict_on_rounds("sesame", 1), ADIT_OK);
    assert_int_equal(verdict_on_rounds("sesame", 2), ADIT_ERR_PASSPHRASE);
    assert_int_equal(verdict_on_rounds(NULL, ROUNDS_MAX), ADIT_ERR_PASSPHRASE);
    assert_int_equal(verdict_on_rounds(NULL, ROUNDS_MAX + 1), ADIT_ERR_LIMIT);
    assert_int_equal(verdict_on_rounds("sesame", ROUNDS_MAX + 1), ADIT_ERR_LIMIT);
    assert_int_equal(verdict_on_rounds("sesame", 0x80000000), ADIT_ERR_LIMIT);
    assert_int_equal(verdict_on_rounds("sesame", UINT32_MAX), ADIT_ERR_LIMIT);
}

static void the_kdf_options_are_checked(void **state)
{
    static const uint8_t no_salt[] = { 0, 0, 0, 0, 0, 0, 0, 1 };
    struct adit_buffer bytes = bytes_of(locked_aes256_ctr);
    const struct parts good = parts_of(&bytes);
    uint8_t *salt_len = bytes.data + (good.kdf_options.data - bytes.data);
    const uint32_t lengths[] = { 0, 15, 17, 20, 21, 0x80000000, UINT32_MAX };
    uint8_t long_options[25] = { 0 };
    struct parts p = good;

    (void)state;
    assert_int_equal(good.kdf_options.len, 4 + 16 + 4);
    for (p.kdf_options.len = 0; p.kdf_options.len < good.kdf_options.len; p.kdf_options.len++)
        assert_int_equal(verdict_on_parts_with("sesame", &p), ADIT_ERR_FORMAT);
    memcpy(long_options, good.kdf_options.data, good.kdf_options.len);
    p.kdf_options = adit_span_of(long_options, sizeof long_options);
    assert_int_equal(verdict_on_parts_with("sesame", &p), ADIT_ERR_FORMAT);
    p.kdf_options = adit_span_of(no_salt, sizeof no_salt);
    assert_int_equal(verdict_on_parts_with("sesame", &p), ADIT_ERR_FORMAT);

    for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++) {
        adit_put_uint32(salt_len, lengths[i]);
        assert_int_equal(verdict_on_parts_with("sesame", &good), ADIT_ERR_FORMAT);
    }
    adit_buffer_clear(&bytes);
}

static void what_is_not_known_is_unsupported(void **state)
{
    static const struct {
        const char *cipher, *kdf;
        enum adit_err err;
    } rows[] = {
        { "aes256-ctr", "bcrypt", ADIT_OK },
        { "aes256-ctr", "none", ADIT_ERR_FORMAT },
        { "aes256-ctr", "scrypt", ADIT_ERR_UNSUPPORTED },
        { "aes256-ctr", "", ADIT_ERR_UNSUPPORTED },
        { "aes256-ct", "bcrypt", ADIT_ERR_UNSUPPORTED },
        { "aes256-ctr ", "bcrypt", ADIT_ERR_UNSUPPORTED },
        { "aes256-gcm", "bcrypt", ADIT_ERR_UNSUPPORTED },
        { "blowfish-cbc", "bcrypt", ADIT_ERR_UNSUPPORTED },
        { "", "bcrypt", ADIT_ERR_UNSUPPORTED },
        { "none", "bcrypt", ADIT_ERR_FORMAT },
        { "aes192-ctr", "bcrypt", ADIT_ERR_PASSPHRASE },         /* another one */
        { "aes256-gcm@openssh.com", "bcrypt", ADIT_ERR_FORMAT }, /* no tag */
    };
    struct adit_buffer bytes = bytes_of(locked_aes256_ctr);
    struct parts p = parts_of(&bytes);

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        enum adit_err err;

        p.cipher = adit_span_text(rows[i].cipher);
        p.kdf = adit_span_text(rows[i].kdf);
        err = verdict_on_parts_with("sesame", &p);
        if (err != rows[i].err)
            fail_msg("\"%s\", \"%s\": %s", rows[i].cipher, rows[i].kdf, adit_err_text(err));
    }
    adit_buffer_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cipher_of_ssh_keygen_is_read),
        cmocka_unit_test(the_default_of_ssh_keygen_is_read),
        cmocka_unit_test(a_passphrase_that_is_missing_or_wrong_is_told),
        cmocka_unit_test(each_truncation_is_refused),
        cmocka_unit_test(each_truncation_of_the_section_is_refused),
        cmocka_unit_test(each_changed_byte_under_a_tag_is_noticed),
        cmocka_unit_test(a_changed_check_is_noticed_under_every_cipher),
        cmocka_unit_test(the_public_half_in_clear_must_be_that_of_the_section),
        cmocka_unit_test(rounds_have_a_bound),
        cmocka_unit_test(the_kdf_options_are_checked),
        cmocka_unit_test(what_is_not_known_is_unsupported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
