/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/key_text.h"

#include "encrypted_key_texts.h"
#include "exact.h"
#include "key_texts.h"
#include "ppk_texts.h"

static struct adit_key *generate(enum adit_key_type type)
{
    struct adit_key *key = NULL;

    assert_int_equal(adit_key_generate(type, 2048, "comment", &key), ADIT_OK);
    return key;
}

/* What every format tells of itself, plain and locked. */
static void a_format_is_told_by_its_content(void **state)
{
    static const struct {
        enum adit_key_format format;
        bool locked;
        const char *encryption;
        const char *comment; /* NULL: no public half is told */
    } cases[] = {
        { ADIT_KEY_FORMAT_OPENSSH, false, "", "comment" },
        { ADIT_KEY_FORMAT_OPENSSH, true, "aes256-ctr, bcrypt", "" },
        { ADIT_KEY_FORMAT_PEM, false, "", "" },
        { ADIT_KEY_FORMAT_PEM, true, "AES-128-CBC, MD5", NULL },
        { ADIT_KEY_FORMAT_PKCS8, false, "", "" },
        { ADIT_KEY_FORMAT_PKCS8, true, "", NULL },
        { ADIT_KEY_FORMAT_PPK2, false, "", "comment" },
        { ADIT_KEY_FORMAT_PPK2, true, "aes256-cbc, SHA-1", "comment" },
        { ADIT_KEY_FORMAT_PPK3, false, "", "comment" },
        { ADIT_KEY_FORMAT_PPK3, true, "aes256-cbc, Argon2id", "comment" },
        { ADIT_KEY_FORMAT_PUBLIC, false, "", "comment" },
        { ADIT_KEY_FORMAT_RFC4716, false, "", "comment" },
    };
    struct adit_key *key = generate(ADIT_KEY_ECDSA_P256);

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_key_writing how = { cases[i].format, cases[i].locked ? "x" : NULL, NULL };
        struct adit_key_description description;
        struct adit_key *half = NULL;
        char *text = NULL;

        assert_int_equal(adit_key_write(key, &how, &text), ADIT_OK);
        assert_int_equal(adit_key_describe(adit_span_text(text), &description, &half), ADIT_OK);
        assert_int_equal(description.format, cases[i].format);
        assert_int_equal(description.is_encrypted, cases[i].locked);
        assert_string_equal(description.encryption, cases[i].encryption);
        assert_int_equal(half != NULL, cases[i].comment != NULL);
        if (half) {
            assert_true(adit_span_equal(adit_key_blob(half), adit_key_blob(key)));
            assert_false(adit_key_is_private(half));
            assert_string_equal(adit_key_comment(half), cases[i].comment);
        }
        adit_key_free(half);
        half = NULL;
        assert_int_equal(adit_key_describe(adit_span_text(text), &description, NULL), ADIT_OK);
        adit_key_text_free(text);
    }
    adit_key_free(key);
}

static enum adit_err verdict(const char *text, size_t len)
{
    const struct adit_span exact = exact_copy(text, len);
    struct adit_key_description description;
    struct adit_key *half = NULL;
    const enum adit_err err = adit_key_describe(exact, &description, &half);

    adit_key_free(half);
    exact_free(exact);
    return err;
}

static void what_is_no_key_is_told(void **state)
{
    static const struct {
        const char *text;
        enum adit_err err;
    } cases[] = {
        { "", ADIT_ERR_FORMAT },
        { "\n\n", ADIT_ERR_FORMAT },
        { "ssh-ed25519", ADIT_ERR_FORMAT },
        { "-----BEGIN CERTIFICATE-----\n", ADIT_ERR_FORMAT },
        { "-----BEGIN PRIVATE KEY-----\n", ADIT_ERR_FORMAT },
        { "PuTTY-User-Key-File-1: ssh-rsa\n", ADIT_ERR_UNSUPPORTED },
        { "PuTTY-User-Key-File-4: ssh-rsa\n", ADIT_ERR_UNSUPPORTED },
        { "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n", ADIT_ERR_UNSUPPORTED },
        { "SSH PRIVATE KEY FILE FORMAT 1.1\n", ADIT_ERR_UNSUPPORTED },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        assert_int_equal(verdict(cases[i].text, strlen(cases[i].text)), cases[i].err);
}

static void of_a_part_of_a_file_no_byte_too_many_is_read(void **state)
{
    static const char *const texts[] = { locked_aes256_cbc, key_ed25519, ppk3_ed25519_locked,
                                         ppk2_ed25519 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++)
        for (size_t cut = 0; cut < strlen(texts[i]); cut++)
            (void)verdict(texts[i], cut);
}

static void what_cannot_be_written_is_told(void **state)
{
    static const struct {
        enum adit_key_type type;
        bool is_private;
        enum adit_key_format format;
        const char *passphrase;
        enum adit_err err;
    } cases[] = {
        { ADIT_KEY_ED25519, true, ADIT_KEY_FORMAT_PEM, NULL, ADIT_ERR_UNSUPPORTED },
        { ADIT_KEY_ED25519, true, ADIT_KEY_FORMAT_PUBLIC, "x", ADIT_ERR_USAGE },
        { ADIT_KEY_ED25519, true, ADIT_KEY_FORMAT_RFC4716, "x", ADIT_ERR_USAGE },
        { ADIT_KEY_ED25519, true, ADIT_KEY_FORMAT_PUBLIC, "", ADIT_OK },
        { ADIT_KEY_ED25519, false, ADIT_KEY_FORMAT_OPENSSH, NULL, ADIT_ERR_USAGE },
        { ADIT_KEY_ED25519, false, ADIT_KEY_FORMAT_PKCS8, NULL, ADIT_ERR_USAGE },
        { ADIT_KEY_ED25519, false, ADIT_KEY_FORMAT_PPK2, NULL, ADIT_ERR_USAGE },
        { ADIT_KEY_ED25519, false, ADIT_KEY_FORMAT_PPK3, NULL, ADIT_ERR_USAGE },
        { ADIT_KEY_ED25519, false, ADIT_KEY_FORMAT_RFC4716, NULL, ADIT_OK },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_key_writing how = { cases[i].format, cases[i].passphrase, NULL };
        struct adit_key *pair = generate(cases[i].type);
        struct adit_key *half = NULL;
        char *text = NULL;

        assert_int_equal(adit_key_from_blob(adit_key_blob(pair), &half), ADIT_OK);
        assert_int_equal(adit_key_write(cases[i].is_private ? pair : half, &how, &text),
                         cases[i].err);
        assert_int_equal(text != NULL, cases[i].err == ADIT_OK);
        adit_key_text_free(text);
        adit_key_free(half);
        adit_key_free(pair);
    }
}

static void the_comment_may_be_another(void **state)
{
    const struct adit_key_writing how = { ADIT_KEY_FORMAT_OPENSSH, NULL, "an other\r\none" };
    struct adit_key *key = generate(ADIT_KEY_ED25519);
    struct adit_key *again = NULL;
    char *text = NULL;
    char shown[8];

    (void)state;
    assert_int_equal(adit_key_write(key, &how, &text), ADIT_OK);
    assert_int_equal(adit_key_read_private(adit_span_text(text), NULL, &again), ADIT_OK);
    assert_string_equal(adit_key_comment(again), "an other");
    assert_string_equal(adit_key_comment(key), "comment");
    assert_string_equal(adit_key_comment_printable(again, shown, sizeof shown), "an o...");
    adit_key_free(again);
    adit_key_free(key);
    adit_key_text_free(text);
}

static void the_md5_fingerprint_is_ssh_keygens(void **state)
{
    char md5[ADIT_FINGERPRINT_MD5_SIZE];
    struct adit_key *key = NULL;

    (void)state;
    assert_int_equal(adit_key_read_public(adit_span_text(ppk_ed25519_pub), &key), ADIT_OK);
    adit_key_fingerprint_md5(key, md5);
    assert_string_equal(md5, "MD5:16:d0:47:be:fd:be:8d:7a:9a:ed:89:60:37:e4:ae:36");
    adit_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_format_is_told_by_its_content),
        cmocka_unit_test(what_is_no_key_is_told),
        cmocka_unit_test(of_a_part_of_a_file_no_byte_too_many_is_read),
        cmocka_unit_test(what_cannot_be_written_is_told),
        cmocka_unit_test(the_comment_may_be_another),
        cmocka_unit_test(the_md5_fingerprint_is_ssh_keygens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
