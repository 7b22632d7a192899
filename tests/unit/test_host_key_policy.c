/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/host_key.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* U20: the whole of it, written a second time. */
static void each_policy_meets_each_finding(void **state)
{
    static const struct {
        enum adit_host_key_policy policy;
        enum adit_known_verdict verdict;
        bool other;
        bool can_ask;
        enum adit_host_key_step step;
    } cases[] = {
        { ADIT_HOST_KEY_STRICT, ADIT_KNOWN_MATCH, false, true, ADIT_HOST_KEY_TAKE },
        { ADIT_HOST_KEY_ASK, ADIT_KNOWN_MATCH, false, true, ADIT_HOST_KEY_TAKE },
        { ADIT_HOST_KEY_ACCEPT_NEW, ADIT_KNOWN_MATCH, true, true, ADIT_HOST_KEY_TAKE },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_MATCH, false, true, ADIT_HOST_KEY_TAKE },

        { ADIT_HOST_KEY_STRICT, ADIT_KNOWN_UNKNOWN, false, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ASK, ADIT_KNOWN_UNKNOWN, false, true, ADIT_HOST_KEY_INQUIRE },
        { ADIT_HOST_KEY_ASK, ADIT_KNOWN_UNKNOWN, false, false, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ACCEPT_NEW, ADIT_KNOWN_UNKNOWN, false, false, ADIT_HOST_KEY_WRITE },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_UNKNOWN, false, false, ADIT_HOST_KEY_WRITE },

        { ADIT_HOST_KEY_STRICT, ADIT_KNOWN_UNKNOWN, true, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ASK, ADIT_KNOWN_UNKNOWN, true, true, ADIT_HOST_KEY_INQUIRE },
        { ADIT_HOST_KEY_ACCEPT_NEW, ADIT_KNOWN_UNKNOWN, true, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_UNKNOWN, true, true, ADIT_HOST_KEY_BAR },

        { ADIT_HOST_KEY_STRICT, ADIT_KNOWN_CHANGED, false, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ASK, ADIT_KNOWN_CHANGED, false, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ACCEPT_NEW, ADIT_KNOWN_CHANGED, false, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_CHANGED, false, true, ADIT_HOST_KEY_BAR },

        { ADIT_HOST_KEY_STRICT, ADIT_KNOWN_REVOKED, false, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ASK, ADIT_KNOWN_REVOKED, true, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ACCEPT_NEW, ADIT_KNOWN_REVOKED, false, true, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_REVOKED, false, true, ADIT_HOST_KEY_REFUSE },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_known_finding finding = { .verdict = cases[i].verdict,
                                                    .host_has_other = cases[i].other };

        if (adit_host_key_decide(cases[i].policy, &finding, cases[i].can_ask) != cases[i].step)
            fail_msg("row %zu", i);
    }
}

/* U20, CVE-2025-26465: what could not be read is not the same as nothing. */
static void a_file_that_cannot_be_read_makes_no_key_a_new_one(void **state)
{
    static const struct {
        enum adit_host_key_policy policy;
        enum adit_known_verdict verdict;
        enum adit_host_key_step step;
    } cases[] = {
        { ADIT_HOST_KEY_STRICT, ADIT_KNOWN_UNKNOWN, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ASK, ADIT_KNOWN_UNKNOWN, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_ACCEPT_NEW, ADIT_KNOWN_UNKNOWN, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_UNKNOWN, ADIT_HOST_KEY_BAR },
        { ADIT_HOST_KEY_STRICT, ADIT_KNOWN_MATCH, ADIT_HOST_KEY_TAKE },
        { ADIT_HOST_KEY_ACCEPT_NEW, ADIT_KNOWN_CHANGED, ADIT_HOST_KEY_REFUSE },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_CHANGED, ADIT_HOST_KEY_BAR },
        { ADIT_HOST_KEY_OFF, ADIT_KNOWN_REVOKED, ADIT_HOST_KEY_REFUSE },
    };

    (void)state;
    for (size_t i = 0; i < 2 * ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_known_finding finding = { .verdict = cases[i / 2].verdict,
                                                    .host_has_other = i % 2,
                                                    .unread = "/known_hosts" };

        if (adit_host_key_decide(cases[i / 2].policy, &finding, true) != cases[i / 2].step)
            fail_msg("row %zu", i / 2);
    }
}

static void a_reply_is_yes_no_or_the_fingerprint(void **state)
{
    static const char fingerprint[] = "SHA256:AbCd";
    static const struct {
        const char *answer;
        enum adit_host_key_reply reply;
    } cases[] = {
        { "yes", ADIT_HOST_KEY_YES },
        { " YES\r\n", ADIT_HOST_KEY_YES },
        { "SHA256:AbCd", ADIT_HOST_KEY_YES },
        { "\tSHA256:AbCd \n", ADIT_HOST_KEY_YES },
        { "no", ADIT_HOST_KEY_NO },
        { "No\n", ADIT_HOST_KEY_NO },
        { "", ADIT_HOST_KEY_NO },
        { " \n", ADIT_HOST_KEY_NO },
        { "y", ADIT_HOST_KEY_UNCLEAR },
        { "yes!", ADIT_HOST_KEY_UNCLEAR },
        { "sha256:abcd", ADIT_HOST_KEY_UNCLEAR },
        { "SHA256:AbC", ADIT_HOST_KEY_UNCLEAR },
        { "SHA256:AbCdE", ADIT_HOST_KEY_UNCLEAR },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        assert_int_equal(adit_host_key_read_reply(cases[i].answer, fingerprint), cases[i].reply);
}

static void verdicts_of_files_are_merged_by_rank(void **state)
{
    static const enum adit_known_verdict order[] = { ADIT_KNOWN_UNKNOWN, ADIT_KNOWN_CHANGED,
                                                     ADIT_KNOWN_MATCH, ADIT_KNOWN_REVOKED };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(order); i++)
        for (size_t j = 0; j < ADIT_ARRAY_LEN(order); j++)
            assert_int_equal(adit_known_verdict_outranks(order[i], order[j]), i > j);
}

/* CVE-2020-14145 and T19: the order changes, what is in the list does not. */
static void known_types_go_first_and_nothing_is_lost(void **state)
{
    static const struct {
        const char *types;
        const char *expected;
    } cases[] = {
        { "", "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256" },
        { "ssh-rsa", "rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256" },
        { ",ecdsa-sha2-nistp256,", "ecdsa-sha2-nistp256,ssh-ed25519,rsa-sha2-512,rsa-sha2-256" },
        { "ssh-rsa,ssh-ed25519", "ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256" },
        { "ssh-dss", "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        char *list = NULL;

        assert_int_equal(
            adit_known_types_first(cases[0].expected, adit_span_text(cases[i].types), &list),
            ADIT_OK);
        assert_string_equal(list, cases[i].expected);
        free(list);
    }
}

static void the_gateway_is_looked_up_in_lower_case_or_by_its_alias(void **state)
{
    struct adit_tunnel_settings settings = { .host = "GW.Example", .port = 22 };
    struct adit_known_name name;
    char huge[ADIT_KNOWN_HOST_SIZE + 1];

    (void)state;
    assert_int_equal(adit_known_name(&settings, &name), ADIT_OK);
    assert_string_equal(name.host, "gw.example");
    assert_string_equal(name.shown, "gw.example");
    settings.port = 2222;
    assert_int_equal(adit_known_name(&settings, &name), ADIT_OK);
    assert_int_equal(name.port, 2222);
    assert_string_equal(name.shown, "[gw.example]:2222");
    settings.host_key_alias = "Alias";
    assert_int_equal(adit_known_name(&settings, &name), ADIT_OK);
    assert_string_equal(name.host, "alias");
    assert_int_equal(name.port, 22);

    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    settings.host_key_alias = huge;
    assert_int_equal(adit_known_name(&settings, &name), ADIT_ERR_LIMIT);
    huge[sizeof huge - 2] = '\0';
    assert_int_equal(adit_known_name(&settings, &name), ADIT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_policy_meets_each_finding),
        cmocka_unit_test(a_file_that_cannot_be_read_makes_no_key_a_new_one),
        cmocka_unit_test(a_reply_is_yes_no_or_the_fingerprint),
        cmocka_unit_test(verdicts_of_files_are_merged_by_rank),
        cmocka_unit_test(known_types_go_first_and_nothing_is_lost),
        cmocka_unit_test(the_gateway_is_looked_up_in_lower_case_or_by_its_alias),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
