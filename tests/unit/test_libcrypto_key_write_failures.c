/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key files written with every call of libcrypto failing once: there is the
 * whole text or none. PuTTY's files are read so too.
 */
#include "libcrypto_wrap.h"

#include "adit/key.h"
#include "crypto/argon2.h"
#include "crypto/bcrypt_pbkdf.h"

static struct adit_key *keys[3];

/* In the place of the library's, which are slow, and tested by themselves. */
enum adit_err adit_bcrypt_pbkdf(struct adit_span passphrase, struct adit_span salt, uint32_t rounds,
                                uint8_t *out, size_t len)
{
    (void)passphrase, (void)salt, (void)rounds;
    memset(out, 1, len);
    return ADIT_OK;
}

enum adit_err adit_argon2(enum adit_argon2 kind, const struct adit_argon2_cost *cost,
                          struct adit_span passphrase, struct adit_span salt, uint8_t *out,
                          size_t len)
{
    (void)kind, (void)cost, (void)passphrase, (void)salt;
    memset(out, 1, len);
    return ADIT_OK;
}

static int make_keys(void **state)
{
    static const enum adit_key_type types[] = { ADIT_KEY_ED25519, ADIT_KEY_ECDSA_P384,
                                                ADIT_KEY_RSA };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(keys); i++)
        if (adit_key_generate(types[i], 0, "comment", &keys[i]))
            return -1;
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(keys); i++)
        adit_key_free(keys[i]);
    return 0;
}

static const enum adit_key_format formats[] = {
    ADIT_KEY_FORMAT_OPENSSH, ADIT_KEY_FORMAT_PKCS8, ADIT_KEY_FORMAT_PPK2,
    ADIT_KEY_FORMAT_PPK3,    ADIT_KEY_FORMAT_PEM,
};

enum { CASES = 5 * 2 * 3 };

/* `which` counts through formats, then plain and locked, then keys. */
static struct adit_key_writing writing_of(size_t which)
{
    return (struct adit_key_writing){
        .format = formats[which % ADIT_ARRAY_LEN(formats)],
        .passphrase = which / ADIT_ARRAY_LEN(formats) % 2 ? "sesame" : NULL,
    };
}

static const struct adit_key *key_of(size_t which)
{
    return keys[which / ADIT_ARRAY_LEN(formats) / 2];
}

static enum adit_err write_key(size_t which)
{
    const struct adit_key_writing how = writing_of(which);
    char *text = NULL;
    const enum adit_err err = adit_key_write(key_of(which), &how, &text);

    assert_int_equal(text != NULL, err == ADIT_OK);
    adit_key_text_free(text);
    return err;
}

static bool has_a_form(size_t which)
{
    return writing_of(which).format != ADIT_KEY_FORMAT_PEM ||
           adit_key_type(key_of(which)) != ADIT_KEY_ED25519;
}

static void no_half_of_a_file_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        if (has_a_form(i))
            assert_fails_at_every_call(write_key, i, ADIT_OK);
}

static char *written;

static enum adit_err read_with(const char *passphrase)
{
    struct adit_key *key = NULL;
    const enum adit_err err = adit_key_read_private(adit_span_text(written), passphrase, &key);

    assert_int_equal(key != NULL, err == ADIT_OK);
    adit_key_free(key);
    return err;
}

static enum adit_err read_key(size_t which)
{
    return read_with(writing_of(which).passphrase);
}

static void no_file_of_putty_is_read_by_a_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct adit_key_writing how = writing_of(i);

        if (how.format != ADIT_KEY_FORMAT_PPK2 && how.format != ADIT_KEY_FORMAT_PPK3)
            continue;
        assert_int_equal(adit_key_write(key_of(i), &how, &written), ADIT_OK);
        assert_fails_at_every_call(read_key, i, ADIT_OK);
        adit_key_text_free(written);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_half_of_a_file_is_written),
        cmocka_unit_test(no_file_of_putty_is_read_by_a_failure),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
