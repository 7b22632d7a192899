/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/ppk.h"

#include "exact.h"
#include "ppk_texts.h"

#include "base/base64.h"
#include "wire/writer.h"

#include <stdio.h>

static const struct ppk_file {
    const char *text;
    const char *passphrase;
    const char *public_line;
    const char *comment;
    const char *encryption;
} files[] = {
    { ppk3_ed25519, NULL, ppk_ed25519_pub, "ed25519 test key", "" },
    { ppk2_ed25519, NULL, ppk_ed25519_pub, "ed25519 test key", "" },
    { ppk3_ed25519_locked, "sesame", ppk_ed25519_pub, "ed25519 test key", "aes256-cbc, Argon2id" },
    { ppk2_p384_locked, "sesame", ppk_p384_pub, "p384 key", "aes256-cbc, SHA-1" },
    { ppk3_rsa_locked, "sesame", ppk_rsa_pub, "rsa key", "aes256-cbc, Argon2i" },
};

static enum adit_err verdict_of(const void *text, size_t len, const char *passphrase)
{
    const struct adit_span exact = exact_copy(text, len);
    struct adit_key *key = NULL;
    const enum adit_err err = adit_ppk_read(exact, passphrase, &key);

    assert_int_equal(key != NULL, err == ADIT_OK);
    adit_key_free(key);
    exact_free(exact);
    return err;
}

static enum adit_err verdict(const char *text, const char *passphrase)
{
    return verdict_of(text, strlen(text), passphrase);
}

/* A copy of `text` with the first `old` in it replaced. Goes back with free(). */
static char *with(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    const size_t size = strlen(text) + strlen(new) + 1;
    char *copy = malloc(size);

    assert_non_null(at);
    assert_non_null(copy);
    (void)snprintf(copy, size, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    return copy;
}

static enum adit_err verdict_with(const struct ppk_file *file, const char *old, const char *new)
{
    char *text = with(file->text, old, new);
    const enum adit_err err = verdict(text, file->passphrase);

    free(text);
    return err;
}

static void what_puttygen_writes_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_key *wanted = NULL;
        struct adit_key *key = NULL;

        assert_int_equal(adit_key_read_public(adit_span_text(files[i].public_line), &wanted),
                         ADIT_OK);
        assert_int_equal(
            adit_key_read_private(adit_span_text(files[i].text), files[i].passphrase, &key),
            ADIT_OK);
        assert_true(adit_key_is_private(key));
        assert_true(adit_span_equal(adit_key_blob(key), adit_key_blob(wanted)));
        assert_string_equal(adit_key_comment(key), files[i].comment);
        adit_key_free(key);
        adit_key_free(wanted);
    }
}

static void a_passphrase_that_is_missing_or_wrong_is_told(void **state)
{
    static const char *const wrong[] = { NULL, "", "s", "sesam", "sesame ", "Sesame" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++)
        for (size_t k = 0; k < ADIT_ARRAY_LEN(wrong); k++)
            assert_int_equal(verdict(files[i].text, wrong[k]),
                             files[i].passphrase ? ADIT_ERR_PASSPHRASE : ADIT_OK);
}

static void no_part_of_a_file_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        const size_t len = strlen(files[i].text);

        for (size_t cut = 0; cut + 1 < len; cut++)
            assert_int_not_equal(verdict_of(files[i].text, cut, files[i].passphrase), ADIT_OK);
        assert_int_equal(verdict_of(files[i].text, len - 1, files[i].passphrase), ADIT_OK);
    }
}

/* The MAC covers all of it, and what it does not cover must be as it is. */
static void no_changed_bit_goes_unnoticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char *text = with(files[i].text, "", "");

        for (size_t at = 0; text[at]; at++) {
            if (text[at] == '\n' && text[at + 1] == '\0')
                break; /* a blank would do in the place of the last newline */
            text[at] ^= 1;
            assert_int_not_equal(verdict(text, files[i].passphrase), ADIT_OK);
            text[at] ^= 1;
        }
        free(text);
    }
}

static void numbers_out_of_range_are_refused(void **state)
{
    static const struct ppk_file *const locked = &files[2];
    static const struct {
        const char *old, *new;
        enum adit_err err;
    } cases[] = {
        { "Public-Lines: 2", "Public-Lines: 0", ADIT_ERR_FORMAT },
        { "Public-Lines: 2", "Public-Lines: 1", ADIT_ERR_FORMAT },
        { "Public-Lines: 2", "Public-Lines: 3", ADIT_ERR_FORMAT },
        { "Public-Lines: 2", "Public-Lines: -2", ADIT_ERR_FORMAT },
        { "Public-Lines: 2", "Public-Lines: 20001", ADIT_ERR_FORMAT },
        { "Public-Lines: 2", "Public-Lines: 4294967298", ADIT_ERR_FORMAT },
        { "Private-Lines: 1", "Private-Lines: 0", ADIT_ERR_FORMAT },
        { "Private-Lines: 1", "Private-Lines: 2", ADIT_ERR_FORMAT },
        { "Argon2-Memory: 64", "Argon2-Memory: 7", ADIT_ERR_FORMAT },
        { "Argon2-Memory: 64", "Argon2-Memory: 8", ADIT_ERR_PASSPHRASE },
        { "Argon2-Memory: 64", "Argon2-Memory: 524289", ADIT_ERR_LIMIT },
        { "Argon2-Memory: 64", "Argon2-Memory: 4294967295", ADIT_ERR_LIMIT },
        { "Argon2-Memory: 64", "Argon2-Memory: 4294967296", ADIT_ERR_FORMAT },
        { "Argon2-Passes: 2", "Argon2-Passes: 0", ADIT_ERR_FORMAT },
        { "Argon2-Passes: 2", "Argon2-Passes: 131073", ADIT_ERR_LIMIT },
        { "Argon2-Passes: 2", "Argon2-Passes: 4294967296", ADIT_ERR_FORMAT },
        { "Argon2-Parallelism: 1", "Argon2-Parallelism: 0", ADIT_ERR_FORMAT },
        { "Argon2-Parallelism: 1", "Argon2-Parallelism: 65", ADIT_ERR_LIMIT },
        { "Argon2-Salt: ", "Argon2-Salt: 0", ADIT_ERR_FORMAT },
        { "Argon2-Salt: ", "Argon2-Salt: 00", ADIT_ERR_PASSPHRASE },
        { "Argon2-Salt: ", "Argon2-Salt: g0", ADIT_ERR_FORMAT },
        { "Argon2id", "Argon2", ADIT_ERR_FORMAT },
        { "Private-MAC: ", "Private-MAC: 00", ADIT_ERR_FORMAT },
        { "Encryption: aes256-cbc", "Encryption: aes128-cbc", ADIT_ERR_UNSUPPORTED },
        { "Encryption: aes256-cbc", "Encryption: none", ADIT_ERR_FORMAT },
        { "User-Key-File-3", "User-Key-File-1", ADIT_ERR_UNSUPPORTED },
        { "User-Key-File-3", "User-Key-File-2", ADIT_ERR_FORMAT },
        { "Comment: ", "Comment:", ADIT_ERR_FORMAT },
        { "Comment: ", "Remark: ", ADIT_ERR_FORMAT },
        { "Comment: ", "Comment: x", ADIT_ERR_PASSPHRASE },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        assert_int_equal(verdict_with(locked, cases[i].old, cases[i].new), cases[i].err);
    /* Without a passphrase, what is altered is broken. */
    assert_int_equal(verdict_with(&files[0], "Comment: ", "Comment: x"), ADIT_ERR_FORMAT);
}

static void a_salt_has_at_most_64_bytes(void **state)
{
    const char *salt = strstr(ppk3_ed25519_locked, "Argon2-Salt: ");
    char line[13 + 2 * 65 + 1] = "Argon2-Salt: ";
    char old[64];

    (void)state;
    (void)snprintf(old, sizeof old, "%.*s", (int)strcspn(salt, "\n"), salt);
    memset(line + 13, 'a', 128);
    assert_int_equal(verdict_with(&files[2], old, line), ADIT_ERR_PASSPHRASE);
    memset(line + 13, 'a', 130);
    assert_int_equal(verdict_with(&files[2], old, line), ADIT_ERR_FORMAT);
}

static void lines_may_end_as_in_windows_and_nothing_follows(void **state)
{
    char windows[1024] = "";
    size_t len = 0;

    (void)state;
    for (const char *c = ppk3_ed25519_locked; *c; c++) {
        if (*c == '\n')
            windows[len++] = '\r';
        windows[len++] = *c;
    }
    assert_int_equal(verdict_of(windows, len, "sesame"), ADIT_OK);
    windows[len] = 'x';
    assert_int_equal(verdict_of(windows, len + 1, "sesame"), ADIT_ERR_FORMAT);
}

/* ---- private halves that a right MAC vouches for ------------------------------- */

static void append_base64(char *text, size_t size, struct adit_span bytes)
{
    struct adit_buffer letters = adit_buffer_init(4096);
    const size_t len = strlen(text);

    assert_int_equal(adit_base64_encode(bytes, &letters), ADIT_OK);
    (void)snprintf(text + len, size - len, "%.*s", (int)letters.len, (const char *)letters.data);
    adit_buffer_clear(&letters);
}

/* A file of version 3, not encrypted, with this type and these halves. */
static enum adit_err verdict_of_halves(const char *type, struct adit_span public,
                                       struct adit_span private)
{
    const struct adit_ppk_covered covered = { adit_span_text(type), adit_span_text("none"),
                                              ADIT_SPAN_EMPTY, public, private };
    const struct adit_ppk_secret secret = { .mac_len = 0 };
    uint8_t mac[ADIT_PPK_MAC_MAX];
    char text[4096];

    assert_int_equal(adit_ppk_mac(3, &secret, &covered, mac), ADIT_OK);
    (void)snprintf(text, sizeof text,
                   "PuTTY-User-Key-File-3: %s\nEncryption: none\nComment: \nPublic-Lines: 1\n",
                   type);
    append_base64(text, sizeof text, public);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "\nPrivate-Lines: 1\n");
    append_base64(text, sizeof text, private);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "\nPrivate-MAC: ");
    for (size_t i = 0; i < sizeof mac; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%02x", mac[i]);
    return verdict(text, NULL);
}

/* The private half of the ed25519 key, with the length that it says it has. */
static struct adit_buffer private_half(uint32_t said)
{
    struct adit_buffer bytes = adit_buffer_init(256);
    struct adit_buffer out = adit_buffer_init(256);
    struct adit_writer w = adit_writer_init(&out);

    assert_int_equal(
        adit_base64_decode(adit_span_text("AAAAIKS2zJGbpNwHMX0ICiz5gTVdyPFDAjuWB/Dku+o/eAsT"),
                           &bytes),
        ADIT_OK);
    assert_int_equal(bytes.len, 36);
    adit_write_uint32(&w, said);
    adit_write_bytes(&w, adit_span_of(bytes.data + 4, 32));
    adit_buffer_clear(&bytes);
    return out;
}

static void a_private_half_is_whole_and_fits_its_public_one(void **state)
{
    static const uint32_t lengths[] = { 0, 1, 31, 33, 0x7fffffff, 0xffffffff };
    struct adit_buffer good = private_half(32);
    struct adit_buffer longer = adit_buffer_init(256);
    struct adit_key *key = NULL;
    struct adit_key *other = NULL;
    struct adit_span public;
    uint8_t zero;

    (void)state;
    assert_int_equal(adit_key_read_public(adit_span_text(ppk_ed25519_pub), &key), ADIT_OK);
    assert_int_equal(adit_key_read_public(adit_span_text(ppk_p384_pub), &other), ADIT_OK);
    public = adit_key_blob(key);
    assert_int_equal(verdict_of_halves("ssh-ed25519", public, adit_buffer_span(&good)), ADIT_OK);
    for (size_t cut = 0; cut < good.len; cut++)
        assert_int_equal(verdict_of_halves("ssh-ed25519", public, adit_span_of(good.data, cut)),
                         ADIT_ERR_FORMAT);
    for (size_t cut = 0; cut < public.len; cut++)
        assert_int_equal(verdict_of_halves("ssh-ed25519", adit_span_of(public.data, cut),
                                           adit_buffer_span(&good)),
                         ADIT_ERR_FORMAT);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++) {
        struct adit_buffer bad = private_half(lengths[i]);

        assert_int_equal(verdict_of_halves("ssh-ed25519", public, adit_buffer_span(&bad)),
                         ADIT_ERR_FORMAT);
        adit_buffer_clear(&bad);
    }
    assert_int_equal(verdict_of_halves("ssh-dss", public, adit_buffer_span(&good)),
                     ADIT_ERR_FORMAT);
    assert_int_equal(
        verdict_of_halves("ssh-ed25519", adit_key_blob(other), adit_buffer_span(&good)),
        ADIT_ERR_FORMAT);
    assert_int_equal(
        verdict_of_halves("ecdsa-sha2-nistp384", adit_key_blob(other), adit_buffer_span(&good)),
        ADIT_ERR_FORMAT);
    good.data[8] ^= 1;
    assert_int_equal(verdict_of_halves("ssh-ed25519", public, adit_buffer_span(&good)),
                     ADIT_ERR_FORMAT);
    good.data[8] ^= 1;
    zero = 0; /* padding, where nothing is encrypted */
    assert_int_equal(adit_buffer_append(&good, adit_span_of(&zero, 1)), ADIT_OK);
    assert_int_equal(verdict_of_halves("ssh-ed25519", public, adit_buffer_span(&good)),
                     ADIT_ERR_FORMAT);
    good.len--;
    assert_int_equal(adit_buffer_append(&longer, public), ADIT_OK);
    assert_int_equal(adit_buffer_append(&longer, adit_span_of(&zero, 1)), ADIT_OK);
    assert_int_equal(
        verdict_of_halves("ssh-ed25519", adit_buffer_span(&longer), adit_buffer_span(&good)),
        ADIT_ERR_FORMAT);
    adit_buffer_clear(&longer);
    adit_buffer_clear(&good);
    adit_key_free(key);
    adit_key_free(other);
}

static void an_encrypted_half_is_whole_blocks_and_not_none(void **state)
{
    static const char line[] = "/VyOATlrAv5mEjs8dt7anTtyFYtdoCVyxCboDdA0mpCL+hGEXXTMJRMfgBYyuEes";
    static const char *const halves[] = {
        "",
        "AAAA",
        "/VyOATlrAv5mEjs8dt7anTtyFYtdoCVyxCboDdA0mpCL+hGEXXTMJRMfgBYyuEc=",
        "/VyOATlrAv5mEjs8dt7anTtyFYtdoCVyxCboDdA0mpCL+hGEXXTMJRMfgBYyuEesAA==",
    };

    (void)state;
    assert_int_equal(verdict_with(&files[2], line, line), ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(halves); i++)
        assert_int_equal(verdict_with(&files[2], line, halves[i]), ADIT_ERR_FORMAT);
}

static void a_type_that_is_not_known_is_unsupported(void **state)
{
    struct adit_buffer blob = adit_buffer_init(256);
    struct adit_writer w = adit_writer_init(&blob);

    (void)state;
    adit_write_text(&w, "ssh-dss");
    assert_int_equal(
        verdict_of_halves("ssh-dss", adit_buffer_span(&blob), adit_span_text("private")),
        ADIT_ERR_UNSUPPORTED);
    adit_buffer_clear(&blob);
}

/* ---- writing, and what is told without a passphrase ------------------------------- */

static void what_is_written_is_read(void **state)
{
    static const enum adit_key_type types[] = { ADIT_KEY_ED25519, ADIT_KEY_ECDSA_P256,
                                                ADIT_KEY_ECDSA_P384, ADIT_KEY_ECDSA_P521,
                                                ADIT_KEY_RSA };
    static const enum adit_key_format formats[] = { ADIT_KEY_FORMAT_PPK2, ADIT_KEY_FORMAT_PPK3 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(types) * 4; i++) {
        const char *passphrase = i & 1 ? "päss phrase" : NULL;
        const struct adit_key_writing how = { formats[i >> 1 & 1], passphrase, NULL };
        struct adit_key *key = NULL;
        struct adit_key *again = NULL;
        char *text = NULL;

        assert_int_equal(adit_key_generate(types[i / 4], 2048, "me @ home ü\nx", &key), ADIT_OK);
        assert_int_equal(adit_key_write(key, &how, &text), ADIT_OK);
        assert_int_equal(adit_key_read_private(adit_span_text(text), passphrase, &again), ADIT_OK);
        assert_true(adit_span_equal(adit_key_blob(key), adit_key_blob(again)));
        assert_string_equal(adit_key_comment(again), "me @ home ü");
        if (passphrase)
            assert_int_equal(verdict(text, "x"), ADIT_ERR_PASSPHRASE);
        adit_key_free(again);
        adit_key_free(key);
        adit_key_text_free(text);
    }
}

static void it_tells_its_public_half_without_a_passphrase(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_key_description description;
        struct adit_key *wanted = NULL;
        struct adit_key *half = NULL;

        assert_int_equal(adit_key_read_public(adit_span_text(files[i].public_line), &wanted),
                         ADIT_OK);
        assert_int_equal(adit_key_describe(adit_span_text(files[i].text), &description, &half),
                         ADIT_OK);
        assert_int_equal(description.format, strstr(files[i].text, "File-3")
                                                 ? ADIT_KEY_FORMAT_PPK3
                                                 : ADIT_KEY_FORMAT_PPK2);
        assert_int_equal(description.is_encrypted, files[i].passphrase != NULL);
        assert_string_equal(description.encryption, files[i].encryption);
        assert_false(adit_key_is_private(half));
        assert_true(adit_span_equal(adit_key_blob(half), adit_key_blob(wanted)));
        assert_string_equal(adit_key_comment(half), files[i].comment);
        adit_key_free(half);
        adit_key_free(wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_puttygen_writes_is_read),
        cmocka_unit_test(a_passphrase_that_is_missing_or_wrong_is_told),
        cmocka_unit_test(no_part_of_a_file_is_read),
        cmocka_unit_test(no_changed_bit_goes_unnoticed),
        cmocka_unit_test(numbers_out_of_range_are_refused),
        cmocka_unit_test(a_salt_has_at_most_64_bytes),
        cmocka_unit_test(lines_may_end_as_in_windows_and_nothing_follows),
        cmocka_unit_test(a_private_half_is_whole_and_fits_its_public_one),
        cmocka_unit_test(an_encrypted_half_is_whole_blocks_and_not_none),
        cmocka_unit_test(a_type_that_is_not_known_is_unsupported),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(it_tells_its_public_half_without_a_passphrase),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
