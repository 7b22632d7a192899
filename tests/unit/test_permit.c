/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/authorized_keys.h"

#include "exact.h"

#include "base/buffer.h"

static const struct row {
    const char *text;
    bool listen;
    enum adit_err err;
    const char *host; /* NULL: none */
    uint16_t port;
} rows[] = {
    { "db:3306", false, ADIT_OK, "db", 3306 },
    { "db:1", false, ADIT_OK, "db", 1 },
    { "db:65535", false, ADIT_OK, "db", 65535 },
    { "db:*", false, ADIT_OK, "db", 0 },
    { "*:3306", false, ADIT_OK, "*", 3306 },
    { "*:*", false, ADIT_OK, "*", 0 },
    { "*.db.example:5432", false, ADIT_OK, "*.db.example", 5432 },
    { "[2001:db8::1]:22", false, ADIT_OK, "2001:db8::1", 22 },
    { "[::]:*", false, ADIT_OK, "::", 0 },
    { "192.0.2.1:80", false, ADIT_OK, "192.0.2.1", 80 },
    { "/run/db.sock", false, ADIT_OK, "/run/db.sock", 0 },
    { "/run/db:1/*", true, ADIT_OK, "/run/db:1/*", 0 },
    { "/run/d b", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "localhost:8080", true, ADIT_OK, "localhost", 8080 },
    { "8080", true, ADIT_OK, NULL, 8080 },
    { "*", true, ADIT_OK, NULL, 0 },
    { "*:*", true, ADIT_OK, "*", 0 },
    { "[::1]:8080", true, ADIT_OK, "::1", 8080 },

    /* A port is 1 to 65535 or a star: nothing else may come to stand for "any". */
    { "db:0", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:65536", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:0xffffffff", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:4294967296", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:18446744073709551616", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:-1", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:+22", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db: 22", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:22 ", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:**", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db:http", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "0", true, ADIT_ERR_FORMAT, NULL, 0 },
    { "65536", true, ADIT_ERR_FORMAT, NULL, 0 },
    { "", true, ADIT_ERR_FORMAT, NULL, 0 },
    { "localhost", true, ADIT_ERR_FORMAT, NULL, 0 },
    { "localhost:0", true, ADIT_ERR_FORMAT, NULL, 0 },
    { "3306", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "*", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "", false, ADIT_ERR_FORMAT, NULL, 0 },

    { ":3306", false, ADIT_ERR_FORMAT, NULL, 0 },
    { ":3306", true, ADIT_ERR_FORMAT, NULL, 0 },
    { "[]:3306", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "[db:3306", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "db]:3306", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "[[db]]:3306", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "2001:db8::1:22", false, ADIT_ERR_FORMAT, NULL, 0 }, /* which of them is the port? */
    { "a b:22", false, ADIT_ERR_FORMAT, NULL, 0 },
    { "a\n:22", false, ADIT_ERR_FORMAT, NULL, 0 },
};

static void texts_become_permits_or_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span exact = exact_copy(rows[i].text, strlen(rows[i].text));
        struct adit_permit permit;
        const enum adit_err err = adit_permit_parse(exact, rows[i].listen, &permit);

        if (err != rows[i].err)
            fail_msg("\"%s\": %s", rows[i].text, adit_err_text(err));
        if (rows[i].host)
            assert_string_equal(permit.host, rows[i].host);
        else
            assert_null(permit.host);
        if (err == ADIT_OK)
            assert_int_equal(permit.port, rows[i].port);
        free(permit.host);
        exact_free(exact);
    }
}

static void hosts_have_255_letters_at_most(void **state)
{
    char text[300];
    struct adit_permit permit;

    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text + 255, ":22", 3);
    assert_int_equal(adit_permit_parse(adit_span_of(text, 258), false, &permit), ADIT_OK);
    free(permit.host);
    text[255] = 'a';
    memcpy(text + 256, ":22", 3);
    assert_int_equal(adit_permit_parse(adit_span_of(text, 259), false, &permit), ADIT_ERR_FORMAT);
}

static void permits_let_through_what_they_name(void **state)
{
    static const struct {
        const char *permit;
        bool listen;
        const char *host;
        uint16_t port;
        bool allowed;
    } cases[] = {
        { "db:3306", false, "db", 3306, true },
        { "db:3306", false, "DB", 3306, true },
        { "db:3306", false, "db", 3307, false },
        { "db:3306", false, "db.example", 3306, false },
        { "db:3306", false, "", 3306, false },
        { "db:*", false, "db", 1, true },
        { "db:*", false, "other", 1, false },
        { "*:3306", false, "anything", 3306, true },
        { "*:3306", false, "anything", 3307, false },
        { "*.db:3306", false, "x.db", 3306, true },
        { "*.db:3306", false, "db", 3306, false },
        { "db?:3306", false, "db1", 3306, true },
        { "[::1]:22", false, "::1", 22, true },
        { "8080", true, "localhost", 8080, true },
        { "8080", true, "", 8080, true },
        { "8080", true, "", 8081, false },
        { "*", true, "0.0.0.0", 1, true },
        { "localhost:8080", true, "localhost", 8080, true },
        { "localhost:8080", true, "0.0.0.0", 8080, false },
        { "localhost:8080", true, "", 8080, false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_permit permit;

        assert_int_equal(
            adit_permit_parse(adit_span_text(cases[i].permit), cases[i].listen, &permit), ADIT_OK);
        if (adit_permit_allows(&permit, cases[i].host, cases[i].port) != cases[i].allowed)
            fail_msg("%s: %s:%u", cases[i].permit, cases[i].host, cases[i].port);
        free(permit.host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_permits_or_are_refused),
        cmocka_unit_test(hosts_have_255_letters_at_most),
        cmocka_unit_test(permits_let_through_what_they_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
