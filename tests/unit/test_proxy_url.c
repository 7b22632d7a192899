/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/proxy_url.h"
#include "exact.h"

#include <stdio.h>

static void proxies_are_read(void **state)
{
    static const struct {
        const char *text;
        enum adit_proxy_kind kind;
        const char *host;
        uint16_t port;
        bool has_user;
        const char *user;
        const char *password;
        const char *shown;
    } rows[] = {
        { "http://proxy", ADIT_PROXY_HTTP, "proxy", 80, false, "", "", "http://proxy:80" },
        { "HTTP://proxy:3128/", ADIT_PROXY_HTTP, "proxy", 3128, false, "", "",
          "http://proxy:3128" },
        { "http://me:secret@proxy:65535", ADIT_PROXY_HTTP, "proxy", 65535, true, "me", "secret",
          "http://proxy:65535" },
        { "http://me@proxy", ADIT_PROXY_HTTP, "proxy", 80, true, "me", "", "http://proxy:80" },
        { "http://:@proxy", ADIT_PROXY_HTTP, "proxy", 80, true, "", "", "http://proxy:80" },
        { "http://a%40b%3a:p%25%2F@proxy", ADIT_PROXY_HTTP, "proxy", 80, true, "a@b:", "p%/",
          "http://proxy:80" },
        { "http://me:p@ss:word@proxy", ADIT_PROXY_HTTP, "proxy", 80, true, "me", "p@ss:word",
          "http://proxy:80" },
        { "socks5://127.0.0.1", ADIT_PROXY_SOCKS5, "127.0.0.1", 1080, false, "", "",
          "socks5://127.0.0.1:1080" },
        { "socks5h://[::1]:1", ADIT_PROXY_SOCKS5, "::1", 1, false, "", "", "socks5://[::1]:1" },
        { "socks4a://me@[fe80::1]", ADIT_PROXY_SOCKS4A, "fe80::1", 1080, true, "me", "",
          "socks4a://[fe80::1]:1080" },
    };
    char shown[ADIT_PROXY_SHOWN_SIZE];
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_url url;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        assert_int_equal(adit_proxy_url_parse(rows[i].text, &url, why), ADIT_OK);
        assert_int_equal(url.kind, rows[i].kind);
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(url.has_user, rows[i].has_user);
        assert_string_equal(url.user, rows[i].user);
        assert_string_equal(url.password, rows[i].password);
        assert_string_equal(adit_proxy_url_shown(&url, shown), rows[i].shown);
    }
}

static void what_is_no_proxy_is_refused_without_being_shown(void **state)
{
    static const char *const rows[] = {
        "",
        "proxy",
        "proxy:3128",
        "ftp://proxy",
        "https://me:SECRET@proxy",
        "http:/proxy",
        "http://",
        "http:///",
        "http://:80",
        "http://proxy:",
        "http://proxy:0",
        "http://proxy:65536",
        "http://proxy:-1",
        "http://proxy:80x",
        "http://proxy:80:80",
        "http://proxy/path",
        "http://proxy?x",
        "http://[::1",
        "http://[[::1]:80",
        "http://a]b",
        "http://[]",
        "http://[::1]80",
        "http://pro xy",
        "http://pro\nxy",
        "http://pro\x7fxy",
        "http://pr\xc3\xb6xy",
        "http://me:SECRET%0a@proxy",
        "http://me:SECRET%00@proxy",
        "http://me:SECRET%7F@proxy",
        "http://me:SECRET%4@proxy",
        "http://me:SECRET%@proxy",
        "http://me:SECRET%gg@proxy",
        "http://me\n:SECRET@proxy",
        "socks5://SECRET@",
    };
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_url url;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        if (adit_proxy_url_parse(rows[i], &url, why) != ADIT_ERR_FORMAT)
            fail_msg("taken: %s", rows[i]);
        assert_true(why[0] != '\0');
        assert_null(strstr(why, "SECRET"));
    }
}

static void every_part_has_its_limit(void **state)
{
    enum { MAX = ADIT_PROXY_PART_SIZE - 1 };
    static const char *const forms[] = { "http://%s", "http://%s@proxy", "http://me:%s@proxy" };
    char part[MAX + 2];
    char text[MAX + 40];
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_url url;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(forms); i++)
        for (size_t len = MAX; len <= MAX + 1; len++) {
            const char *hole = strstr(forms[i], "%s");

            memset(part, 'a', len);
            part[len] = '\0';
            (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - forms[i]), forms[i], part,
                           hole + 2);
            assert_int_equal(adit_proxy_url_parse(text, &url, why),
                             len == MAX ? ADIT_OK : ADIT_ERR_FORMAT);
        }
}

static void nothing_is_left_after_clear(void **state)
{
    static const struct adit_proxy_url empty;
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_url url;

    (void)state;
    memset(&url, 0xff, sizeof url);
    assert_int_equal(adit_proxy_url_parse("http://me:secret@proxy", &url, why), ADIT_OK);
    adit_proxy_url_clear(&url);
    assert_memory_equal(&url, &empty, sizeof url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proxies_are_read),
        cmocka_unit_test(what_is_no_proxy_is_refused_without_being_shown),
        cmocka_unit_test(every_part_has_its_limit),
        cmocka_unit_test(nothing_is_left_after_clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
