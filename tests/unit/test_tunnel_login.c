/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/login.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct adit_key *key_a;
static struct adit_key *key_b;
static struct adit_span blob_a;
static struct adit_span blob_b;

static int make_keys(void **state)
{
    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &key_a), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &key_b), ADIT_OK);
    blob_a = adit_key_blob(key_a);
    blob_b = adit_key_blob(key_b);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    adit_key_free(key_a);
    adit_key_free(key_b);
    return 0;
}

static enum adit_login_step next(struct adit_login *login, const char *can_continue)
{
    return adit_login_next(login, adit_span_text(can_continue));
}

static void one_key_in_hand_signs_at_once(void **state)
{
    struct adit_identity one[] = { { .key = key_a, .blob = blob_a } };
    struct adit_login login = { .identities = { one, 1 } };

    (void)state;
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_SIGN);
    assert_ptr_equal(login.current, &one[0]);
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_GIVE_UP);
}

static void several_keys_are_probed_in_order_and_each_once(void **state)
{
    struct adit_identity two[] = { { .key = key_a, .blob = blob_a },
                                   { .key = key_b, .blob = blob_b } };
    struct adit_login login = { .identities = { two, 2 } };

    (void)state;
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_PROBE);
    assert_ptr_equal(login.current, &two[0]);
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_PROBE);
    assert_ptr_equal(login.current, &two[1]);
    assert_int_equal(adit_login_accepted(&login), ADIT_LOGIN_SIGN);
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_GIVE_UP);
}

static void an_encrypted_key_is_unlocked_only_when_the_server_would_take_it(void **state)
{
    struct adit_identity one[] = { { .blob = blob_a, .locked = true } };
    struct adit_login login = { .identities = { one, 1 }, .settings = { .can_ask = true } };

    (void)state;
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_PROBE);
    assert_int_equal(adit_login_accepted(&login), ADIT_LOGIN_UNLOCK);
    one[0].locked = false;
    assert_int_equal(adit_login_unlocked(&login, true), ADIT_LOGIN_SIGN);
}

static void what_a_person_may_have_to_confirm_is_given_more_time(void **state)
{
    struct adit_identity one[] = { { .key = key_a, .blob = blob_a } };
    struct adit_login login = { .identities = { one, 1 },
                                .settings = { .can_ask = true, .password_prompts = 1 } };

    (void)state;
    assert_int_equal(adit_login_answer_ms(&login), 30000); /* service and "none" */
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_SIGN);
    assert_int_equal(adit_login_answer_ms(&login), 30000);
    assert_int_equal(next(&login, "keyboard-interactive"), ADIT_LOGIN_INTERACTIVE);
    assert_int_equal(adit_login_answer_ms(&login), 120000);
    one[0].tried = false;
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_SIGN);
    assert_int_equal(adit_login_answer_ms(&login), 30000);
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_ASK_PASSWORD);
    assert_int_equal(adit_login_answer_ms(&login), 120000);
}

static void a_key_in_the_agent_needs_no_passphrase(void **state)
{
    struct adit_identity one[] = { { .blob = blob_a, .locked = true, .in_agent = true } };
    struct adit_identity two[] = { { .blob = blob_a, .locked = true, .in_agent = true },
                                   { .blob = blob_b, .locked = true } };
    struct adit_login alone = { .identities = { one, 1 } };
    struct adit_login first = { .identities = { two, 2 } };

    (void)state;
    assert_int_equal(next(&alone, "publickey"), ADIT_LOGIN_SIGN);
    assert_int_equal(next(&first, "publickey"), ADIT_LOGIN_PROBE);
    assert_int_equal(adit_login_accepted(&first), ADIT_LOGIN_SIGN);
    assert_int_equal(next(&first, "publickey"), ADIT_LOGIN_GIVE_UP); /* nobody can be asked */
}

static void an_encrypted_key_without_public_half_is_unlocked_first(void **state)
{
    struct adit_identity two[] = { { .locked = true, .path = "k" },
                                   { .key = key_b, .blob = blob_b } };
    struct adit_login login = { .identities = { two, 2 }, .settings = { .can_ask = true } };

    (void)state;
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_UNLOCK);
    two[0].key = key_a;
    two[0].blob = blob_a;
    two[0].locked = false;
    assert_int_equal(adit_login_unlocked(&login, false), ADIT_LOGIN_PROBE);
}

static void an_encrypted_key_is_passed_over_when_nobody_can_be_asked(void **state)
{
    struct adit_identity two[] = { { .blob = blob_a, .locked = true },
                                   { .key = key_b, .blob = blob_b } };
    struct adit_login login = { .identities = { two, 2 } };

    (void)state;
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_PROBE);
    assert_ptr_equal(login.current, &two[1]);
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_GIVE_UP);
}

static void the_given_password_comes_first_and_then_the_prompts(void **state)
{
    struct adit_login login = {
        .settings = { .has_password = true, .can_ask = true, .password_prompts = 2 }
    };

    (void)state;
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_PASSWORD);
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_ASK_PASSWORD);
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_ASK_PASSWORD);
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_GIVE_UP);
}

static void a_barred_password_is_never_sent(void **state)
{
    struct adit_login login = { .settings = { .has_password = true,
                                              .can_ask = true,
                                              .password_prompts = 2,
                                              .passwords_barred = true } };

    (void)state;
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_GIVE_UP);
}

static void methods_come_in_the_preferred_order_if_the_server_takes_them(void **state)
{
    static const struct {
        const char *preferred;
        const char *can_continue;
        enum adit_login_step step;
    } cases[] = {
        { NULL, "password,publickey", ADIT_LOGIN_SIGN },
        { "password,publickey", "publickey,password", ADIT_LOGIN_PASSWORD },
        { "password", "publickey", ADIT_LOGIN_GIVE_UP },
        { "publickey", "password", ADIT_LOGIN_GIVE_UP },
        { "hostbased,publickey", "hostbased,publickey", ADIT_LOGIN_SIGN },
        { NULL, "publickey-x,xpassword", ADIT_LOGIN_GIVE_UP },
        { NULL, "", ADIT_LOGIN_GIVE_UP },
        { "", "publickey,password", ADIT_LOGIN_GIVE_UP },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_identity one[] = { { .key = key_a, .blob = blob_a } };
        struct adit_login login = { .identities = { one, 1 },
                                    .settings = { .preferred_methods = cases[i].preferred,
                                                  .has_password = true } };

        assert_int_equal(next(&login, cases[i].can_continue), cases[i].step);
    }
}

static void after_a_partial_success_the_new_list_counts(void **state)
{
    struct adit_identity one[] = { { .key = key_a, .blob = blob_a } };
    struct adit_login login = { .identities = { one, 1 }, .settings = { .has_password = true } };

    (void)state;
    assert_int_equal(next(&login, "publickey"), ADIT_LOGIN_SIGN);
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_PASSWORD);
    assert_int_equal(next(&login, "password"), ADIT_LOGIN_GIVE_UP);
}

/* U18: a server that only ever says no. */
static void every_login_comes_to_its_end(void **state)
{
    struct adit_identity many[5] = { { .key = key_a, .blob = blob_a },
                                     { .blob = blob_b, .locked = true },
                                     { .locked = true, .path = "k" },
                                     { .key = key_a, .blob = blob_a },
                                     { .key = key_b, .blob = blob_b } };
    struct adit_login login = {
        .identities = { many, 5 },
        .settings = { .has_password = true, .can_ask = true, .password_prompts = 3 }
    };
    unsigned steps = 0;

    (void)state;
    while (steps < 100 && next(&login, "password,publickey") != ADIT_LOGIN_GIVE_UP)
        steps++;
    assert_int_equal(steps, 5 + 1 + 3);
}

static void a_refusal_tells_what_was_tried_and_what_is_offered(void **state)
{
    struct adit_identity locked[] = { { .blob = blob_a, .locked = true } };
    struct adit_identity unopened[] = { { .blob = blob_a, .locked = true, .unopened = true } };
    const struct {
        struct adit_login login;
        const char *can_continue;
        const char *text;
    } cases[] = {
        { { .keys_tried = 2, .passwords_tried = 1, .identities = { locked, 0 } },
          "password",
          "gateway: login as tunnel refused: tried publickey (2 keys), password; the server offers "
          "password" },
        { { .keys_tried = 1, .identities = { locked, 1 }, .settings = { .can_ask = true } },
          "publickey\x1b",
          "gateway: login as tunnel refused: tried publickey (1 key); the server offers "
          "publickey\\x1b" },
        { { .passwords_tried = 3, .partial = true },
          "",
          "gateway: login as tunnel refused after a first success: tried password; the server "
          "offers nothing" },
        { { .keys_tried = 0 },
          "publickey",
          "gateway: login as tunnel refused: tried nothing; the server offers publickey (there was "
          "no key to try)" },
        { { .identities = { locked, 1 } },
          "publickey",
          "gateway: login as tunnel refused: tried nothing; the server offers publickey (a key is "
          "encrypted and its passphrase could not be asked for)" },
        { { .keys_tried = 1, .identities = { unopened, 1 }, .settings = { .can_ask = true } },
          "publickey",
          "gateway: login as tunnel refused: tried publickey (1 key); the server offers publickey "
          "(a key is encrypted and its passphrase was not given)" },
        { { .settings = { .passwords_barred = true } },
          "password",
          "gateway: login as tunnel refused: tried nothing; the server offers password (passwords "
          "are not sent: the host key is not the known one)" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_failure failure;

        adit_login_describe(&cases[i].login, "tunnel", adit_span_text(cases[i].can_continue),
                            &failure);
        assert_string_equal(failure.text, cases[i].text);
        assert_int_equal(failure.err, ADIT_ERR_AUTH);
    }
}

static void a_name_to_log_in_with_is_shown_so_that_it_can_do_no_harm(void **state)
{
    const struct adit_login login = { 0 };
    struct adit_failure failure;

    (void)state;
    adit_login_describe(&login, "a\x1b]0;x\ab", ADIT_SPAN_EMPTY, &failure);
    assert_non_null(strstr(failure.text, "login as a\\x1b]0;x\\x07b refused"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_to_log_in_with_is_shown_so_that_it_can_do_no_harm),
        cmocka_unit_test(one_key_in_hand_signs_at_once),
        cmocka_unit_test(several_keys_are_probed_in_order_and_each_once),
        cmocka_unit_test(an_encrypted_key_is_unlocked_only_when_the_server_would_take_it),
        cmocka_unit_test(what_a_person_may_have_to_confirm_is_given_more_time),
        cmocka_unit_test(a_key_in_the_agent_needs_no_passphrase),
        cmocka_unit_test(an_encrypted_key_without_public_half_is_unlocked_first),
        cmocka_unit_test(an_encrypted_key_is_passed_over_when_nobody_can_be_asked),
        cmocka_unit_test(the_given_password_comes_first_and_then_the_prompts),
        cmocka_unit_test(a_barred_password_is_never_sent),
        cmocka_unit_test(methods_come_in_the_preferred_order_if_the_server_takes_them),
        cmocka_unit_test(after_a_partial_success_the_new_list_counts),
        cmocka_unit_test(every_login_comes_to_its_end),
        cmocka_unit_test(a_refusal_tells_what_was_tried_and_what_is_offered),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
