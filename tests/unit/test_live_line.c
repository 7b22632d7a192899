/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../apps/adit/live_line.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 400 };

static const char *line_of(const struct adit_tunnel_status *status, uint64_t state_ms,
                           uint64_t sent_rate, uint64_t received_rate)
{
    static char line[WIDE];
    struct adit_tunnel_status now = *status;
    const struct adit_live_sample sample = { "gw", &now, sent_rate, received_rate };

    now.state_ms = state_ms;
    adit_live_line(&sample, WIDE, line, sizeof line);
    return line;
}

static void a_tunnel_that_is_up_tells_its_connections_and_rates(void **state)
{
    struct adit_tunnel_status status = { .state = ADIT_TUNNEL_UP, .connections = 3 };

    (void)state;
    assert_string_equal(line_of(&status, 0, 0, 0),
                        "gw: up 0 s, 3 connections, 0 B/s out, 0 B/s in");
    status.connections = 1;
    assert_string_equal(line_of(&status, 61000, 1200000, 340400),
                        "gw: up 1 min, 1 connection, 1.2 MB/s out, 340 kB/s in");
}

static const struct {
    uint64_t ms;
    const char *text;
} durations[] = {
    { 999, "0 s" },
    { 1000, "1 s" },
    { 59999, "59 s" },
    { 60000, "1 min" },
    { 3599999, "59 min" },
    { 3600000, "1 h 0 min" },
    { 86399999, "23 h 59 min" },
    { 86400000, "1 d 0 h" },
    { UINT64_MAX, "213503982334 d 14 h" },
};

static void durations_are_coarser_the_longer_they_are(void **state)
{
    const struct adit_tunnel_status status = { .state = ADIT_TUNNEL_UP };
    char wanted[WIDE];

    (void)state;
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        (void)snprintf(wanted, sizeof wanted, "gw: up %s, 0 connections, 0 B/s out, 0 B/s in",
                       durations[i].text);
        assert_string_equal(line_of(&status, durations[i].ms, 0, 0), wanted);
    }
}

static const struct {
    uint64_t rate;
    const char *text;
} rates[] = {
    { 1, "1 B/s" },
    { 999, "999 B/s" },
    { 1000, "1.0 kB/s" },
    { 9949, "9.9 kB/s" },
    { 9999, "10 kB/s" },
    { 10000, "10 kB/s" },
    { 999400, "999 kB/s" },
    { 999999, "1.0 MB/s" },
    { 12345678, "12 MB/s" },
    { 1100000000, "1.1 GB/s" },
    { UINT64_MAX / 10, "1844674 TB/s" },
    { UINT64_MAX, "1844674 TB/s" },
};

static void rates_have_two_or_three_digits(void **state)
{
    const struct adit_tunnel_status status = { .state = ADIT_TUNNEL_UP };
    char wanted[WIDE];

    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        (void)snprintf(wanted, sizeof wanted, "gw: up 0 s, 0 connections, %s out, 0 B/s in",
                       rates[i].text);
        assert_string_equal(line_of(&status, 0, rates[i].rate, 0), wanted);
    }
}

static void a_tunnel_that_is_down_tells_why_and_what_comes(void **state)
{
    struct adit_tunnel_status status = { .state = ADIT_TUNNEL_WAITING, .retry_in_ms = 1 };

    (void)state;
    assert_string_equal(line_of(&status, 5000, 9, 9), "gw: down 5 s, next try in 1 s");
    status.retry_in_ms = 4000;
    (void)snprintf(status.last_failure.text, sizeof status.last_failure.text, "refused");
    assert_string_equal(line_of(&status, 5000, 0, 0), "gw: down 5 s, next try in 4 s: refused");
    status.state = ADIT_TUNNEL_CONNECTING;
    status.retry_in_ms = UINT64_MAX;
    assert_string_equal(line_of(&status, 5000, 0, 0), "gw: down 5 s, trying again: refused");
    status.state = ADIT_TUNNEL_CLOSING;
    assert_string_equal(line_of(&status, 5000, 0, 0), "gw: closing");
    status.state = ADIT_TUNNEL_ENDED;
    assert_string_equal(line_of(&status, 5000, 0, 0), "gw: closing");
}

static void a_line_keeps_to_its_columns_and_to_its_memory(void **state)
{
    const struct adit_tunnel_status status = { .state = ADIT_TUNNEL_UP };
    const struct adit_live_sample sample = { .name = "gw", .status = &status };
    const char *whole = line_of(&status, 0, 0, 0);
    const size_t len = strlen(whole);

    (void)state;
    for (size_t size = 1; size <= len + 2; size++) {
        char *line = malloc(size);

        assert_non_null(line);
        adit_live_line(&sample, WIDE, line, size);
        assert_int_equal(strlen(line), size - 1 < len ? size - 1 : len);
        assert_memory_equal(line, whole, strlen(line));
        free(line);
    }
    for (size_t columns = 0; columns <= len + 1; columns++) {
        char line[WIDE];

        adit_live_line(&sample, columns, line, sizeof line);
        assert_int_equal(strlen(line), columns < len ? columns : len);
    }
}

static void nothing_of_a_text_moves_the_cursor(void **state)
{
    struct adit_tunnel_status status = { .state = ADIT_TUNNEL_CONNECTING,
                                         .retry_in_ms = UINT64_MAX };
    const struct adit_live_sample sample = { .name = "a\033[2J\tb\xc3\xa9", .status = &status };
    char line[WIDE];

    (void)state;
    (void)snprintf(status.last_failure.text, sizeof status.last_failure.text, "x\r\ny\x7f");
    adit_live_line(&sample, WIDE, line, sizeof line);
    assert_string_equal(line, "a?[2J?b??: down 0 s, trying again: x??y?");
}

static void the_longest_texts_are_cut(void **state)
{
    static char name[4000];
    struct adit_tunnel_status status = { .state = ADIT_TUNNEL_WAITING };
    const struct adit_live_sample sample = { .name = name, .status = &status };
    char line[2000];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    memset(status.last_failure.text, 'f', sizeof status.last_failure.text - 1);
    adit_live_line(&sample, sizeof line, line, sizeof line);
    assert_in_range(strlen(line), 500, sizeof line - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tunnel_that_is_up_tells_its_connections_and_rates),
        cmocka_unit_test(durations_are_coarser_the_longer_they_are),
        cmocka_unit_test(rates_have_two_or_three_digits),
        cmocka_unit_test(a_tunnel_that_is_down_tells_why_and_what_comes),
        cmocka_unit_test(a_line_keeps_to_its_columns_and_to_its_memory),
        cmocka_unit_test(nothing_of_a_text_moves_the_cursor),
        cmocka_unit_test(the_longest_texts_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
