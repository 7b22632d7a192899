/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/rfc4716.h"

#include "exact.h"

#include <stdio.h>

#define BLOB "AAAAC3NzaC1lZDI1NTE5AAAAIF+oAON8tO168Z7L/1sTINEfkl5OQN8q0BLRadNXqUGv"
#define LINE "ssh-ed25519 " BLOB
#define HEAD "---- BEGIN SSH2 PUBLIC KEY ----\n"
#define TAIL "---- END SSH2 PUBLIC KEY ----\n"
#define BODY "AAAAC3NzaC1lZDI1NTE5AAAAIF+oAON8tO168Z7L/1sTINEfkl5O\nQN8q0BLRadNXqUGv\n" TAIL

static enum adit_err read_exact(const void *text, size_t len, struct adit_key **out)
{
    const struct adit_span exact = exact_copy(text, len);
    const enum adit_err err = adit_key_read_public(exact, out);

    assert_int_equal(*out != NULL, err == ADIT_OK);
    exact_free(exact);
    return err;
}

static enum adit_err verdict_of(const void *text, size_t len)
{
    struct adit_key *key = NULL;
    const enum adit_err err = read_exact(text, len, &key);

    adit_key_free(key);
    return err;
}

static enum adit_err verdict(const char *text)
{
    return verdict_of(text, strlen(text));
}

static void headers_are_read_as_the_rfc_has_them(void **state)
{
    static const struct {
        const char *text;
        const char *comment;
    } files[] = {
        { HEAD BODY, "" },
        { HEAD "Comment: me at home\n" BODY, "me at home" },
        { HEAD "comment: \"me at home\"\n" BODY, "me at home" },
        { HEAD "COMMENT: \"\n" BODY, "\"" },
        { HEAD "Comment: \"\"\n" BODY, "" },
        { HEAD "Comment: \"C:\\keys\"\n" BODY, "C:\\keys" },
        { HEAD "Comment: This is my public key for use on \\\nservers which I don't like.\n" BODY,
          "This is my public key for use on servers which I don't like." },
        { HEAD "Subject: me\nx-command: \"a:b\" \\\nc: d\nComment: ü\n" BODY, "ü" },
        { HEAD "x-ends-in-a-backslash: \\\n\nComment: c\n" BODY, "c" },
        { "\n\n" HEAD "Comment: c\n" BODY "\n\n", "c" },
        { "\xef\xbb\xbf" HEAD "Comment: c\n" BODY, "c" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(files); i++) {
        struct adit_key *key = NULL;
        char *line = NULL;

        assert_int_equal(read_exact(files[i].text, strlen(files[i].text), &key), ADIT_OK);
        assert_string_equal(adit_key_comment(key), files[i].comment);
        assert_int_equal(adit_key_write_public(key, &line), ADIT_OK);
        assert_memory_equal(line, LINE, sizeof LINE - 1);
        adit_key_text_free(line);
        adit_key_free(key);
    }
}

/* "Implementations MUST be able to read files using any of the common line termination
 * sequences" (RFC 4716, 3.1). */
static void lines_end_with_cr_or_lf_or_both(void **state)
{
    static const char text[] = HEAD "Comment: one \\\ntwo\n" BODY;
    static const char *const ends[] = { "\n", "\r\n", "\r" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ends); i++) {
        struct adit_key *key = NULL;
        char copy[512];
        size_t len = 0;

        for (const char *c = text; *c; c++)
            len += (size_t)snprintf(copy + len, sizeof copy - len, "%s",
                                    *c == '\n' ? ends[i] : (char[]){ *c, '\0' });
        assert_int_equal(read_exact(copy, len, &key), ADIT_OK);
        assert_string_equal(adit_key_comment(key), "one two");
        adit_key_free(key);
    }
}

static void no_part_of_a_file_is_read(void **state)
{
    static const char text[] = HEAD "Comment: one \\\ntwo\n" BODY;

    (void)state;
    for (size_t cut = 0; cut < sizeof text - 2; cut++)
        assert_int_not_equal(verdict_of(text, cut), ADIT_OK);
    assert_int_equal(verdict_of(text, sizeof text - 2), ADIT_OK);
}

static void what_is_broken_is_refused(void **state)
{
    static const char nul[] = HEAD "Comment: a\0b\n" BODY;
    static const char *const bad[] = {
        HEAD TAIL,
        HEAD ": no tag\n" BODY,
        HEAD "no colon\n" BODY,
        HEAD "Comment: goes on \\",
        HEAD BODY "x",
        HEAD "!" BODY,
        HEAD "AAAA\n" TAIL,
        HEAD BLOB "\nComment: too late\n" TAIL,
        "---- BEGIN SSH2 PUBLIC KEY -----\n" BODY,
        "---- BEGIN SSH2 PUBLIC KEY ----" BODY,
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(bad); i++)
        assert_int_equal(verdict(bad[i]), ADIT_ERR_FORMAT);
    assert_int_equal(verdict_of(nul, sizeof nul - 1), ADIT_ERR_FORMAT);
}

/* The tag has at most 64 bytes, the value 1024 (RFC 4716, 3.3), over all its lines. */
static void tags_and_values_have_their_limits(void **state)
{
    char tag[66], value[1026], text[2048];

    (void)state;
    for (int extra = 0; extra < 2; extra++) {
        const enum adit_err wanted = extra ? ADIT_ERR_FORMAT : ADIT_OK;

        memset(tag, 'x', 64 + (size_t)extra);
        tag[64 + extra] = '\0';
        (void)snprintf(text, sizeof text, HEAD "%s: v\n" BODY, tag);
        assert_int_equal(verdict(text), wanted);

        memset(value, 'v', 1024 + (size_t)extra);
        value[1024 + extra] = '\0';
        (void)snprintf(text, sizeof text, HEAD "Comment:%s\n" BODY, value);
        assert_int_equal(verdict(text), wanted);
        (void)snprintf(text, sizeof text, HEAD "Comment:%.512s\\\n%s\n" BODY, value, value + 512);
        assert_int_equal(verdict(text), wanted);
    }
}

static void assert_lines_are_short(const char *text)
{
    while (*text) {
        const size_t len = strcspn(text, "\n");

        assert_true(len <= 72);                /* RFC 4716, 3.2 */
        assert_true((text[0] & 0xc0) != 0x80); /* no line begins inside a letter */
        text += len + 1;
    }
}

static void what_is_written_is_read(void **state)
{
    static const char *const comments[] = {
        "",           "c",           "me at home ü", "\"quoted\"", "ends in a backslash \\",
        "  blanks  ", "a:b \\ c: d",
    };
    char text[1100];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(comments) + 1000; i++) {
        const size_t letters = i - ADIT_ARRAY_LEN(comments);
        struct adit_key_writing how = { ADIT_KEY_FORMAT_RFC4716, NULL, text };
        struct adit_key *key = NULL;
        struct adit_key *again = NULL;
        char *written = NULL;

        if (i < ADIT_ARRAY_LEN(comments)) {
            how.comment = comments[i];
        } else { /* long ones of letters with one and two bytes */
            for (size_t at = 0; at < letters; at++)
                text[at] = (char)(at % 3 == 0 ? 'x' : at % 3 == 1 ? 0xc3 : 0xbc);
            text[letters - letters % 3] = '\0';
        }
        assert_int_equal(adit_key_read_public(adit_span_text(LINE), &key), ADIT_OK);
        assert_int_equal(adit_key_write(key, &how, &written), ADIT_OK);
        assert_lines_are_short(written);
        assert_int_equal(read_exact(written, strlen(written), &again), ADIT_OK);
        assert_string_equal(adit_key_comment(again), how.comment);
        assert_true(adit_span_equal(adit_key_blob(key), adit_key_blob(again)));
        adit_key_text_free(written);
        adit_key_free(again);
        adit_key_free(key);
    }
}

static void a_comment_that_nobody_may_read_is_not_written(void **state)
{
    char comment[1100];
    struct adit_key_writing how = { ADIT_KEY_FORMAT_RFC4716, NULL, comment };
    struct adit_key *key = NULL;
    char *written = NULL;

    (void)state;
    memset(comment, 'c', sizeof comment - 1);
    comment[sizeof comment - 1] = '\0';
    assert_int_equal(adit_key_read_public(adit_span_text(LINE), &key), ADIT_OK);
    assert_int_equal(adit_key_write(key, &how, &written), ADIT_ERR_LIMIT);
    assert_null(written);
    adit_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_read_as_the_rfc_has_them),
        cmocka_unit_test(lines_end_with_cr_or_lf_or_both),
        cmocka_unit_test(no_part_of_a_file_is_read),
        cmocka_unit_test(what_is_broken_is_refused),
        cmocka_unit_test(tags_and_values_have_their_limits),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_comment_that_nobody_may_read_is_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
