/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/forward_spec.h"

#include "exact.h"

#include <stdio.h>

enum { SOCKET_PATH_MAX = 107 };

#define LOCAL   ADIT_FORWARD_SPEC_LOCAL
#define REMOTE  ADIT_FORWARD_SPEC_REMOTE
#define DYNAMIC ADIT_FORWARD_SPEC_DYNAMIC

static enum adit_err parse(const char *text, enum adit_forward_kind kind,
                           struct adit_forward_spec *spec, char *why, size_t why_size)
{
    const struct adit_span copy = exact_copy(text, strlen(text));
    const enum adit_err err = adit_forward_spec_parse(copy, kind, spec, why, why_size);

    exact_free(copy);
    return err;
}

static void good_arguments_are_taken_apart(void **state)
{
    static const struct {
        const char *text;
        enum adit_forward_kind kind;
        bool bind_given;
        const char *bind;
        uint16_t bind_port;
        const char *host;
        uint16_t port;
    } rows[] = {
        { "3307:db:3306", LOCAL, false, "", 3307, "db", 3306 },
        { "1:h:65535", LOCAL, false, "", 1, "h", 65535 },
        { "65535:h:1", LOCAL, false, "", 65535, "h", 1 },
        { "localhost:3307:db:3306", LOCAL, true, "localhost", 3307, "db", 3306 },
        { ":3307:db:3306", LOCAL, true, "", 3307, "db", 3306 },
        { "*:3307:db:3306", LOCAL, true, "*", 3307, "db", 3306 },
        { "127.0.0.1:3307:10.0.0.7:3306", LOCAL, true, "127.0.0.1", 3307, "10.0.0.7", 3306 },
        { "[::1]:3307:db:3306", LOCAL, true, "::1", 3307, "db", 3306 },
        { "3307:[fe80::1%eth0]:3306", LOCAL, false, "", 3307, "fe80::1%eth0", 3306 },
        { "[::]:80:[2001:db8::1]:443", LOCAL, true, "::", 80, "2001:db8::1", 443 },
        { "0:db:3306", REMOTE, false, "", 0, "db", 3306 },
        { "23432:db.internal:3306", REMOTE, false, "", 23432, "db.internal", 3306 },
        { "acme-db:3306:localhost:3306", REMOTE, true, "acme-db", 3306, "localhost", 3306 },
        { "3307:/run/db.sock", LOCAL, false, "", 3307, "/run/db.sock", 0 },
        { "[::1]:80:/s", LOCAL, true, "::1", 80, "/s", 0 },
        { "/s:db:3306", LOCAL, true, "/s", 0, "db", 3306 },
        { "/a:/b", LOCAL, true, "/a", 0, "/b", 0 },
        { "80:/run/db.sock", REMOTE, false, "", 80, "/run/db.sock", 0 },
        { "*:0:/run/db.sock", REMOTE, true, "*", 0, "/run/db.sock", 0 },
        { "/run/a:/run/b", REMOTE, true, "/run/a", 0, "/run/b", 0 },
        { "/run/a:[::1]:5", REMOTE, true, "/run/a", 0, "::1", 5 },
        { "1080", REMOTE, false, "", 1080, "", 0 },
        { "0", REMOTE, false, "", 0, "", 0 },
        { "*:1080", REMOTE, true, "*", 1080, "", 0 },
        { "/run/socks", REMOTE, true, "/run/socks", 0, "", 0 },
        { "1080", DYNAMIC, false, "", 1080, "", 0 },
        { ":1080", DYNAMIC, true, "", 1080, "", 0 },
        { "[::1]:1080", DYNAMIC, true, "::1", 1080, "", 0 },
        { "/run/socks", DYNAMIC, true, "/run/socks", 0, "", 0 },
    };
    char why[256];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_forward_spec spec;

        assert_int_equal(parse(rows[i].text, rows[i].kind, &spec, why, sizeof why), ADIT_OK);
        assert_int_equal(spec.bind_given, rows[i].bind_given);
        assert_string_equal(spec.bind, rows[i].bind);
        assert_int_equal(spec.bind_port, rows[i].bind_port);
        assert_string_equal(spec.host, rows[i].host);
        assert_int_equal(spec.port, rows[i].port);
    }
}

static void bad_arguments_are_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *text;
        enum adit_forward_kind kind;
        enum adit_err err;
        const char *says;
    } rows[] = {
        { "", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "3307", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "3307:db", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "a:1:b:2:c", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "::1:80:db:80", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[::1:80:db:80", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[::1]80:db:80", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[]:80:db:80", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[80]:db:80", LOCAL, ADIT_ERR_FORMAT, "port to listen on" },
        { "0:db:80", LOCAL, ADIT_ERR_FORMAT, "port 0 is for remote" },
        { "65536:db:80", LOCAL, ADIT_ERR_FORMAT, "port to listen on" },
        { "-1:db:80", LOCAL, ADIT_ERR_FORMAT, "port to listen on" },
        { "+1:db:80", LOCAL, ADIT_ERR_FORMAT, "port to listen on" },
        { " 1:db:80", LOCAL, ADIT_ERR_FORMAT, "port to listen on" },
        { ":db:80", LOCAL, ADIT_ERR_FORMAT, "port to listen on" },
        { "80:db:0", LOCAL, ADIT_ERR_FORMAT, "port to connect to" },
        { "80:db:65536", REMOTE, ADIT_ERR_FORMAT, "port to connect to" },
        { "80:db:", LOCAL, ADIT_ERR_FORMAT, "port to connect to" },
        { "80::80", LOCAL, ADIT_ERR_FORMAT, "host to connect to" },
        { "80:d b:80", LOCAL, ADIT_ERR_FORMAT, "host to connect to" },
        { "80:d[b:80", LOCAL, ADIT_ERR_FORMAT, "host to connect to" },
        { "a\tb:80:db:80", LOCAL, ADIT_ERR_FORMAT, "address to listen on" },
        { "", REMOTE, ADIT_ERR_FORMAT, "not [address:]port" },
        { "", DYNAMIC, ADIT_ERR_FORMAT, "not [address:]port " },
        { "0", DYNAMIC, ADIT_ERR_FORMAT, "port 0 is for remote" },
        { "1080:db:80", DYNAMIC, ADIT_ERR_FORMAT, "not [address:]port " },
        { "/s:1080", DYNAMIC, ADIT_ERR_FORMAT, "path to listen at" },
        { "::1:80:/s", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "/s", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "/a:/b:db:80", LOCAL, ADIT_ERR_FORMAT, "path to listen at" },
        { "/a:1:db:80", REMOTE, ADIT_ERR_FORMAT, "path to listen at" },
        { "80:run/s", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "80:/r un", LOCAL, ADIT_ERR_FORMAT, "path to connect to" },
        { "80:/r=n", REMOTE, ADIT_ERR_FORMAT, "path to connect to" },
        { "80:[/s]", LOCAL, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "0:/s", LOCAL, ADIT_ERR_FORMAT, "port 0 is for remote" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_forward_spec spec;
        char why[256] = "";

        assert_int_equal(parse(rows[i].text, rows[i].kind, &spec, why, sizeof why), rows[i].err);
        if (!strstr(why, rows[i].says))
            fail_msg("\"%s\" does not say \"%s\"", why, rows[i].says);
    }
}

static void every_truncation_reads_no_byte_too_far(void **state)
{
    static const char text[] = "[2001:db8::1]:3307:[::1]:3306";
    char why[256];

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        const struct adit_span copy = exact_copy(text, len);
        struct adit_forward_spec spec;
        /* What is left of the last port is a port too. */
        const bool good = len > strlen("[2001:db8::1]:3307:[::1]:") && len < sizeof text;

        assert_int_equal(adit_forward_spec_parse(copy, LOCAL, &spec, why, sizeof why),
                         good ? ADIT_OK : ADIT_ERR_FORMAT);
        exact_free(copy);
    }
}

static void names_have_a_limit(void **state)
{
    struct adit_forward_spec spec;
    char text[2 * ADIT_HOST_MAX];
    char name[ADIT_HOST_MAX + 1];
    char why[256];

    (void)state;
    memset(name, 'n', sizeof name);
    for (int len = ADIT_HOST_MAX - 1; len <= ADIT_HOST_MAX; len++) {
        const enum adit_err wanted = len < ADIT_HOST_MAX ? ADIT_OK : ADIT_ERR_FORMAT;

        (void)snprintf(text, sizeof text, "80:%.*s:80", len, name);
        assert_int_equal(parse(text, LOCAL, &spec, why, sizeof why), wanted);
        (void)snprintf(text, sizeof text, "%.*s:80:db:80", len, name);
        assert_int_equal(parse(text, LOCAL, &spec, why, sizeof why), wanted);
    }
    name[0] = '/';
    for (int len = SOCKET_PATH_MAX; len <= SOCKET_PATH_MAX + 1; len++) {
        const enum adit_err wanted = len == SOCKET_PATH_MAX ? ADIT_OK : ADIT_ERR_FORMAT;

        (void)snprintf(text, sizeof text, "80:%.*s", len, name);
        assert_int_equal(parse(text, LOCAL, &spec, why, sizeof why), wanted);
        (void)snprintf(text, sizeof text, "%.*s:db:80", len, name);
        assert_int_equal(parse(text, LOCAL, &spec, why, sizeof why), wanted);
    }
}

static void what_is_printed_reads_as_two_arguments(void **state)
{
    static const struct {
        const char *text;
        const char *printed;
    } rows[] = {
        { "3307:db:3306", "3307 db:3306" },
        { ":3307:db:3306", ":3307 db:3306" },
        { "*:0:db:3306", "*:0 db:3306" },
        { "[::1]:3307:[::2]:3306", "[::1]:3307 [::2]:3306" },
        { "3307:/run/db", "3307 /run/db" },
        { "/run/a:/run/b", "/run/a /run/b" },
        { "/run/a:[::2]:3306", "/run/a [::2]:3306" },
        { "[::1]:1080", "[::1]:1080" },
        { "1080", "1080" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_buffer out = adit_buffer_init(1024);
        struct adit_forward_spec spec;
        char why[256];

        assert_int_equal(parse(rows[i].text, REMOTE, &spec, why, sizeof why), ADIT_OK);
        assert_int_equal(adit_forward_spec_print(&spec, &out), ADIT_OK);
        assert_span_is(adit_buffer_span(&out), rows[i].printed);
        adit_buffer_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_arguments_are_taken_apart),
        cmocka_unit_test(bad_arguments_are_refused_with_a_sentence),
        cmocka_unit_test(every_truncation_reads_no_byte_too_far),
        cmocka_unit_test(names_have_a_limit),
        cmocka_unit_test(what_is_printed_reads_as_two_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
