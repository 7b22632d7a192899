/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/forward_spec.h"

#include "exact.h"

#include <stdio.h>

static enum adit_err parse(const char *text, bool is_remote, struct adit_forward_spec *spec,
                           char *why, size_t why_size)
{
    const struct adit_span copy = exact_copy(text, strlen(text));
    const enum adit_err err = adit_forward_spec_parse(copy, is_remote, spec, why, why_size);

    exact_free(copy);
    return err;
}

static void good_arguments_are_taken_apart(void **state)
{
    static const struct {
        const char *text;
        bool is_remote;
        bool bind_given;
        const char *bind;
        uint16_t bind_port;
        const char *host;
        uint16_t port;
    } rows[] = {
        { "3307:db:3306", false, false, "", 3307, "db", 3306 },
        { "1:h:65535", false, false, "", 1, "h", 65535 },
        { "65535:h:1", false, false, "", 65535, "h", 1 },
        { "localhost:3307:db:3306", false, true, "localhost", 3307, "db", 3306 },
        { ":3307:db:3306", false, true, "", 3307, "db", 3306 },
        { "*:3307:db:3306", false, true, "*", 3307, "db", 3306 },
        { "127.0.0.1:3307:10.0.0.7:3306", false, true, "127.0.0.1", 3307, "10.0.0.7", 3306 },
        { "[::1]:3307:db:3306", false, true, "::1", 3307, "db", 3306 },
        { "3307:[fe80::1%eth0]:3306", false, false, "", 3307, "fe80::1%eth0", 3306 },
        { "[::]:80:[2001:db8::1]:443", false, true, "::", 80, "2001:db8::1", 443 },
        { "0:db:3306", true, false, "", 0, "db", 3306 },
        { "23432:db.internal:3306", true, false, "", 23432, "db.internal", 3306 },
        { "acme-db:3306:localhost:3306", true, true, "acme-db", 3306, "localhost", 3306 },
    };
    char why[256];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_forward_spec spec;

        assert_int_equal(parse(rows[i].text, rows[i].is_remote, &spec, why, sizeof why), ADIT_OK);
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
        bool is_remote;
        enum adit_err err;
        const char *says;
    } rows[] = {
        { "", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "3307", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "3307:db", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "a:1:b:2:c", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "::1:80:db:80", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[::1:80:db:80", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[::1]80:db:80", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[]:80:db:80", false, ADIT_ERR_FORMAT, "not [address:]port:host:port" },
        { "[80]:db:80", false, ADIT_ERR_FORMAT, "port to listen on" },
        { "0:db:80", false, ADIT_ERR_FORMAT, "port 0 is for remote" },
        { "65536:db:80", false, ADIT_ERR_FORMAT, "port to listen on" },
        { "-1:db:80", false, ADIT_ERR_FORMAT, "port to listen on" },
        { "+1:db:80", false, ADIT_ERR_FORMAT, "port to listen on" },
        { " 1:db:80", false, ADIT_ERR_FORMAT, "port to listen on" },
        { ":db:80", false, ADIT_ERR_FORMAT, "port to listen on" },
        { "80:db:0", false, ADIT_ERR_FORMAT, "port to connect to" },
        { "80:db:65536", true, ADIT_ERR_FORMAT, "port to connect to" },
        { "80:db:", false, ADIT_ERR_FORMAT, "port to connect to" },
        { "80::80", false, ADIT_ERR_FORMAT, "host to connect to" },
        { "80:d b:80", false, ADIT_ERR_FORMAT, "host to connect to" },
        { "80:d[b:80", false, ADIT_ERR_FORMAT, "host to connect to" },
        { "a\tb:80:db:80", false, ADIT_ERR_FORMAT, "address to listen on" },
        { "1080", true, ADIT_ERR_UNSUPPORTED, "SOCKS" },
        { "*:1080", true, ADIT_ERR_UNSUPPORTED, "SOCKS" },
        { "80:/run/db.sock", false, ADIT_ERR_UNSUPPORTED, "file system" },
        { "/run/a:/run/b", true, ADIT_ERR_UNSUPPORTED, "file system" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_forward_spec spec;
        char why[256] = "";

        assert_int_equal(parse(rows[i].text, rows[i].is_remote, &spec, why, sizeof why),
                         rows[i].err);
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

        assert_int_equal(adit_forward_spec_parse(copy, false, &spec, why, sizeof why),
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
        assert_int_equal(parse(text, false, &spec, why, sizeof why), wanted);
        (void)snprintf(text, sizeof text, "%.*s:80:db:80", len, name);
        assert_int_equal(parse(text, false, &spec, why, sizeof why), wanted);
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
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_buffer out = adit_buffer_init(1024);
        struct adit_forward_spec spec;
        char why[256];

        assert_int_equal(parse(rows[i].text, true, &spec, why, sizeof why), ADIT_OK);
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
