/* SPDX-License-Identifier: BSD-2-Clause */
/* What adit check makes of the lines of adit status --json. */
#include "check_port_tunnel.h"

#include "exact.h"

#include <stdio.h>

#define FORWARD(kind, listen, target)                                                              \
    "{\"kind\":\"" kind "\",\"listen\":\"" listen "\",\"target\":\"" target "\",\"listens\":true}"
#define LINE(state, failure, forwards)                                                             \
    "{\"name\":\"db\",\"pid\":4711,\"state\":\"" state "\",\"retry_in_ms\":null,"                  \
    "\"gateway\":{\"host\":\"gw.example\",\"port\":2222,\"user\":\"cassie\"},"                     \
    "\"last_failure\":" failure ",\"forwards\":[" forwards "]}"
#define LOCAL  FORWARD("local", "127.0.0.1:3307", "db:3306")
#define V6     FORWARD("local", "[::1]:3308", "[2001:db8::1]:3306")
#define SOCKET FORWARD("local", "/run/db:3309", "/run/mysql.sock")
#define PATH   FORWARD("local", "*:3310", "/run/mysql:3306")
#define SOCKS  FORWARD("dynamic", "127.0.0.1:1080", "SOCKS")
#define REMOTE FORWARD("remote", "localhost:3311", "db:3306")
#define ALL    SOCKET "," REMOTE "," LOCAL "," V6 "," PATH "," SOCKS
#define UP     LINE("up", "null", ALL)
#define FAILED "{\"leg\":\"gateway\",\"text\":\"gateway: login refused\\u001b[0m\",\"time\":\"x\"}"

static bool parse(const char *line, uint16_t port, struct adit_port_tunnel *out)
{
    return adit_port_tunnel_parse(line, port, 4711, out);
}

static void a_forward_is_found_by_its_port(void **state)
{
    static const struct {
        uint16_t port, target_port;
        const char *target;
    } rows[] = {
        { 3307, 3306, "db:3306" },
        { 3308, 3306, "[2001:db8::1]:3306" },
        { 3310, 0, "/run/mysql:3306" },
        { 1080, 0, "" },
    };
    static const uint16_t others[] = { 22, 3306, 3309, 3311 };
    struct adit_port_tunnel is;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        assert_true(parse(UP, rows[i].port, &is));
        assert_string_equal(is.target, rows[i].target);
        assert_int_equal(is.target_port, rows[i].target_port);
        assert_string_equal(is.name, "db");
        assert_string_equal(is.state, "up");
        assert_string_equal(is.gateway, "cassie@gw.example:2222");
        assert_string_equal(is.failure, "");
    }
    for (size_t i = 0; i < ADIT_ARRAY_LEN(others); i++)
        assert_false(parse(UP, others[i], &is));
    assert_false(adit_port_tunnel_parse(UP, 3307, 4712, &is));
}

static void why_a_tunnel_is_not_up_is_told(void **state)
{
    struct adit_port_tunnel is;

    (void)state;
    assert_true(parse(LINE("waiting", FAILED, LOCAL), 3307, &is));
    assert_string_equal(is.state, "waiting");
    assert_string_equal(is.failure, "gateway: login refused?[0m");
    assert_int_equal(is.leg, ADIT_LEG_GATEWAY);
    assert_true(parse(LINE("connecting", "null", LOCAL), 3307, &is));
    assert_string_equal(is.failure, "");
    assert_int_equal(is.leg, ADIT_LEG_NONE);
    assert_true(parse(LINE("up", FAILED, LOCAL), 3307, &is)); /* long ago */
    assert_string_equal(is.failure, "");
}

static void a_line_that_is_cut_short_is_none(void **state)
{
    struct adit_port_tunnel is;

    (void)state;
    for (size_t len = 0; len < sizeof UP - 1; len++) {
        char *line = strndup(UP, len);

        assert_non_null(line);
        assert_false(parse(line, 3307, &is));
        free(line);
    }
}

static void what_is_no_status_is_none(void **state)
{
    static const char *const lines[] = {
        "",
        "[]",
        "{}",
        "\"db\"",
        LINE("up", "null", ""),
        LINE("up", "null", "1,{},[],\"x\""),
        LINE("up", "null", FORWARD("local", "", "db:3306")),
        LINE("up", "null", FORWARD("local", "3307", "db:3306")),
        "{\"name\":1,\"pid\":4711,\"state\":\"up\",\"gateway\":{},\"forwards\":[" LOCAL "]}",
    };
    struct adit_port_tunnel is;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lines); i++)
        assert_false(parse(lines[i], 3307, &is));
}

static void long_texts_are_cut(void **state)
{
    char name[1000];
    char line[2000];
    struct adit_port_tunnel is;

    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    (void)snprintf(line, sizeof line,
                   "{\"name\":\"%s\",\"pid\":4711,\"state\":\"up\",\"gateway\":{\"host\":\"gw\","
                   "\"port\":22,\"user\":\"u\"},\"last_failure\":null,\"forwards\":[" LOCAL "]}",
                   name);
    assert_true(parse(line, 3307, &is));
    assert_int_equal(strlen(is.name), sizeof is.name - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forward_is_found_by_its_port),
        cmocka_unit_test(why_a_tunnel_is_not_up_is_told),
        cmocka_unit_test(a_line_that_is_cut_short_is_none),
        cmocka_unit_test(what_is_no_status_is_none),
        cmocka_unit_test(long_texts_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
