/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/known_hosts.h"

#include "exact.h"

#include "adit/key.h"
#include "base/text.h"

/* clang-format off */
#define ED25519 \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7"
#define OTHER \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEKCrMaoTsFprhHeF6Ph4CGxO52ia7KW9yYdlFYoQfy1"
#define P256 \
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBaCT+U2" \
    "X6nS39uNmNqVMB+3VM/1NQEnjcEx137vZDW18WSsivkdBdOCbVFXUMkDENE4BA/h+CVULL1G5oCDFHc="

/* "host.example" and "[host.example]:2222" after ssh-keygen -H. */
#define HASHED      "|1|Ei13OMUoiyvtuYfXqeFmSej6DWE=|LrVWfsjmJquzZ+aaGhUP9RzTjxE="
#define HASHED_2222 "|1|efo3gxxvSR6ZCUK1sU4LWuKhEu4=|EucMBWMNeg7QIKNEEllPJgG1rfo="
/* clang-format on */

/* The blob of a line's key; it lives until adit_key_free(*key). */
static struct adit_span blob_of(const char *line, struct adit_key **key)
{
    assert_int_equal(adit_key_read_public(adit_span_text(line), key), ADIT_OK);
    return adit_key_blob(*key);
}

static struct adit_known_result check(struct adit_span text, const char *host, uint16_t port,
                                      const char *key_line)
{
    const struct adit_span exact = exact_copy(text.data, text.len);
    struct adit_known_result result;
    struct adit_key *key;
    const struct adit_span blob = blob_of(key_line, &key);

    assert_int_equal(adit_known_hosts_check(exact, host, port, blob, &result), ADIT_OK);
    adit_key_free(key);
    exact_free(exact);
    return result;
}

struct row {
    const char *text;
    const char *host;
    uint16_t port;
    enum adit_known_verdict verdict;
    unsigned line;
};

/* Each row is asked about the key ED25519. */
static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct adit_known_result result =
            check(adit_span_text(rows[i].text), rows[i].host, rows[i].port, ED25519);

        if (result.verdict != rows[i].verdict || result.line != rows[i].line)
            fail_msg("row %zu, \"%.60s\", %s:%u: verdict %d, line %u", i, rows[i].text,
                     rows[i].host, rows[i].port, (int)result.verdict, result.line);
    }
}

static void names_are_compared_as_sshd_8_says(void **state)
{
    static const struct row rows[] = {
        { "", "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "host " ED25519, "host", 22, ADIT_KNOWN_MATCH, 1 },
        { "host " ED25519 " and a comment\n", "host", 22, ADIT_KNOWN_MATCH, 1 },
        { "host " OTHER, "host", 22, ADIT_KNOWN_CHANGED, 1 },
        { "HOST.Example " ED25519, "host.example", 22, ADIT_KNOWN_MATCH, 1 },
        { "host " ED25519, "hos", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "host " ED25519, "host1", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "a,host,192.0.2.1 " ED25519, "192.0.2.1", 22, ADIT_KNOWN_MATCH, 1 },
        { "*.example " ED25519, "a.example", 22, ADIT_KNOWN_MATCH, 1 },
        { "*.example " ED25519, "example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "h?st " ED25519, "host", 22, ADIT_KNOWN_MATCH, 1 },
        { "*.example,!b.example " ED25519, "b.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "!b.example,*.example " ED25519, "b.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "*.example,!b.example " ED25519, "a.example", 22, ADIT_KNOWN_MATCH, 1 },
        { "!b.example " ED25519, "a.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "::1 " ED25519, "::1", 22, ADIT_KNOWN_MATCH, 1 },
    };

    (void)state;
    check_rows(rows, ADIT_ARRAY_LEN(rows));
}

static void another_port_has_names_of_its_own(void **state)
{
    static const struct row rows[] = {
        { "[host]:2222 " ED25519, "host", 2222, ADIT_KNOWN_MATCH, 1 },
        { "host " ED25519, "host", 2222, ADIT_KNOWN_UNKNOWN, 0 },
        { "host " OTHER, "host", 2222, ADIT_KNOWN_UNKNOWN, 0 },
        { "[host]:2222 " ED25519, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "[host]:2222 " ED25519, "host", 222, ADIT_KNOWN_UNKNOWN, 0 },
        { "[host]:2222 " ED25519, "host", 22222, ADIT_KNOWN_UNKNOWN, 0 },
        { "[*.example]:2222 " ED25519, "a.example", 2222, ADIT_KNOWN_MATCH, 1 },
        { "[::1]:2222 " ED25519, "::1", 2222, ADIT_KNOWN_MATCH, 1 },
        { "host,[host]:2222 " ED25519, "host", 2222, ADIT_KNOWN_MATCH, 1 },
    };

    (void)state;
    check_rows(rows, ADIT_ARRAY_LEN(rows));
}

static void hashed_names_are_found(void **state)
{
    static const struct row rows[] = {
        { HASHED " " ED25519, "host.example", 22, ADIT_KNOWN_MATCH, 1 },
        { HASHED " " OTHER, "host.example", 22, ADIT_KNOWN_CHANGED, 1 },
        { HASHED " " ED25519, "host.example", 2222, ADIT_KNOWN_UNKNOWN, 0 },
        { HASHED " " ED25519, "host.exampl", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { HASHED_2222 " " ED25519, "host.example", 2222, ADIT_KNOWN_MATCH, 1 },
        { HASHED_2222 " " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "@revoked " HASHED " " ED25519, "host.example", 22, ADIT_KNOWN_REVOKED, 1 },
        /* Broken ones are no names. */
        { "|1| " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "|1|| " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "|1|Zm9v|Zm9v " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "|1|!!!|Zm9v " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "|2|Zm9v|Zm9v " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { HASHED "," HASHED " " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { HASHED "A " ED25519, "host.example", 22, ADIT_KNOWN_UNKNOWN, 0 },
    };

    (void)state;
    check_rows(rows, ADIT_ARRAY_LEN(rows));
}

static void a_revoked_key_stands_above_all_other_lines(void **state)
{
    static const struct row rows[] = {
        { "@revoked host " ED25519, "host", 22, ADIT_KNOWN_REVOKED, 1 },
        { "@revoked * " ED25519, "host", 2222, ADIT_KNOWN_REVOKED, 1 },
        { "host " ED25519 "\n@revoked host " ED25519, "host", 22, ADIT_KNOWN_REVOKED, 2 },
        { "@revoked host " ED25519 "\nhost " ED25519, "host", 22, ADIT_KNOWN_REVOKED, 1 },
        { "@revoked host " ED25519 "\nhost " OTHER, "host", 22, ADIT_KNOWN_REVOKED, 1 },
        /* It is about that key alone, and that host. */
        { "@revoked host " OTHER, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "@revoked host " OTHER "\nhost " ED25519, "host", 22, ADIT_KNOWN_MATCH, 2 },
        { "@revoked other " ED25519, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
    };

    (void)state;
    check_rows(rows, ADIT_ARRAY_LEN(rows));
}

static void lines_of_authorities_and_unknown_markers_are_passed_over(void **state)
{
    static const struct row rows[] = {
        { "@cert-authority host " ED25519, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "@cert-authority host " OTHER, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "@Revoked host " OTHER, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "@trusted host " ED25519, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "@ host " ED25519, "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
    };

    (void)state;
    check_rows(rows, ADIT_ARRAY_LEN(rows));
}

static void any_good_line_is_enough_and_the_first_one_counts(void **state)
{
    static const struct row rows[] = {
        { "host " OTHER "\nhost " ED25519, "host", 22, ADIT_KNOWN_MATCH, 2 },
        { "host " ED25519 "\nhost " OTHER, "host", 22, ADIT_KNOWN_MATCH, 1 },
        { "host " ED25519 "\nhost " ED25519, "host", 22, ADIT_KNOWN_MATCH, 1 },
        { "x " OTHER "\nhost " OTHER "\nhost " OTHER, "host", 22, ADIT_KNOWN_CHANGED, 2 },
        { "\xef\xbb\xbfhost " ED25519 "\r\n", "host", 22, ADIT_KNOWN_MATCH, 1 },
        { "\r\n# host " OTHER "\r\n\t host\t" ED25519 "\r\n", "host", 22, ADIT_KNOWN_MATCH, 3 },
    };

    (void)state;
    check_rows(rows, ADIT_ARRAY_LEN(rows));
}

/* U20: a key of another type than its line declares is no key. */
static void broken_lines_are_passed_over(void **state)
{
    static const struct row rows[] = {
        { "host\n\nhost ssh-ed25519\nhost " ED25519, "host", 22, ADIT_KNOWN_MATCH, 4 },
        { "host ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7",
          "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "host ssh-ed25519 AAAA!", "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "host ssh-ed25519 AAAA", "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { "host 1024 35 1234567", "host", 22, ADIT_KNOWN_UNKNOWN, 0 },
        { ED25519, "ssh-ed25519", 22, ADIT_KNOWN_UNKNOWN, 0 },
    };

    (void)state;
    check_rows(rows, ADIT_ARRAY_LEN(rows));
}

/* The first one of those that may be about the host, or may have been. */
static void a_broken_line_is_complained_about(void **state)
{
    static const struct {
        const char text[300];
        size_t len;
        unsigned line;
        const char *complaint;
        enum adit_known_verdict verdict;
    } rows[] = {
#define ROW(text) text, sizeof text - 1
        { ROW("host " ED25519 "\n# a\0b\nother ssh-rsa AAAA!"), 0, NULL, ADIT_KNOWN_MATCH },
        { ROW("\nho\0st " ED25519), 2, "has a NUL byte", ADIT_KNOWN_UNKNOWN },
        { ROW("host ssh-\0ed25519 AAAA\n@no * " ED25519), 1, "has a NUL byte", ADIT_KNOWN_UNKNOWN },
        { ROW("other " ED25519 " \0"), 1, "has a NUL byte", ADIT_KNOWN_UNKNOWN },
        { ROW("@revoked host " ED25519 " \0\nhost " ED25519), 1, "has a NUL byte",
          ADIT_KNOWN_REVOKED },
        { ROW("@revokd host " ED25519), 1, "begins with an unknown marker", ADIT_KNOWN_UNKNOWN },
        { ROW("host"), 1, "has no key that can be read", ADIT_KNOWN_UNKNOWN },
        { ROW("@revoked host ssh-ed25519 AAAA!"), 1, "has no key that can be read",
          ADIT_KNOWN_UNKNOWN },
        { ROW(HASHED " ssh-ed25519"), 0, NULL, ADIT_KNOWN_UNKNOWN },
        { ROW("d,host ssh-dss AAAAB3NzaC1kc3M="), 0, NULL, ADIT_KNOWN_UNKNOWN },
#undef ROW
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_known_result r =
            check(adit_span_of(rows[i].text, rows[i].len), "host", 22, ED25519);

        assert_int_equal(r.verdict, rows[i].verdict);
        assert_int_equal(r.complaint.line, rows[i].line);
        if (rows[i].line != 0)
            assert_string_equal(r.complaint.text, rows[i].complaint);
    }
}

static void lines_have_16_kib_at_most(void **state)
{
    const size_t rest = strlen(",host " ED25519);
    char *text = malloc(16 * 1024 + 1);

    (void)state;
    assert_non_null(text);
    for (size_t over = 0; over < 2; over++) {
        const size_t len = 16 * 1024 + over;

        memset(text, 'a', len);
        memcpy(text + len - rest, ",host " ED25519, rest);
        {
            const struct adit_known_result r = check(adit_span_of(text, len), "host", 22, ED25519);
            assert_int_equal(r.verdict, over ? ADIT_KNOWN_UNKNOWN : ADIT_KNOWN_MATCH);
            assert_int_equal(r.complaint.line, over);
        }
    }
    free(text);
}

static void keys_of_other_types_are_told(void **state)
{
    static const char text[] = "host " ED25519 "\n";

    (void)state;
    {
        const struct adit_known_result r = check(adit_span_text(text), "host", 22, P256);
        assert_int_equal(r.verdict, ADIT_KNOWN_UNKNOWN);
        assert_int_equal(r.line, 0);
        assert_true(r.host_has_other);
    }
    assert_false(check(adit_span_text(text), "other", 22, P256).host_has_other);
    assert_false(check(adit_span_text(text), "host", 22, ED25519).host_has_other);
    assert_false(
        check(adit_span_text("host " P256 "\nhost " OTHER), "host", 22, ED25519).host_has_other);
}

static void a_line_cut_anywhere_matches_never_too_early(void **state)
{
    static const char text[] = "host " ED25519;

    (void)state;
    for (size_t cut = 0; cut < sizeof text - 1; cut++)
        assert_int_not_equal(check(adit_span_of(text, cut), "host", 22, ED25519).verdict,
                             ADIT_KNOWN_MATCH);
    assert_int_equal(check(adit_span_text(text), "host", 22, ED25519).verdict, ADIT_KNOWN_MATCH);
}

static void assert_types(const char *text, const char *host, const char *before, const char *wanted)
{
    struct adit_buffer names = adit_buffer_init(256);

    assert_int_equal(adit_buffer_append(&names, adit_span_text(before)), ADIT_OK);
    assert_int_equal(adit_known_hosts_types(adit_span_text(text), host, 22, &names), ADIT_OK);
    assert_span_is(adit_buffer_span(&names), wanted);
    adit_buffer_clear(&names);
}

static void the_types_of_a_host_are_listed_once(void **state)
{
    static const char text[] =
        "host " P256 "\nhost " ED25519 "\n" HASHED " " ED25519 "\nhost " OTHER
        "\n@revoked r " ED25519 "\n@cert-authority r " P256 "\nd ssh-dss AAAAB3NzaC1kc3M=\n";

    (void)state;
    assert_types(text, "host", "", "ecdsa-sha2-nistp256,ssh-ed25519");
    assert_types(text, "host.example", "", "ssh-ed25519");
    assert_types(text, "host", "ssh-ed25519", "ssh-ed25519,ecdsa-sha2-nistp256");
    assert_types(text, "r", "", "");
    assert_types(text, "d", "", "");
    assert_types("", "host", "", "");
}

static void lines_are_written_that_match(void **state)
{
    static const uint16_t ports[] = { 22, 2222 };
    struct adit_key *key;
    const struct adit_span blob = blob_of(ED25519, &key);

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ports); i++) {
        for (int hashed = 0; hashed < 2; hashed++) {
            struct adit_buffer text = adit_buffer_init(1024);

            assert_int_equal(adit_known_hosts_line("host", ports[i], hashed, blob, &text), ADIT_OK);
            assert_int_equal(text.data[text.len - 1], '\n');
            assert_int_equal(text.data[0] == '|', hashed);
            assert_int_equal(check(adit_buffer_span(&text), "host", ports[i], ED25519).verdict,
                             ADIT_KNOWN_MATCH);
            assert_int_equal(check(adit_buffer_span(&text), "host", 23, ED25519).verdict,
                             ADIT_KNOWN_UNKNOWN);
            assert_int_equal(check(adit_buffer_span(&text), "hos", ports[i], ED25519).verdict,
                             ADIT_KNOWN_UNKNOWN);
            adit_buffer_clear(&text);
        }
    }
    adit_key_free(key);
}

static void a_line_is_written_as_ssh_writes_it(void **state)
{
    struct adit_buffer text = adit_buffer_init(1024);
    struct adit_key *key;
    const struct adit_span blob = blob_of(ED25519, &key);

    (void)state;
    assert_int_equal(adit_known_hosts_line("host", 22, false, blob, &text), ADIT_OK);
    assert_int_equal(adit_known_hosts_line("::1", 2222, false, blob, &text), ADIT_OK);
    assert_span_is(adit_buffer_span(&text), "host " ED25519 "\n[::1]:2222 " ED25519 "\n");
    adit_buffer_clear(&text);
    adit_key_free(key);
}

static void each_hashed_line_has_a_salt_of_its_own(void **state)
{
    struct adit_buffer one = adit_buffer_init(1024);
    struct adit_buffer two = adit_buffer_init(1024);
    struct adit_key *key;
    const struct adit_span blob = blob_of(ED25519, &key);

    (void)state;
    assert_int_equal(adit_known_hosts_line("host", 22, true, blob, &one), ADIT_OK);
    assert_int_equal(adit_known_hosts_line("host", 22, true, blob, &two), ADIT_OK);
    assert_false(adit_span_equal(adit_buffer_span(&one), adit_buffer_span(&two)));
    adit_buffer_clear(&two);
    adit_buffer_clear(&one);
    adit_key_free(key);
}

/* Else a host could be written down as something that stands for others, too. */
static void a_name_that_means_more_than_itself_is_not_written(void **state)
{
    static const char *const hosts[] = { "",       "*",    "a,b",      "a b", "a\nb", "!a",
                                         "|1|a|b", "h?st", "@revoked", "#a",  "a\tb", "a\x7f" };
    struct adit_buffer text = adit_buffer_init(1024);
    char long_name[2000];
    struct adit_key *key;
    const struct adit_span blob = blob_of(ED25519, &key);

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(hosts); i++) {
        assert_int_equal(adit_known_hosts_line(hosts[i], 22, false, blob, &text), ADIT_ERR_USAGE);
        assert_int_equal(text.len, 0);
    }
    memset(long_name, 'a', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(adit_known_hosts_line(long_name, 22, false, blob, &text), ADIT_ERR_USAGE);
    adit_buffer_clear(&text);
    adit_key_free(key);
}

static void half_a_line_is_never_left(void **state)
{
    struct adit_key *key;
    const struct adit_span blob = blob_of(ED25519, &key);

    (void)state;
    for (size_t limit = 0; limit < strlen("host " ED25519 "\n"); limit++) {
        struct adit_buffer text = adit_buffer_init(limit);

        assert_int_equal(adit_known_hosts_line("host", 22, false, blob, &text), ADIT_ERR_LIMIT);
        assert_int_equal(text.len, 0);
        adit_buffer_clear(&text);
    }
    adit_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_compared_as_sshd_8_says),
        cmocka_unit_test(another_port_has_names_of_its_own),
        cmocka_unit_test(hashed_names_are_found),
        cmocka_unit_test(a_revoked_key_stands_above_all_other_lines),
        cmocka_unit_test(lines_of_authorities_and_unknown_markers_are_passed_over),
        cmocka_unit_test(any_good_line_is_enough_and_the_first_one_counts),
        cmocka_unit_test(broken_lines_are_passed_over),
        cmocka_unit_test(a_broken_line_is_complained_about),
        cmocka_unit_test(lines_have_16_kib_at_most),
        cmocka_unit_test(keys_of_other_types_are_told),
        cmocka_unit_test(a_line_cut_anywhere_matches_never_too_early),
        cmocka_unit_test(the_types_of_a_host_are_listed_once),
        cmocka_unit_test(lines_are_written_that_match),
        cmocka_unit_test(a_line_is_written_as_ssh_writes_it),
        cmocka_unit_test(each_hashed_line_has_a_salt_of_its_own),
        cmocka_unit_test(a_name_that_means_more_than_itself_is_not_written),
        cmocka_unit_test(half_a_line_is_never_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
