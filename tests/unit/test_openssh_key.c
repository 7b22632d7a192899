/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/openssh_key.h"

#include "exact.h"
#include "key_texts.h"
#include "openssh_key_parts.h"

#include "keys/lines.h"

static const char *const files[] = { key_ed25519, key_p256, key_p384, key_p521, key_rsa };

static enum adit_err verdict(struct adit_span bytes)
{
    return verdict_with(NULL, bytes);
}

static enum adit_err verdict_on_parts(const struct parts *p)
{
    return verdict_on_parts_with(NULL, p);
}

static void the_envelope_is_checked(void **state)
{
    struct adit_buffer bytes = bytes_of(key_ed25519);
    struct adit_buffer other = bytes_of(key_p256);
    const struct parts good = parts_of(&bytes);
    struct parts p;

    (void)state;
    assert_int_equal(verdict_on_parts(&good), ADIT_OK);

    p = good;
    p.key_count = 0;
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);
    p.key_count = 2;
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);

    p = good;
    p.cipher = adit_span_text("aes256-ctr");
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT); /* but no way to a key */
    p.cipher = adit_span_text("none");
    p.kdf = adit_span_text("bcrypt"); /* a way to a key for nothing */
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);

    p = good;
    p.kdf_options = adit_span_text("x");
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);
    p = good;
    p.tag = adit_span_text("x");
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);
    p = good;
    p.blob = parts_of(&other).blob; /* another's public half */
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);
    p = good;
    p.blob = ADIT_SPAN_EMPTY;
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);
    p = good;
    p.section = ADIT_SPAN_EMPTY;
    assert_int_equal(verdict_on_parts(&p), ADIT_ERR_FORMAT);

    adit_buffer_clear(&other);
    adit_buffer_clear(&bytes);
}

static void each_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_buffer bytes = bytes_of(files[i]);

        for (size_t cut = 0; cut < bytes.len; cut++)
            assert_int_equal(verdict(adit_span_of(bytes.data, cut)), ADIT_ERR_FORMAT);
        assert_int_equal(verdict(adit_buffer_span(&bytes)), ADIT_OK);
        adit_buffer_clear(&bytes);
    }
}

/* Every section cut at every place, the envelope around it whole. */
static void each_truncation_of_the_section_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_buffer bytes = bytes_of(files[i]);
        struct parts p = parts_of(&bytes);

        while (p.section.len-- > 0)
            assert_int_not_equal(verdict_on_parts(&p), ADIT_OK);
        adit_buffer_clear(&bytes);
    }
}

/* A changed bit of a private number, its type, checks or padding never passes. */
static void each_changed_byte_of_the_section_but_the_comment_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_buffer bytes = bytes_of(files[i]);
        const struct parts p = parts_of(&bytes);
        const size_t start = (size_t)(p.section.data - bytes.data);
        const size_t step = files[i] == key_rsa ? 31 : 1; /* its equations take their time */

        for (size_t at = start; at < bytes.len; at += step) {
            enum adit_err err;

            bytes.data[at] ^= 1;
            err = verdict(adit_buffer_span(&bytes));
            bytes.data[at] ^= 1;
            if (err == ADIT_OK) {
                /* The comment alone is free. */
                const char *comments[] = { "ed25519 test key", "p256 test key", "", "p521",
                                           "rsa test key" };
                const size_t len = strlen(comments[i]);
                const size_t back = bytes.len - at;

                if (back > len + 8 || back == 0)
                    fail_msg("file %zu: byte %zu changed unnoticed", i, at - start);
            }
        }
        adit_buffer_clear(&bytes);
    }
}

static void each_length_field_is_checked(void **state)
{
    struct adit_buffer bytes = bytes_of(key_ed25519);
    const struct parts p = parts_of(&bytes);
    const size_t section = (size_t)(p.section.data - bytes.data);
    /* cipher, kdf, options, blob, section; type, public, private, comment */
    const size_t fields[] = { 15,          23,           31,           39,           section - 4,
                              section + 8, section + 23, section + 59, section + 127 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(fields); i++) {
        const uint32_t is = adit_get_uint32(bytes.data + fields[i]);
        const uint32_t left = (uint32_t)(bytes.len - fields[i] - 4);
        const uint32_t values[] = { 0, is + 1, is - 1, left + 1, 0x80000000, UINT32_MAX };

        for (size_t v = 0; v < ADIT_ARRAY_LEN(values); v++) {
            if (values[v] == is)
                continue;
            adit_put_uint32(bytes.data + fields[i], values[v]);
            if (verdict(adit_buffer_span(&bytes)) == ADIT_OK)
                fail_msg("length at %zu: %u passes for %u", fields[i], values[v], is);
        }
        adit_put_uint32(bytes.data + fields[i], is);
    }
    assert_int_equal(verdict(adit_buffer_span(&bytes)), ADIT_OK);
    adit_buffer_clear(&bytes);
}

/* An ed25519 section written by hand, with what is to be wrong in it. */
struct section {
    uint32_t check_again;
    const char *type;
    struct adit_span comment;
    struct adit_span padding;
};

static enum adit_err verdict_on_section(const struct section *s)
{
    struct adit_buffer bytes = bytes_of(key_ed25519);
    struct adit_buffer section = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&section);
    struct parts p = parts_of(&bytes);
    enum adit_err err;

    adit_write_uint32(&w, 1);
    adit_write_uint32(&w, s->check_again);
    adit_write_text(&w, s->type);
    adit_write_bytes(&w, adit_span_of(p.section.data + 23, 4 + 32 + 4 + 64));
    adit_write_string(&w, s->comment);
    adit_write_bytes(&w, s->padding);
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    p.section = adit_buffer_span(&section);
    err = verdict_on_parts(&p);
    adit_buffer_clear(&section);
    adit_buffer_clear(&bytes);
    return err;
}

static void the_section_is_checked(void **state)
{
#define S(text)                                                                                    \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
    static const struct {
        const char *what;
        struct section section;
        enum adit_err err;
    } rows[] = {
        { "good", { 1, "ssh-ed25519", S("12345"), S("") }, ADIT_OK },
        { "padded", { 1, "ssh-ed25519", S(""), S("\1\2\3\4\5") }, ADIT_OK },
        { "padded to 16",
          { 1, "ssh-ed25519", S(""), S("\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d") },
          ADIT_OK },
        { "checks differ", { 2, "ssh-ed25519", S("12345"), S("") }, ADIT_ERR_FORMAT },
        { "not padded", { 1, "ssh-ed25519", S("1234"), S("") }, ADIT_ERR_FORMAT },
        { "zero padding", { 1, "ssh-ed25519", S("123"), S("\0\0") }, ADIT_ERR_FORMAT },
        { "padding from 2", { 1, "ssh-ed25519", S("123"), S("\2\3") }, ADIT_ERR_FORMAT },
        { "NUL in the comment",
          { 1, "ssh-ed25519",
            S("12\0"
              "45"),
            S("") },
          ADIT_ERR_FORMAT },
        { "another type", { 1, "ssh-ed25518", S("12345"), S("") }, ADIT_ERR_UNSUPPORTED },
    };
#undef S

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++)
        if (verdict_on_section(&rows[i].section) != rows[i].err)
            fail_msg("%s", rows[i].what);
}

static void what_stands_behind_the_end_line_does_not_matter(void **state)
{
    const char *body = strchr(key_ed25519, '\n') + 1;
    struct adit_buffer text = adit_buffer_init(4096);
    struct adit_key *key = NULL;

    (void)state;
    assert_int_equal(adit_buffer_append(&text, adit_span_text(body)), ADIT_OK);
    assert_int_equal(adit_buffer_append(&text, adit_span_text("!!! more\n")), ADIT_OK);
    assert_int_equal(adit_openssh_key_read(adit_buffer_span(&text), NULL, &key), ADIT_OK);
    assert_string_equal(adit_key_comment(key), "ed25519 test key");
    adit_key_free(key);
    adit_buffer_clear(&text);
}

/* As PROTOCOL.key says, and as other readers want it: 70 letters a line, whole blocks. */
static void what_is_written_has_the_form_of_ssh_keygen(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_key *key = NULL;
        struct adit_span rest;
        struct adit_span line;
        struct adit_buffer bytes;
        char *text = NULL;

        assert_int_equal(adit_key_read_private(adit_span_text(files[i]), NULL, &key), ADIT_OK);
        assert_int_equal(adit_key_write_private(key, &text), ADIT_OK);
        assert_int_equal(strlen(text), strlen(files[i]));
        rest = adit_span_text(text);
        while (adit_line_next(&rest, &line))
            assert_true(line.len <= 70);
        bytes = bytes_of(text);
        assert_int_equal(parts_of(&bytes).section.len % 8, 0);
        assert_int_equal(verdict(adit_buffer_span(&bytes)), ADIT_OK);
        adit_buffer_clear(&bytes);
        adit_key_text_free(text);
        adit_key_free(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_envelope_is_checked),
        cmocka_unit_test(each_truncation_is_refused),
        cmocka_unit_test(each_truncation_of_the_section_is_refused),
        cmocka_unit_test(each_changed_byte_of_the_section_but_the_comment_is_refused),
        cmocka_unit_test(each_length_field_is_checked),
        cmocka_unit_test(the_section_is_checked),
        cmocka_unit_test(what_stands_behind_the_end_line_does_not_matter),
        cmocka_unit_test(what_is_written_has_the_form_of_ssh_keygen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
