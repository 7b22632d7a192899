/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's side of the login, against a client that writes its requests by
 * hand (RFC 4252). The numbers are those of docs/conformance.md.
 */
#include "sim/hostile_login.h"

#include "base/span.h"
#include "wire/auth_messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct login_request good = { "tunnel", "ssh-connection", "publickey" };

/* ---- the service and the names ---- */

/* Sends its text after the client's NEWKEYS, before anything else. */
static void send_first(struct side *side, const struct adit_event *event)
{
    const uint8_t *first = side->pair->settings.user_data;

    if (side == &side->pair->client && event->type == ADIT_EVENT_HOST_KEY)
        hostile_send_text(side, first[0], (const char *)first + 1);
}

/* T49, U3: one service, asked for once, before any login. */
static void only_the_login_may_be_asked_for_and_once(void **state)
{
    static uint8_t firsts[][24] = { "\x05ssh-connection", "\x05ssh-userauth", "\x05", "\x32tunnel",
                                    "\x06ssh-userauth" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(firsts); i++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.on_event = send_first;
        settings.user_data = firsts[i];
        pair = pair_new(&settings);
        pair_run(pair);
        assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
        assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 0);
        assert_int_equal(pair->server.session->auth_server.service_accepted,
                         strcmp((const char *)firsts[i], "\x05ssh-userauth") == 0);
        pair_free(pair);
    }
}

/* U4: who changes user or service between two requests has no more of them. */
static void user_and_service_stay_the_same(void **state)
{
    static const struct login_request others[] = {
        { "root", "ssh-connection", "publickey" },
        { "tunnel ", "ssh-connection", "publickey" },
        { "", "ssh-connection", "publickey" },
        { "tunnel", "ssh-userauth", "publickey" },
        { "tunnel", "", "publickey" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(others); i++) {
        struct judged judged;
        struct pair *pair = hostile_default_pair_at_the_login(&judged);

        hostile_request(pair, &others[i], ADIT_SPAN_EMPTY);
        assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
        assert_int_equal(judged.count, 0);
        pair_free(pair);
    }
}

/* ---- tries ---- */

/* U6: "none" is a question, free of charge once, and never the way in. */
static void none_is_free_once_and_never_enough(void **state)
{
    const struct login_request none = { good.user, good.service, "none" };
    struct judged judged;
    struct pair *pair = hostile_default_pair_at_the_login(&judged);

    (void)state;
    assert_int_equal(pair->server.session->auth_server.failures, 0);
    for (unsigned i = 1; i < pair->server.session->auth_server.tries_max; i++) {
        assert_int_equal(hostile_answer(pair, &none, ADIT_SPAN_EMPTY), SSH_MSG_USERAUTH_FAILURE);
        assert_int_equal(pair->server.session->auth_server.failures, i);
    }
    hostile_request(pair, &none, ADIT_SPAN_EMPTY);
    assert_int_equal(pair->server.ended, ADIT_ERR_AUTH);
    assert_int_equal(judged.count, 0);
    pair_free(pair);
}

/* U5: the list of what is left, and whether the last try was good. */
static void a_failure_says_what_can_continue(void **state)
{
    static const enum adit_verdict verdicts[] = { ADIT_VERDICT_NO, ADIT_VERDICT_PARTIAL };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(verdicts); i++) {
        struct pair_settings settings;
        struct adit_msg_userauth_failure failure;
        struct adit_span payload;
        struct judged judged;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.verdict = verdicts[i];
        settings.server.password_offered = true;
        pair = hostile_pair_at_the_login(&settings, &judged);
        hostile_request(pair, &(struct login_request){ good.user, good.service, "password" },
                        adit_span_of((const uint8_t *)"\0\0\0\0\1x", 6));
        assert_true(hostile_next(&pair->client, &payload));
        assert_int_equal(adit_parse_userauth_failure(payload, &failure), ADIT_OK);
        assert_true(adit_span_is(failure.can_continue, "publickey,password"));
        assert_int_equal(failure.partial_success, verdicts[i] == ADIT_VERDICT_PARTIAL);
        assert_false(adit_session_is_authenticated(pair->server.session));
        assert_int_equal(judged.count, 1);
        pair_free(pair);
    }
}

/* U7: a request after the login is not even read. */
static void requests_after_the_login_are_ignored(void **state)
{
    struct pair *pair = hostile_pair(true);
    uint64_t hash = PAIR_HASH_START;
    uint8_t numbers[4];

    (void)state;
    hostile_deafen(&pair->client);
    hostile_request(pair, &(struct login_request){ "root", "x", "none" }, ADIT_SPAN_EMPTY);
    hostile_send_number(&pair->client, SSH_MSG_USERAUTH_REQUEST);
    pair_run(pair);
    assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), 0);
    hostile_undeafen(&pair->client);
    assert_int_equal(pair_send(&pair->client, 100, &hash), 100);
    pair_run(pair);
    assert_int_equal(pair->server.hash_received, hash);
    assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 1);
    pair_free(pair);
}

/* ---- passwords ---- */

static bool holds(const uint8_t *bytes, size_t size, const char *text)
{
    const size_t len = strlen(text);

    for (size_t i = 0; i + len <= size; i++)
        if (memcmp(bytes + i, text, len) == 0)
            return true;
    return false;
}

/* U13: none is asked about that was not offered, is too long, or is to be changed; none stays. */
static void odd_passwords_are_refused_without_a_question(void **state)
{
    static const struct {
        bool offered;
        bool is_change;
        size_t len;
        bool good;
    } cases[] = {
        { true, false, 20, true },     { true, false, 1024, true }, { true, false, 1025, false },
        { true, false, 30000, false }, { true, true, 20, false },   { false, false, 20, false },
    };
    static char text[30001];

    (void)state;
    memset(text, 'p', sizeof text);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_span password = { (const uint8_t *)text, cases[i].len };
        const struct adit_userauth_password fields = { cases[i].is_change, password, password };
        struct adit_buffer data = adit_buffer_init(100000);
        struct adit_writer w = adit_writer_init(&data);
        struct pair_settings settings;
        struct judged judged;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.server.password_offered = cases[i].offered;
        pair = hostile_pair_at_the_login(&settings, &judged);
        adit_write_userauth_password(&w, &fields);
        assert_int_equal(
            hostile_answer(pair, &(struct login_request){ good.user, good.service, "password" },
                           adit_buffer_span(&data)),
            cases[i].good ? SSH_MSG_USERAUTH_SUCCESS : SSH_MSG_USERAUTH_FAILURE);
        assert_int_equal(judged.count, cases[i].good);
        assert_false(holds(pair->server.buffers->input, ADIT_INPUT_SIZE, "pppp"));
        pair_free(pair);
        adit_buffer_clear(&data);
    }
}

/* U13: after its use a password is in no buffer of either side. */
static void passwords_are_wiped(void **state)
{
    static const char password[] = "correct horse battery staple";
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.server.password_offered = true;
    settings.password = password;
    pair = pair_new(&settings);
    memset(pair->server.buffers->input, 0, ADIT_INPUT_SIZE);
    memset(pair->client.buffers->input, 0, ADIT_INPUT_SIZE);
    pair_log_in(pair);
    assert_false(holds(pair->server.buffers->input, ADIT_INPUT_SIZE, password));
    assert_false(holds(pair->client.buffers->input, ADIT_INPUT_SIZE, password));
    assert_true(
        pair->client.buffers->scratch.data == NULL ||
        !holds(pair->client.buffers->scratch.data, pair->client.buffers->scratch.len, password));
    pair_free(pair);
}

/* U13, CVE-2025-14942: the login's messages do not leave unprotected, whoever asks. */
static void nothing_of_the_login_is_sent_before_there_are_keys(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    for (unsigned number = SSH_MSG_USERAUTH_REQUEST; number < 256; number++) {
        struct adit_writer w = hostile_message(&pair->client);

        adit_write_byte(&w, (uint8_t)number);
        assert_int_equal(adit_transport_send(&pair->client.session->transport, &w), ADIT_ERR_USAGE);
    }
    assert_int_equal(adit_session_auth_password(pair->client.session, "x"), ADIT_ERR_USAGE);
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_login_may_be_asked_for_and_once),
        cmocka_unit_test(user_and_service_stay_the_same),
        cmocka_unit_test(none_is_free_once_and_never_enough),
        cmocka_unit_test(a_failure_says_what_can_continue),
        cmocka_unit_test(requests_after_the_login_are_ignored),
        cmocka_unit_test(odd_passwords_are_refused_without_a_question),
        cmocka_unit_test(passwords_are_wiped),
        cmocka_unit_test(nothing_of_the_login_is_sent_before_there_are_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
