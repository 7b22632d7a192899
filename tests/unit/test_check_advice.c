/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences are the library's, and the words of the systems at the other end. */
#include "check_advice.h"

#include "exact.h"

#include <stdio.h>

struct row {
    enum adit_check_leg leg;
    enum adit_err err;
    const char *text;
    enum adit_leg who;
    const char *advice; /* a part of it */
};

#define CLIENT  ADIT_LEG_CLIENT
#define GATEWAY ADIT_LEG_GATEWAY
#define SERVER  ADIT_LEG_SERVER

/* clang-format off */
static const struct row rows[] = {
    { ADIT_CHECK_CONFIG, ADIT_ERR_FORMAT, "/x/config:2: Prot: unknown", CLIENT, "what is named here" },
    { ADIT_CHECK_CONFIG, ADIT_ERR_NOT_FOUND, "key /x/id: No such file or directory", CLIENT, "-i" },
    { ADIT_CHECK_NAME, ADIT_ERR_NOT_FOUND, "look up gw: Name or service not known", CLIENT, "getent" },
    { ADIT_CHECK_NAME, ADIT_ERR_TIMEOUT, "look up gw: no answer in time", CLIENT, "resolv.conf" },
    { ADIT_CHECK_NAME, ADIT_ERR_NOT_FOUND, "the proxy: look up px: Name or service not known", CLIENT, "ProxyURL" },
    { ADIT_CHECK_TCP, ADIT_ERR_SYSTEM, "connect to gw:22 (192.0.2.1): Connection refused", GATEWAY, "start its SSH server" },
    { ADIT_CHECK_TCP, ADIT_ERR_TIMEOUT, "connect to gw:22 (192.0.2.1): no answer in time", GATEWAY, "firewall" },
    { ADIT_CHECK_TCP, ADIT_ERR_SYSTEM, "connect to gw:22 (192.0.2.1): Network is unreachable", CLIENT, "VPN" },
    { ADIT_CHECK_TCP, ADIT_ERR_SYSTEM, "connect to gw:22 (192.0.2.1): No route to host", CLIENT, "VPN" },
    { ADIT_CHECK_TCP, ADIT_ERR_SYSTEM, "connect to gw:22 (192.0.2.1): Connection reset by peer", GATEWAY, "is up" },
    { ADIT_CHECK_TCP, ADIT_ERR_REFUSED, "the proxy px:3128 said 407", CLIENT, "ProxyURL" },
    { ADIT_CHECK_TCP, ADIT_ERR_FORMAT, "connect to gw:22: the proxy of HTTPS_PROXY: x", CLIENT, "variable" },
    { ADIT_CHECK_TCP, ADIT_ERR_SYSTEM, "ProxyCommand: cannot be run", CLIENT, "by hand" },
    { ADIT_CHECK_TCP, ADIT_ERR_REFUSED, "jump host j: connections to gw:22 are not permitted", GATEWAY, "from the jump host" },
    { ADIT_CHECK_TCP, ADIT_ERR_TIMEOUT, "jump host j: no answer from gw:22 in time", GATEWAY, "from the jump host" },
    { ADIT_CHECK_EXCHANGE, ADIT_ERR_NO_AGREEMENT, "key exchange with gw:22: no common cipher", GATEWAY, "update it" },
    { ADIT_CHECK_EXCHANGE, ADIT_ERR_MALFORMED, "it does not speak SSH; it said: hi", CLIENT, "the port" },
    { ADIT_CHECK_EXCHANGE, ADIT_ERR_DISCONNECTED, "before it spoke SSH; it said: Not allowed at this time", GATEWAY, "bars" },
    { ADIT_CHECK_EXCHANGE, ADIT_ERR_TIMEOUT, "key exchange with gw:22: timed out; large packets may be lost on the way (MTU)", CLIENT, "lower MTU" },
    { ADIT_CHECK_EXCHANGE, ADIT_ERR_INTEGRITY, "key exchange with gw:22: altered", GATEWAY, "log" },
    { ADIT_CHECK_HOST_KEY, ADIT_ERR_HOST_KEY, "the host key of gw is not the known one: either", GATEWAY, "another way" },
    { ADIT_CHECK_HOST_KEY, ADIT_ERR_HOST_KEY, "the ssh-rsa host key of gw is marked as revoked", GATEWAY, "new host key" },
    { ADIT_CHECK_HOST_KEY, ADIT_ERR_HOST_KEY, "the host key of gw is not known (…)", CLIENT, "fingerprint" },
    { ADIT_CHECK_LOGIN, ADIT_ERR_AUTH, "login as x refused: tried publickey (1 key)", GATEWAY, "authorized_keys" },
    { ADIT_CHECK_LOGIN, ADIT_ERR_AUTH, "login as x refused: tried nothing (there was no key to try)", CLIENT, "-i" },
    { ADIT_CHECK_LOGIN, ADIT_ERR_DISCONNECTED, "login at gw:22: too many failures", GATEWAY, "log" },
    { ADIT_CHECK_PERMISSION, ADIT_ERR_REFUSED, "connections to db:1 are not permitted", GATEWAY, "PermitOpen" },
    { ADIT_CHECK_PERMISSION, ADIT_ERR_REFUSED, "refused to listen on localhost:1: it may be in use", GATEWAY, "PermitListen" },
    { ADIT_CHECK_PERMISSION, ADIT_ERR_DISCONNECTED, "the connection to gw:22 was lost", GATEWAY, "log" },
    { ADIT_CHECK_TARGET, ADIT_ERR_REFUSED, "the gateway cannot connect to db:1: Connection refused", SERVER, "nothing listens" },
    { ADIT_CHECK_TARGET, ADIT_ERR_REFUSED, "the gateway cannot connect to db:1: Name or service not known", SERVER, "look up" },
    { ADIT_CHECK_TARGET, ADIT_ERR_REFUSED, "the gateway cannot connect to db:1: No route to host", SERVER, "up" },
    { ADIT_CHECK_TARGET, ADIT_ERR_TIMEOUT, "no answer from db:1 in time", SERVER, "firewall" },
    { ADIT_CHECK_TARGET, ADIT_ERR_REFUSED, "db:1 is MySQL and refuses us: Host 'x' is not allowed to connect", SERVER, "CREATE USER" },
    { ADIT_CHECK_TARGET, ADIT_ERR_REFUSED, "db:1 is MySQL and refuses us: Too many connections", SERVER, "too many" },
    { ADIT_CHECK_TARGET, ADIT_ERR_REFUSED, "db:1 is Redis and refuses us: LOADING", SERVER, "own words" },
};
/* clang-format on */

static void each_failure_has_its_advice(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_failure failure = { rows[i].err, ADIT_LEG_GATEWAY, "" };
        struct adit_check_advice advice;

        (void)snprintf(failure.text, sizeof failure.text, "%s", rows[i].text);
        advice = adit_check_advise(rows[i].leg, &failure);
        if (advice.who != rows[i].who || strstr(advice.text, rows[i].advice) == NULL)
            fail_msg("%s: %s: %s", rows[i].text, adit_leg_text(advice.who), advice.text);
    }
}

/* Whatever happens there is something to say. */
static void every_leg_and_error_has_advice(void **state)
{
    (void)state;
    for (int leg = 0; leg < ADIT_CHECK_LEGS; leg++)
        for (int err = ADIT_ERR_OK; err <= ADIT_ERR_USAGE; err++) {
            const struct adit_failure failure = { (enum adit_err)err, ADIT_LEG_NONE, "words" };
            const struct adit_check_advice advice =
                adit_check_advise((enum adit_check_leg)leg, &failure);

            assert_int_not_equal(advice.who, ADIT_LEG_NONE);
            assert_true(strlen(advice.text) > 20);
        }
}

static void the_step_after_the_last_one_is_the_leg_that_failed(void **state)
{
    static const struct {
        int step;
        const char *text;
        enum adit_check_leg leg;
    } after[] = {
        { -1, "look up gw: no", ADIT_CHECK_CONFIG },
        { ADIT_STEP_PREPARED, "look up gw: no", ADIT_CHECK_NAME },
        { ADIT_STEP_PREPARED, "ProxyCommand: no", ADIT_CHECK_TCP },
        { ADIT_STEP_LOOKED_UP, "connect to look up me: no", ADIT_CHECK_TCP },
        { ADIT_STEP_CONNECTED, "", ADIT_CHECK_EXCHANGE },
        { ADIT_STEP_IDENTIFIED, "", ADIT_CHECK_EXCHANGE },
        { ADIT_STEP_EXCHANGED, "", ADIT_CHECK_HOST_KEY },
        { ADIT_STEP_HOST_KEY, "", ADIT_CHECK_LOGIN },
        { ADIT_STEP_LOGGED_IN, "", ADIT_CHECK_TCP },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(after); i++) {
        struct adit_failure failure = { ADIT_ERR_SYSTEM, ADIT_LEG_GATEWAY, "" };

        (void)snprintf(failure.text, sizeof failure.text, "%s", after[i].text);
        assert_int_equal(adit_check_leg_after(after[i].step, &failure), after[i].leg);
    }
}

static void the_sentence_stands_without_its_side(void **state)
{
    const struct adit_failure told = { ADIT_ERR_SYSTEM, ADIT_LEG_CLIENT, "client side: no way" };
    const struct adit_failure other = { ADIT_ERR_SYSTEM, ADIT_LEG_SERVER, "client side: no way" };
    const struct adit_failure bare = { ADIT_ERR_SYSTEM, ADIT_LEG_GATEWAY, "gateways are rare" };

    (void)state;
    assert_string_equal(adit_check_sentence(&told), "no way");
    assert_string_equal(adit_check_sentence(&other), "client side: no way");
    assert_string_equal(adit_check_sentence(&bare), "gateways are rare");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_has_its_advice),
        cmocka_unit_test(every_leg_and_error_has_advice),
        cmocka_unit_test(the_step_after_the_last_one_is_the_leg_that_failed),
        cmocka_unit_test(the_sentence_stands_without_its_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
