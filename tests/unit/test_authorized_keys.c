/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/authorized_keys.h"

#include "exact.h"

#include "adit/key.h"

#include <stdio.h>

/* clang-format off */
#define KEY \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7"
#define OTHER \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEKCrMaoTsFprhHeF6Ph4CGxO52ia7KW9yYdlFYoQfy1"
/* clang-format on */

enum { COMPLAINTS_MAX = 4 };

struct answer {
    enum adit_err err;
    struct adit_key_options options;
    struct adit_authorized_complaint complaints[COMPLAINTS_MAX];
    size_t complaint_count;
};

/* What the text says about KEY; cleared by the next question. */
static const struct answer *ask(struct adit_span text)
{
    static struct answer answer;
    const struct adit_span exact = exact_copy(text.data, text.len);
    struct adit_authorized_text lines = adit_authorized_text_begin(exact);
    struct adit_key *key = NULL;

    adit_key_options_clear(&answer.options);
    assert_int_equal(adit_key_read_public(adit_span_text(KEY), &key), ADIT_OK);
    answer.err =
        adit_authorized_keys_find(&lines, adit_key_blob(key), &answer.options, answer.complaints,
                                  COMPLAINTS_MAX, &answer.complaint_count);
    adit_key_free(key);
    exact_free(exact);
    return &answer;
}

static int forget(void **state)
{
    (void)state;
    (void)ask(ADIT_SPAN_EMPTY);
    return 0;
}

static const struct adit_key_options *found(const char *text)
{
    const struct answer *a = ask(adit_span_text(text));

    if (a->err)
        fail_msg("\"%s\": %s, %s", text, adit_err_text(a->err),
                 a->complaint_count ? a->complaints[0].text : "no complaint");
    assert_int_equal(a->complaint_count, 0);
    assert_non_null(a->options.comment);
    return &a->options;
}

static void a_key_alone_may_forward(void **state)
{
    const struct adit_key_options *o = found(KEY);

    (void)state;
    assert_true(o->port_forwarding);
    assert_false(o->has_permitopen);
    assert_false(o->has_permitlisten);
    assert_null(o->from);
    assert_int_equal(o->expiry_time, 0);
    assert_string_equal(o->comment, "");
    assert_int_equal(o->line, 1);
}

static void the_key_is_found_in_its_line(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        const char *comment;
    } rows[] = {
        { KEY " a comment of words \n", 1, "a comment of words" },
        { "\xef\xbb\xbf" KEY " me\r\n", 1, "me" },
        { "\n  \n# " KEY "\n" OTHER " x\n\t " KEY "  me", 5, "me" },
        { "no-pty " OTHER "\nno-pty\t" KEY " me\n" KEY " later", 2, "me" },
        { "command=\"echo \\\"" KEY "\\\"\" " OTHER "\n" KEY " me", 2, "me" },
        { "environment=\"A=ssh-rsa AAAA\" " KEY " me", 1, "me" },
        { "pty,command=\"x AAAA\" " KEY " me", 1, "me" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_key_options *o = found(rows[i].text);

        assert_int_equal(o->line, rows[i].line);
        assert_string_equal(o->comment, rows[i].comment);
    }
}

static void a_key_that_stands_nowhere_is_not_found(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "#" KEY,
        OTHER,
        "command=\"" KEY "\" " OTHER, /* inside an option it is not the line's key */
        OTHER " " KEY,                /* nor is it as a comment */
        "cert-authority " KEY,        /* an authority's key logs nobody in by itself */
        "restrict,CERT-authority,principals=\"x\" " KEY,
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++) {
        const struct answer *a = ask(adit_span_text(texts[i]));

        if (a->err != ADIT_ERR_NOT_FOUND || a->complaint_count)
            fail_msg("\"%s\"", texts[i]);
        assert_null(a->options.comment);
    }
}

static void forwarding_follows_the_last_word_about_it(void **state)
{
    static const struct {
        const char *options;
        bool port_forwarding;
    } rows[] = {
        { "restrict", false },
        { "RESTRICT", false },
        { "no-port-forwarding", false },
        { "No-Port-Forwarding", false },
        { "restrict,port-forwarding", true },
        { "port-forwarding,restrict", false },
        { "no-port-forwarding,port-forwarding", true },
        { "no-pty,no-X11-forwarding,no-agent-forwarding,no-user-rc", true },
        { "pty,X11-forwarding,agent-forwarding,user-rc", true },
        { "no-touch-required,verify-required,command=\"\",tunnel=\"0\"", true },
        { "principals=\"a,b\",environment=\"A=b\",command=\"a \\\"b\\\" c\"", true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        char line[512];

        (void)snprintf(line, sizeof line, "%s %s", rows[i].options, KEY);
        assert_int_equal(found(line)->port_forwarding, rows[i].port_forwarding);
    }
}

static void permits_are_collected(void **state)
{
    const struct adit_key_options *o =
        found("restrict,permitopen=\"db:3306\",PermitOpen=\"[::1]:*\",permitlisten=\"8080\","
              "permitlisten=\"localhost:9090\" " KEY);

    (void)state;
    assert_false(o->port_forwarding);
    assert_true(o->has_permitopen);
    assert_int_equal(o->permitopen_count, 2);
    assert_string_equal(o->permitopen[0].host, "db");
    assert_int_equal(o->permitopen[0].port, 3306);
    assert_string_equal(o->permitopen[1].host, "::1");
    assert_int_equal(o->permitopen[1].port, 0);
    assert_true(o->has_permitlisten);
    assert_int_equal(o->permitlisten_count, 2);
    assert_null(o->permitlisten[0].host);
    assert_int_equal(o->permitlisten[0].port, 8080);
    assert_string_equal(o->permitlisten[1].host, "localhost");

    o = found("permitlisten=\"1\" " KEY);
    assert_false(o->has_permitopen);
    assert_true(o->has_permitlisten);
}

static void from_and_expiry_time_are_kept(void **state)
{
    const struct adit_key_options *o =
        found("from=\"10.0.0.0/8,!10.0.0.5,*.example\",expiry-time=\"20300102Z\","
              "expiry-time=\"20290102Z\",expiry-time=\"20310102Z\" " KEY);

    (void)state;
    assert_string_equal(o->from, "10.0.0.0/8,!10.0.0.5,*.example");
    assert_int_equal(o->expiry_time, 1862006400); /* the earliest: 2029-01-02 */
}

static void a_line_with_anything_odd_in_it_is_refused_whole(void **state)
{
    static const char *const options[] = {
        "unknown",
        "restrict,unknown",
        "no-ptyy",
        "unknown=\"x\"",
        "restrict,",
        ",restrict",
        "restrict,,no-pty",
        "restrict;no-pty",
        "restrict=\"yes\"",     /* takes no value */
        "permitopen",           /* takes one */
        "permitopen=db:3306",   /* in quotes */
        "permitopen=\"db:3306", /* that end */
        "permitopen=\"db:3306\"x",
        "permitopen=\"db:3306\\\"",
        "permitopen=\"\"",
        "permitopen=\"db\"",
        "permitopen=\"db:0\"",
        "permitopen=\"db:65536\"",
        "permitopen=\"db:0xffffffff\"",
        "permitopen=\"db:-1\"",
        "permitopen=\"a:1,b:2\"",
        "permitlisten=\"\"",
        "permitlisten=\"0\"",
        "permitlisten=\"-1\"",
        "permitlisten=\"4294967296\"",
        "from=\"\"",
        "from=\"10.0.0.1/8\"",
        "from=\"*,!10.0.0.0/33\"",
        "from=\"a\",from=\"b\"",
        "expiry-time=\"\"",
        "expiry-time=\"tomorrow\"",
        "expiry-time=\"19700101\"", /* would be 0, "never" */
        "command=\"a\"b\"",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(options); i++) {
        char line[512];
        const struct answer *a;

        (void)snprintf(line, sizeof line, OTHER "\n%s %s", options[i], KEY);
        a = ask(adit_span_text(line));
        if (a->err != ADIT_ERR_NOT_FOUND || a->complaint_count != 1)
            fail_msg("\"%s\": %s, %zu", options[i], adit_err_text(a->err), a->complaint_count);
        assert_int_equal(a->complaints[0].line, 2);
        assert_true(strlen(a->complaints[0].text) > 0);
        assert_int_equal(a->options.permitopen_count, 0);
    }
}

static void a_refused_line_does_not_hide_a_good_one(void **state)
{
    const struct answer *a = ask(adit_span_text("unknown " KEY "\n" KEY " good"));

    (void)state;
    assert_int_equal(a->err, ADIT_OK);
    assert_int_equal(a->options.line, 2);
    assert_int_equal(a->complaint_count, 1);
    assert_string_equal(a->complaints[0].text,
                        "an option that is not known or lacks its value: unknown");
}

static void lines_without_a_key_are_complained_about(void **state)
{
    static const char *const texts[] = {
        "hello",
        "ssh-ed25519",
        "restrict ssh-ed25519",
        "AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7",
        ("command=\"open " KEY),
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++) {
        const struct answer *a = ask(adit_span_text(texts[i]));

        if (a->err != ADIT_ERR_NOT_FOUND || a->complaint_count != 1)
            fail_msg("\"%s\"", texts[i]);
        assert_int_equal(a->complaints[0].line, 1);
    }
}

static void only_the_first_complaints_are_kept(void **state)
{
    const struct answer *a = ask(adit_span_text("a\nb\nc\nd\ne\nf\n" KEY));

    (void)state;
    assert_int_equal(a->err, ADIT_OK);
    assert_int_equal(a->complaint_count, COMPLAINTS_MAX);
    assert_int_equal(a->complaints[COMPLAINTS_MAX - 1].line, 4);
}

static void what_a_complaint_quotes_is_printable(void **state)
{
    const struct answer *a = ask(adit_span_text("permitopen=\"x\"\x1b[31m " KEY));

    (void)state;
    assert_int_equal(a->complaint_count, 1);
    for (const char *c = a->complaints[0].text; *c; c++)
        assert_true(*c >= ' ' && *c < 0x7f);
}

/* A long line must not be cut so that its restrictions are lost, nor be read as two. */
static void lines_have_8_kib_at_most(void **state)
{
    const size_t key_len = strlen(" " KEY);
    char *text = malloc(8 * 1024 + 1);

    (void)state;
    assert_non_null(text);
    for (size_t over = 0; over < 2; over++) {
        const size_t len = 8 * 1024 + over;
        const struct answer *a;

        memset(text, 'a', len);
        memcpy(text, "restrict,command=\"", strlen("restrict,command=\""));
        text[len - key_len - 1] = '"';
        memcpy(text + len - key_len, " " KEY, key_len);
        a = ask(adit_span_of(text, len));
        assert_int_equal(a->err, over ? ADIT_ERR_NOT_FOUND : ADIT_OK);
        assert_int_equal(a->complaint_count, over);
        assert_false(a->options.port_forwarding);
    }
    free(text);
}

static void a_line_with_a_nul_byte_is_refused(void **state)
{
    static const char *const befores[] = { "", "restrict", "command=\"", "restrict " };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(befores); i++) {
        char line[256];
        const size_t before = strlen(befores[i]);
        const size_t rest = strlen("\" " KEY);
        const struct answer *a;

        memcpy(line, befores[i], before);
        line[before] = '\0';
        memcpy(line + before + 1, "\" " KEY, rest);
        a = ask(adit_span_of(line, before + 1 + rest));
        assert_int_equal(a->err, ADIT_ERR_NOT_FOUND);
        assert_string_equal(a->complaints[0].text, "has a NUL byte");
    }
}

static void permits_are_64_at_most(void **state)
{
    static const char *const names[] = { "permitopen=\"h:1\"", "permitlisten=\"1\"" };

    (void)state;
    for (size_t n = 0; n < ADIT_ARRAY_LEN(names); n++) {
        for (size_t count = ADIT_PERMITS_MAX; count <= ADIT_PERMITS_MAX + 1; count++) {
            char line[4096] = "";
            size_t len = 0;

            for (size_t i = 0; i < count; i++)
                len +=
                    (size_t)snprintf(line + len, sizeof line - len, "%s%s", i ? "," : "", names[n]);
            (void)snprintf(line + len, sizeof line - len, " %s", KEY);
            if (count <= ADIT_PERMITS_MAX) {
                const struct adit_key_options *o = found(line);
                assert_int_equal(o->permitopen_count + o->permitlisten_count, ADIT_PERMITS_MAX);
            } else {
                const struct answer *a = ask(adit_span_text(line));
                assert_int_equal(a->err, ADIT_ERR_NOT_FOUND);
                assert_int_equal(a->complaint_count, 1);
            }
        }
    }
}

/* However a restricted line is cut, what is left never permits more. */
static void a_line_cut_anywhere_gives_no_key_with_fewer_restrictions(void **state)
{
    static const char text[] = "restrict,permitopen=\"db:3306\",from=\"10.0.0.0/8\" " KEY;

    (void)state;
    for (size_t cut = 0; cut < sizeof text - 1; cut++)
        assert_int_equal(ask(adit_span_of(text, cut))->err, ADIT_ERR_NOT_FOUND);
    assert_false(found(text)->port_forwarding);
    assert_int_equal(found(text)->permitopen_count, 1);
}

static void a_search_goes_on_behind_the_line_it_found(void **state)
{
    static const char text[] =
        "\xef\xbb\xbf" KEY " one\n# two\n" KEY " three\nno key\n" KEY " five";
    static const unsigned found_at[] = { 1, 3, 5 };
    struct adit_authorized_text lines = adit_authorized_text_begin(adit_span_text(text));
    struct adit_authorized_complaint complaint;
    struct adit_key_options options;
    struct adit_key *key = NULL;
    size_t count;

    (void)state;
    assert_int_equal(adit_key_read_public(adit_span_text(KEY), &key), ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(found_at); i++) {
        assert_int_equal(
            adit_authorized_keys_find(&lines, adit_key_blob(key), &options, &complaint, 1, &count),
            ADIT_OK);
        assert_int_equal(options.line, found_at[i]);
        assert_int_equal(count, found_at[i] == 5);
        adit_key_options_clear(&options);
    }
    assert_int_equal(complaint.line, 4);
    assert_int_equal(
        adit_authorized_keys_find(&lines, adit_key_blob(key), &options, &complaint, 1, &count),
        ADIT_ERR_NOT_FOUND);
    adit_key_free(key);
}

static void a_blob_that_is_none_is_malformed(void **state)
{
    struct adit_authorized_text lines = adit_authorized_text_begin(adit_span_text(KEY));
    struct adit_key_options options;
    size_t count;

    (void)state;
    assert_int_equal(adit_authorized_keys_find(&lines, ADIT_SPAN_EMPTY, &options, NULL, 0, &count),
                     ADIT_ERR_MALFORMED);
    assert_null(options.comment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_alone_may_forward),
        cmocka_unit_test(a_search_goes_on_behind_the_line_it_found),
        cmocka_unit_test(the_key_is_found_in_its_line),
        cmocka_unit_test(a_key_that_stands_nowhere_is_not_found),
        cmocka_unit_test(forwarding_follows_the_last_word_about_it),
        cmocka_unit_test(permits_are_collected),
        cmocka_unit_test(from_and_expiry_time_are_kept),
        cmocka_unit_test(a_line_with_anything_odd_in_it_is_refused_whole),
        cmocka_unit_test(a_refused_line_does_not_hide_a_good_one),
        cmocka_unit_test(lines_without_a_key_are_complained_about),
        cmocka_unit_test(only_the_first_complaints_are_kept),
        cmocka_unit_test(what_a_complaint_quotes_is_printable),
        cmocka_unit_test(lines_have_8_kib_at_most),
        cmocka_unit_test(a_line_with_a_nul_byte_is_refused),
        cmocka_unit_test(permits_are_64_at_most),
        cmocka_unit_test(a_line_cut_anywhere_gives_no_key_with_fewer_restrictions),
        cmocka_unit_test(a_blob_that_is_none_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}
