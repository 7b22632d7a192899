/* SPDX-License-Identifier: BSD-2-Clause */
#include "adit/key.h"

#include "exact.h"
#include "key_texts.h"

#include "keys/key.h"

static struct adit_key *read_private(const char *text, const char *passphrase)
{
    struct adit_key *key = NULL;

    assert_int_equal(adit_key_read_private(adit_span_text(text), passphrase, &key), ADIT_OK);
    assert_non_null(key);
    return key;
}

static enum adit_err private_verdict(const char *text, size_t len, const char *passphrase)
{
    const struct adit_span exact = exact_copy(text, len);
    struct adit_key *key = NULL;
    const enum adit_err err = adit_key_read_private(exact, passphrase, &key);

    assert_int_equal(key != NULL, err == ADIT_OK);
    adit_key_free(key);
    exact_free(exact);
    return err;
}

static enum adit_err public_verdict(const void *line, size_t len)
{
    const struct adit_span exact = exact_copy(line, len);
    struct adit_key *key = NULL;
    const enum adit_err err = adit_key_read_public(exact, &key);

    assert_int_equal(key != NULL, err == ADIT_OK);
    adit_key_free(key);
    exact_free(exact);
    return err;
}

/* What each public line says of its key. */
static const struct known_key {
    const char *line;
    enum adit_key_type type;
    unsigned bits;
    const char *name;
    const char *comment;
    const char *fingerprint; /* of ssh-keygen -l */
} known_keys[] = {
    { key_ed25519_pub, ADIT_KEY_ED25519, 256, "ssh-ed25519", "ed25519 test key",
      "SHA256:N0vA437Wr+6kK/2amt1oJKiKR05LHQ5eOFmCbnE+5Io" },
    { key_p256_pub, ADIT_KEY_ECDSA_P256, 256, "ecdsa-sha2-nistp256", "p256 test key",
      "SHA256:MTy9+kJeVLVDr2WEK9ZFXHgc4HVWkrWxdNJ4smVE8jU" },
    { key_p384_pub, ADIT_KEY_ECDSA_P384, 384, "ecdsa-sha2-nistp384", "",
      "SHA256:H1lxaYiFrmEHM+duRSCEy7FG53gbQXPM9UlNEXnyZos" },
    { key_p521_pub, ADIT_KEY_ECDSA_P521, 521, "ecdsa-sha2-nistp521", "p521",
      "SHA256:118oUbMcEJnu4fkDDt1FnAwIEWswYagE9bHGgxAKIDs" },
    { key_rsa_pub, ADIT_KEY_RSA, 2048, "ssh-rsa", "rsa test key",
      "SHA256:wHs2ugn7wCwqwM1FQsJeRFTPipLkDTb9d6QDpupcVzo" },
};

static void public_lines_tell_what_ssh_keygen_tells(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(known_keys); i++) {
        const struct known_key *wanted = &known_keys[i];
        char fingerprint[ADIT_FINGERPRINT_SIZE];
        struct adit_key *key = NULL;
        char *line = NULL;

        assert_int_equal(adit_key_read_public(adit_span_text(wanted->line), &key), ADIT_OK);
        assert_int_equal(adit_key_type(key), wanted->type);
        assert_int_equal(adit_key_bits(key), wanted->bits);
        assert_string_equal(adit_key_name(key), wanted->name);
        assert_string_equal(adit_key_comment(key), wanted->comment);
        assert_false(adit_key_is_private(key));
        adit_key_fingerprint(key, fingerprint);
        assert_string_equal(fingerprint, wanted->fingerprint);
        assert_int_equal(adit_key_write_public(key, &line), ADIT_OK);
        if (wanted->comment[0])
            assert_string_equal(line, wanted->line);
        adit_key_text_free(line);
        assert_int_equal(adit_key_write_private(key, &line), ADIT_ERR_USAGE);
        assert_null(line);
        adit_key_free(key);
    }
}

static void blobs_become_the_same_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(known_keys); i++) {
        struct adit_key *key = NULL;
        struct adit_key *again = NULL;

        assert_int_equal(adit_key_read_public(adit_span_text(known_keys[i].line), &key), ADIT_OK);
        assert_int_equal(adit_key_from_blob(adit_key_blob(key), &again), ADIT_OK);
        assert_true(adit_span_equal(adit_key_blob(key), adit_key_blob(again)));
        assert_string_equal(adit_key_comment(again), "");
        adit_key_free(again);

        for (size_t cut = 0; cut < adit_key_blob(key).len; cut++) {
            const struct adit_span exact = exact_copy(adit_key_blob(key).data, cut);
            const enum adit_err err = adit_key_from_blob(exact, &again);

            assert_null(again);
            assert_true(err == ADIT_ERR_MALFORMED);
            exact_free(exact);
        }
        adit_key_free(key);
    }
}

static void each_truncation_of_a_public_line_is_no_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(known_keys); i++) {
        const char *line = known_keys[i].line;
        const char *blank = strchr(line, ' ');
        const size_t words = (size_t)(strpbrk(blank + 1, " \n") - line);

        for (size_t cut = 0; cut < words; cut++)
            assert_int_equal(public_verdict(line, cut), ADIT_ERR_FORMAT);
        assert_int_equal(public_verdict(line, words), ADIT_OK);
    }
}

#define ED25519_BASE64 "AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7"

static void public_lines_are_read_with_some_tolerance(void **state)
{
    static const struct {
        const char *line;
        enum adit_err err;
    } rows[] = {
        { "ssh-ed25519 " ED25519_BASE64, ADIT_OK },
        { "  ssh-ed25519\t " ED25519_BASE64 " a  comment \r\n", ADIT_OK },
        { "\xef\xbb\xbfssh-ed25519 " ED25519_BASE64 "\r\n\r\n", ADIT_OK },
        { "", ADIT_ERR_FORMAT },
        { "ssh-ed25519", ADIT_ERR_FORMAT },
        { ED25519_BASE64, ADIT_ERR_FORMAT },
        { "ssh-rsa " ED25519_BASE64, ADIT_ERR_FORMAT }, /* declared otherwise */
        { "ssh-ed2551 " ED25519_BASE64, ADIT_ERR_FORMAT },
        { "SSH-ED25519 " ED25519_BASE64, ADIT_ERR_FORMAT },
        { "ssh-ed25519 " ED25519_BASE64 "=", ADIT_ERR_FORMAT },
        { "ssh-ed25519 " ED25519_BASE64 "AAAA", ADIT_ERR_FORMAT }, /* bytes behind the key */
        { "ssh-ed25519 " ED25519_BASE64 "\nssh-ed25519 " ED25519_BASE64, ADIT_ERR_FORMAT },
        { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAA==", ADIT_ERR_FORMAT },
        { "ssh-dss AAAAB3NzaC1kc3M=", ADIT_ERR_UNSUPPORTED },
        { key_small_pub, ADIT_ERR_LIMIT },
        { key_ed25519, ADIT_ERR_FORMAT }, /* a private key */
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const enum adit_err err = public_verdict(rows[i].line, strlen(rows[i].line));

        if (err != rows[i].err)
            fail_msg("\"%s\": %s", rows[i].line, adit_err_text(err));
    }
    {
        static const char line[] = "ssh-ed25519 " ED25519_BASE64 " com\0ment";
        assert_int_equal(public_verdict(line, sizeof line - 1), ADIT_ERR_FORMAT);
    }
}

static void a_comment_stays_in_its_line(void **state)
{
    struct adit_key *key = NULL;
    char *line = NULL;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "me\nssh-rsa AAAA", &key), ADIT_OK);
    assert_int_equal(adit_key_write_public(key, &line), ADIT_OK);
    assert_string_equal(strchr(line, '\n'), "\n");
    assert_string_equal(line + strlen(line) - 4, " me\n");
    adit_key_text_free(line);
    adit_key_free(key);
}

static const struct key_file {
    const char *text;
    const char *passphrase;
    const char *public_line;
} key_files[] = {
    { key_ed25519, NULL, key_ed25519_pub },
    { key_p256, NULL, key_p256_pub },
    { key_p384, NULL, key_p384_pub },
    { key_p521, NULL, key_p521_pub },
    { key_rsa, NULL, key_rsa_pub },
    { key_rsa, "not needed", key_rsa_pub },
    { key_putty_ed, NULL, key_putty_ed_pub },
    { key_putty_p384, NULL, key_putty_p384_pub },
    { key_pkcs1, NULL, key_pkcs1_pub },
    { key_pkcs1_locked, "sesame", key_pkcs1_pub },
    { key_sec1, NULL, key_sec1_pub },
    { key_ec_pkcs8, NULL, key_sec1_pub },
    { key_ec_pkcs8_locked, "sesame", key_sec1_pub },
    { key_ed_pkcs8, NULL, key_ed_pkcs8_pub },
};

static void assert_is_key_of_line(const struct adit_key *key, const char *line)
{
    struct adit_key *public = NULL;

    assert_int_equal(adit_key_read_public(adit_span_text(line), &public), ADIT_OK);
    assert_true(adit_span_equal(adit_key_blob(key), adit_key_blob(public)));
    adit_key_free(public);
}

static void files_of_all_formats_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(key_files); i++) {
        struct adit_key *key = read_private(key_files[i].text, key_files[i].passphrase);

        assert_true(adit_key_is_private(key));
        assert_is_key_of_line(key, key_files[i].public_line);
        adit_key_free(key);
    }
}

/* Each line end becomes CR LF, and `before` stands in front of all. */
static char *rewritten(const char *before, const char *text)
{
    char *out = malloc(strlen(before) + 2 * strlen(text) + 1);
    char *to = out;

    assert_non_null(out);
    memcpy(to, before, strlen(before));
    to += strlen(before);
    for (; *text; text++) {
        if (*text == '\n')
            *to++ = '\r';
        *to++ = *text;
    }
    *to = '\0';
    return out;
}

static void files_may_have_crlf_a_mark_blank_lines_and_remarks(void **state)
{
    static const char *const befores[] = { "", "\xef\xbb\xbf", "\r\n \r\n",
                                           "# my key\nComment: for the tunnel\n\n" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(key_files); i++) {
        for (size_t b = 0; b < ADIT_ARRAY_LEN(befores); b++) {
            char *text = rewritten(befores[b], key_files[i].text);
            struct adit_key *key = read_private(text, key_files[i].passphrase);

            assert_is_key_of_line(key, key_files[i].public_line);
            adit_key_free(key);
            free(text);
        }
    }
}

static void what_is_no_key_file_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *text;
        const char *passphrase;
        enum adit_err err;
    } rows[] = {
        { "", NULL, ADIT_ERR_FORMAT },
        { "hello", NULL, ADIT_ERR_FORMAT },
        { key_ed25519_pub, NULL, ADIT_ERR_FORMAT },
        { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", NULL, ADIT_ERR_FORMAT },
        { "-----BEGIN PRIVATE KEY-----\n", NULL, ADIT_ERR_FORMAT },
        { "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL, ADIT_ERR_FORMAT },
        { "-----BEGIN OPENSSH PRIVATE KEY-----", NULL, ADIT_ERR_FORMAT },
        { key_small, NULL, ADIT_ERR_LIMIT },
        { key_locked, NULL, ADIT_ERR_PASSPHRASE },
        { key_pkcs1_locked, NULL, ADIT_ERR_PASSPHRASE },
        { key_pkcs1_locked, "wrong", ADIT_ERR_PASSPHRASE },
        { key_ec_pkcs8_locked, NULL, ADIT_ERR_PASSPHRASE },
        { key_ec_pkcs8_locked, "wrong", ADIT_ERR_PASSPHRASE },
        { "PuTTY-User-Key-File-1: ssh-rsa\n", NULL, ADIT_ERR_UNSUPPORTED },
        { "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n", NULL, ADIT_ERR_UNSUPPORTED },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const enum adit_err err =
            private_verdict(rows[i].text, strlen(rows[i].text), rows[i].passphrase);

        if (err != rows[i].err)
            fail_msg("row %zu: %s", i, adit_err_text(err));
    }
}

static void a_text_over_a_mebibyte_is_no_key_file(void **state)
{
    const size_t size = ADIT_KEY_TEXT_MAX + 1;
    char *text = malloc(size);

    (void)state;
    assert_non_null(text);
    memset(text, '\n', size);
    memcpy(text, key_ed25519, sizeof key_ed25519 - 1);
    assert_int_equal(private_verdict(text, size, NULL), ADIT_ERR_LIMIT);
    assert_int_equal(public_verdict(text, size), ADIT_ERR_LIMIT);
    assert_int_equal(private_verdict(text, size - 1, NULL), ADIT_OK);
    free(text);
}

static void each_truncation_of_a_pem_file_is_no_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(key_files); i++) {
        const size_t len = strlen(key_files[i].text) - sizeof "-----\n" + 1;
        const size_t step = len > 1000 ? 7 : 1;

        for (size_t cut = 0; cut < len; cut += step)
            assert_int_not_equal(private_verdict(key_files[i].text, cut, key_files[i].passphrase),
                                 ADIT_OK);
    }
}

static void new_keys_of_all_types_go_round_through_their_files(void **state)
{
    static const struct {
        enum adit_key_type type;
        unsigned bits;
        unsigned has_bits;
    } rows[] = {
        { ADIT_KEY_ED25519, 0, 256 },    { ADIT_KEY_ECDSA_P256, 0, 256 },
        { ADIT_KEY_ECDSA_P384, 0, 384 }, { ADIT_KEY_ECDSA_P521, 0, 521 },
        { ADIT_KEY_RSA, 2048, 2048 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_key *key = NULL;
        struct adit_key *again;
        char *text = NULL;

        assert_int_equal(adit_key_generate(rows[i].type, rows[i].bits, "made here", &key), ADIT_OK);
        assert_int_equal(adit_key_bits(key), rows[i].has_bits);
        assert_int_equal(adit_key_write_private(key, &text), ADIT_OK);
        again = read_private(text, NULL);
        assert_true(adit_span_equal(adit_key_blob(key), adit_key_blob(again)));
        assert_string_equal(adit_key_comment(again), "made here");
        adit_key_free(again);
        adit_key_text_free(text);
        adit_key_free(key);
    }
}

static void keys_of_hardware_tokens_are_not_made_here(void **state)
{
    struct adit_key *key = NULL;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_SK_ED25519, 0, "", &key), ADIT_ERR_UNSUPPORTED);
    assert_int_equal(adit_key_generate(ADIT_KEY_SK_ECDSA_P256, 0, "", &key), ADIT_ERR_UNSUPPORTED);
    assert_null(key);
}

static void rsa_keys_have_3072_bits_by_default_and_2048_at_least(void **state)
{
    struct adit_key *key = NULL;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_RSA, 2047, "", &key), ADIT_ERR_LIMIT);
    assert_int_equal(adit_key_generate(ADIT_KEY_RSA, 16385, "", &key), ADIT_ERR_LIMIT);
    assert_null(key);
    assert_int_equal(adit_key_generate(ADIT_KEY_RSA, 0, NULL, &key), ADIT_OK);
    assert_int_equal(adit_key_bits(key), 3072);
    assert_string_equal(adit_key_comment(key), "");
    adit_key_free(key);
}

static void nothing_can_be_freed(void **state)
{
    (void)state;
    adit_key_free(NULL);
    adit_key_text_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_lines_tell_what_ssh_keygen_tells),
        cmocka_unit_test(blobs_become_the_same_keys),
        cmocka_unit_test(each_truncation_of_a_public_line_is_no_key),
        cmocka_unit_test(public_lines_are_read_with_some_tolerance),
        cmocka_unit_test(a_comment_stays_in_its_line),
        cmocka_unit_test(files_of_all_formats_are_read),
        cmocka_unit_test(files_may_have_crlf_a_mark_blank_lines_and_remarks),
        cmocka_unit_test(what_is_no_key_file_is_refused_with_its_reason),
        cmocka_unit_test(a_text_over_a_mebibyte_is_no_key_file),
        cmocka_unit_test(each_truncation_of_a_pem_file_is_no_key),
        cmocka_unit_test(new_keys_of_all_types_go_round_through_their_files),
        cmocka_unit_test(keys_of_hardware_tokens_are_not_made_here),
        cmocka_unit_test(rsa_keys_have_3072_bits_by_default_and_2048_at_least),
        cmocka_unit_test(nothing_can_be_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
