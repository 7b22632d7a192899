/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/dial_failure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void add(struct adit_dial_failure *failure, const char *address, int reason)
{
    struct sockaddr_in in = { .sin_family = AF_INET };

    assert_int_equal(inet_pton(AF_INET, address, &in.sin_addr), 1);
    adit_dial_failure_add(failure, (struct sockaddr *)&in, reason);
}

static void the_sentence_groups_addresses_by_reason(void **state)
{
    struct adit_dial_failure failure = { 0 };
    char text[ADIT_DIAL_TEXT_SIZE];

    (void)state;
    add(&failure, "10.0.0.1", ECONNREFUSED);
    add(&failure, "10.0.0.2", ECONNREFUSED);
    add(&failure, "10.0.0.3", ENETUNREACH);
    add(&failure, "10.0.0.4", ADIT_DIAL_NOT_PERMITTED);
    adit_dial_failure_text(&failure, "db", 3306, text);
    assert_string_equal(text, "connect to db:3306 (10.0.0.1, 10.0.0.2): Connection refused;"
                              " (10.0.0.3): Network is unreachable; (10.0.0.4): not permitted");
    assert_int_equal(failure.err, ADIT_ERR_SYSTEM);
}

static void a_long_sentence_is_cut(void **state)
{
    struct adit_dial_failure failure = { 0 };
    char text[ADIT_DIAL_TEXT_SIZE];
    char host[2000];

    (void)state;
    memset(host, 'x', sizeof host - 1);
    host[0] = '\033';
    host[sizeof host - 1] = '\0';
    for (int i = 0; i < 100; i++)
        add(&failure, "192.168.100.100", i % 10 ? ECONNREFUSED : EHOSTUNREACH);
    adit_dial_failure_text(&failure, host, 65535, text);
    assert_true(strlen(text) < sizeof text);
    assert_null(strchr(text, '\033'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sentence_groups_addresses_by_reason),
        cmocka_unit_test(a_long_sentence_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
