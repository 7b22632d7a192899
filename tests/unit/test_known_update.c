/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/known_update.h"

#include "exact.h"

#include "adit/key.h"
#include "keys/key.h"

/* clang-format off */
#define FIRST \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7"
#define OLD \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEKCrMaoTsFprhHeF6Ph4CGxO52ia7KW9yYdlFYoQfy1"
#define SECOND \
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBaCT+U2" \
    "X6nS39uNmNqVMB+3VM/1NQEnjcEx137vZDW18WSsivkdBdOCbVFXUMkDENE4BA/h+CVULL1G5oCDFHc="

/* "host.example" after ssh-keygen -H. */
#define HASHED "|1|Ei13OMUoiyvtuYfXqeFmSej6DWE=|LrVWfsjmJquzZ+aaGhUP9RzTjxE="
/* clang-format on */

struct world {
    struct adit_key *keys[2];
    struct adit_known_update update;
};

/* The host offers FIRST and SECOND. */
static void world_init(struct world *w)
{
    static const char *const lines[] = { FIRST, SECOND };

    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(adit_key_read_public(adit_span_text(lines[i]), &w->keys[i]), ADIT_OK);
        w->update.offered[i] = adit_key_blob(w->keys[i]);
    }
    w->update.count = 2;
}

static void world_clear(struct world *w)
{
    adit_key_free(w->keys[0]);
    adit_key_free(w->keys[1]);
}

static void what_the_lines_say_is_compared_with_what_is_offered(void **state)
{
    static const struct {
        const char *text;
        uint16_t port;
        bool known[2];
        bool revoked[2];
        size_t stale;
        bool complex;
    } rows[] = {
        { "", 22, { 0 }, { 0 }, 0, false },
        { "host.example " FIRST, 22, { true, false }, { 0 }, 0, false },
        { "host.example " FIRST "\nhost.example " SECOND "\n", 22, { 1, 1 }, { 0 }, 0, false },
        { "host.example " OLD, 22, { 0 }, { 0 }, 1, false },
        { "host.example " OLD "\nhost.example " OLD, 22, { 0 }, { 0 }, 2, false },
        { HASHED " " OLD "\n" HASHED " " SECOND, 22, { 0, 1 }, { 0 }, 1, false },
        { "other.example " OLD "\n# host.example " OLD, 22, { 0 }, { 0 }, 0, false },
        { "HOST.example " FIRST, 22, { 1, 0 }, { 0 }, 0, false },
        { "[host.example]:2222 " FIRST, 2222, { 1, 0 }, { 0 }, 0, false },
        { "[host.example]:2222 " FIRST, 22, { 0 }, { 0 }, 0, false },
        { "host.example " FIRST, 2222, { 0 }, { 0 }, 0, false },
        { "@revoked host.example " SECOND, 22, { 0 }, { 0, 1 }, 0, false },
        { "@revoked * " OLD, 22, { 0 }, { 0 }, 0, false },
        { "@cert-authority *.example " OLD, 22, { 0 }, { 0 }, 0, true },
        { "@cert-authority other.* " OLD, 22, { 0 }, { 0 }, 0, false },
        { "host.example,192.0.2.1 " FIRST, 22, { 1, 0 }, { 0 }, 0, false },
        { "2001:db8::1,host.example " OLD, 22, { 0 }, { 0 }, 1, false },
        { "host.example,192.0.2.1,192.0.2.2 " FIRST, 22, { 1, 0 }, { 0 }, 0, true },
        { "host.example,other.example " FIRST, 22, { 1, 0 }, { 0 }, 0, true },
        { "*.example " FIRST, 22, { 1, 0 }, { 0 }, 0, true },
        { "host.exampl? " OLD, 22, { 0 }, { 0 }, 1, true },
        { "host.example,!other.example " FIRST, 22, { 1, 0 }, { 0 }, 0, true },
        { "* " FIRST, 22, { 1, 0 }, { 0 }, 0, true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span text = exact_copy(rows[i].text, strlen(rows[i].text));
        struct world w;

        world_init(&w);
        assert_int_equal(adit_known_update_look(&w.update, text, "host.example", rows[i].port),
                         ADIT_OK);
        if (memcmp(w.update.is_known, rows[i].known, sizeof rows[i].known) != 0 ||
            memcmp(w.update.is_revoked, rows[i].revoked, sizeof rows[i].revoked) != 0 ||
            w.update.stale != rows[i].stale || w.update.is_complex != rows[i].complex)
            fail_msg("row %zu, \"%.60s\": known %d %d, stale %zu, complex %d", i, rows[i].text,
                     w.update.is_known[0], w.update.is_known[1], w.update.stale,
                     w.update.is_complex);
        world_clear(&w);
        exact_free(text);
    }
}

static void several_texts_count_together(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(adit_known_update_look(&w.update, adit_span_text("host.example " FIRST),
                                            "host.example", 22),
                     ADIT_OK);
    assert_int_equal(
        adit_known_update_look(&w.update, adit_span_text("host.example " OLD), "host.example", 22),
        ADIT_OK);
    assert_true(w.update.is_known[0]);
    assert_int_equal(w.update.stale, 1);
    world_clear(&w);
}

/* Byte by byte, whatever the lines' ends. */
static void all_but_the_stale_lines_stays_as_it_is(void **state)
{
    static const struct {
        const char *text;
        const char *stripped;
    } rows[] = {
        { "", "" },
        { "# no line\n\n", "# no line\n\n" },
        { "host.example " OLD, "" },
        { "host.example " OLD "\n", "" },
        { "a\r\nhost.example " OLD "\r\n\r\nb", "a\r\n\r\nb" },
        { "host.example " FIRST " me\n" HASHED " " OLD "\nx " OLD "\nhost.example " SECOND,
          "host.example " FIRST " me\nx " OLD "\nhost.example " SECOND },
        { "host.example " OLD "\nhost.example " OLD "\n  x", "  x" },
        { "@revoked host.example " OLD "\n", "@revoked host.example " OLD "\n" },
        { "\xef\xbb\xbfhost.example " OLD "\nx", "\xef\xbb\xbfx" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span text = exact_copy(rows[i].text, strlen(rows[i].text));
        struct adit_buffer out = adit_buffer_init(4096);
        struct world w;

        world_init(&w);
        assert_int_equal(adit_known_update_strip(&w.update, text, "host.example", 22, &out),
                         ADIT_OK);
        assert_span_is(adit_buffer_span(&out), rows[i].stripped);
        adit_buffer_clear(&out);
        world_clear(&w);
        exact_free(text);
    }
}

static void what_does_not_fit_is_an_error(void **state)
{
    struct adit_buffer out = adit_buffer_init(8);
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(
        adit_known_update_strip(&w.update, adit_span_text("123456789"), "host.example", 22, &out),
        ADIT_ERR_LIMIT);
    adit_buffer_clear(&out);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_lines_say_is_compared_with_what_is_offered),
        cmocka_unit_test(several_texts_count_together),
        cmocka_unit_test(all_but_the_stale_lines_stays_as_it_is),
        cmocka_unit_test(what_does_not_fit_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
