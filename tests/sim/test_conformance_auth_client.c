/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's side of the login, against a server that answers what it likes
 * (RFC 4252). The numbers are those of docs/conformance.md.
 */
#include "sim/hostile.h"

#include "base/span.h"
#include "keys/key.h"
#include "wire/auth_messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum how { BY_KEY, BY_PROBE, BY_PASSWORD };

/* Keys are there; the client has asked for the service and for the list, and is not answered. */
static struct pair *pair_that_waits(enum how how)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.probe_first = how == BY_PROBE;
    settings.password = how == BY_PASSWORD ? "secret" : NULL;
    pair = pair_new(&settings);
    hostile_let_speak(pair, &pair->client);
    hostile_let_speak(pair, &pair->server);
    hostile_let_speak(pair, &pair->client);
    return pair;
}

static void send_failure(struct side *server)
{
    const struct adit_msg_userauth_failure msg = { adit_span_text("publickey,password"), false };
    struct adit_writer w = hostile_message(server);

    adit_write_userauth_failure(&w, &msg);
    hostile_send_written(server, &w);
}

static void send_pk_ok(struct side *server, const struct adit_key *key)
{
    const struct adit_msg_userauth_pk_ok msg = { adit_span_text("ssh-ed25519"),
                                                 adit_key_blob(key) };
    struct adit_writer w = hostile_message(server);

    adit_write_userauth_pk_ok(&w, &msg);
    hostile_send_written(server, &w);
}

static void send_banner(struct side *server, size_t len)
{
    static uint8_t text[100000];
    const struct adit_msg_userauth_banner msg = { { text, len }, ADIT_SPAN_EMPTY };
    struct adit_writer w = hostile_message(server);

    memset(text, 'b', sizeof text);
    adit_write_userauth_banner(&w, &msg);
    hostile_send_written(server, &w);
}

/*
 * One letter is one message of the server: a SERVICE_ACCEPT, x one for another
 * service, f FAILURE, s SUCCESS, k PK_OK for the key, o for another one,
 * c PASSWD_CHANGEREQ, i INFO_REQUEST's number, r USERAUTH_REQUEST, g GLOBAL_REQUEST.
 */
static void say(struct pair *pair, char letter)
{
    static const uint8_t change[] = { SSH_MSG_USERAUTH_PASSWD_CHANGEREQ, 0, 0, 0, 0, 0, 0, 0, 0 };
    struct side *server = &pair->server;

    switch (letter) {
    case 'a':
        hostile_send_text(server, SSH_MSG_SERVICE_ACCEPT, "ssh-userauth");
        break;
    case 'x':
        hostile_send_text(server, SSH_MSG_SERVICE_ACCEPT, "ssh-connection");
        break;
    case 'f':
        send_failure(server);
        break;
    case 's':
        hostile_send_number(server, SSH_MSG_USERAUTH_SUCCESS);
        break;
    case 'k':
        send_pk_ok(server, pair->user_key);
        break;
    case 'o':
        send_pk_ok(server, pair->host_key);
        break;
    case 'c':
        hostile_send(server, change, sizeof change);
        break;
    case 'i':
        hostile_send_number(server, 61);
        break;
    case 'r':
        hostile_send_number(server, SSH_MSG_USERAUTH_REQUEST);
        break;
    default:
        hostile_send_number(server, SSH_MSG_GLOBAL_REQUEST);
        break;
    }
}

/* U2, U17, U19, CVE-2018-10933: an answer is good for what was asked, and for nothing else. */
static void answers_to_nothing_end_the_client(void **state)
{
    static const struct {
        enum how how;
        const char *said;
        enum adit_err expected;
        bool in;
    } cases[] = {
        { BY_KEY, "a", ADIT_OK, false },
        { BY_KEY, "afs", ADIT_OK, true },
        { BY_KEY, "x", ADIT_ERR_PROTOCOL, false },
        { BY_KEY, "aa", ADIT_ERR_PROTOCOL, false },
        { BY_KEY, "s", ADIT_ERR_PROTOCOL, false }, /* before the service */
        { BY_KEY, "f", ADIT_ERR_PROTOCOL, false },
        { BY_KEY, "ag", ADIT_ERR_PROTOCOL, false },
        { BY_KEY, "ar", ADIT_ERR_PROTOCOL, false },
        { BY_KEY, "ak", ADIT_ERR_PROTOCOL, false },  /* "none" has no such answer */
        { BY_KEY, "afk", ADIT_ERR_PROTOCOL, false }, /* nor has a signature */
        { BY_KEY, "afi", ADIT_ERR_PROTOCOL, false },
        { BY_KEY, "afss", ADIT_ERR_PROTOCOL, true },
        { BY_KEY, "afsf", ADIT_ERR_PROTOCOL, true },
        { BY_PROBE, "afks", ADIT_OK, true },
        { BY_PROBE, "afs", ADIT_ERR_PROTOCOL, false }, /* "in" answers no question */
        { BY_PROBE, "afo", ADIT_ERR_PROTOCOL, false },
        { BY_PROBE, "afkk", ADIT_ERR_PROTOCOL, false },
        { BY_PROBE, "afc", ADIT_ERR_PROTOCOL, false }, /* 60 is a PK_OK here */
        { BY_PASSWORD, "afs", ADIT_OK, true },
        { BY_PASSWORD, "afc", ADIT_ERR_AUTH, false }, /* and here it is not */
        { BY_PASSWORD, "afi", ADIT_ERR_PROTOCOL, false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair = pair_that_waits(cases[i].how);

        for (const char *letter = cases[i].said; *letter; letter++) {
            say(pair, *letter);
            pair_run(pair);
        }
        if (pair->client.ended != cases[i].expected)
            fail_msg("%s: %s", cases[i].said, pair->client.ended_text);
        assert_int_equal(pair->client.events[ADIT_EVENT_AUTHENTICATED], cases[i].in);
        pair_free(pair);
    }
}

/* U17: not even a refusal is good when nothing has been asked since the last one. */
static void a_refusal_without_a_try_ends_the_client(void **state)
{
    struct pair *pair = pair_that_waits(BY_KEY);
    struct adit_session *session = pair->client.session;
    struct adit_buffer *inbox = &pair->client.inbox;
    struct adit_event event;
    unsigned asked = 0;
    uint8_t *room;
    size_t cap;

    (void)state;
    say(pair, 'a');
    say(pair, 'f');
    say(pair, 'f');
    hostile_deafen(&pair->client);
    pair_run(pair);
    hostile_undeafen(&pair->client);
    adit_session_input_buffer(session, &room, &cap);
    memcpy(room, inbox->data, inbox->len);
    adit_session_input_filled(session, inbox->len);
    while (adit_session_next_event(session, &event)) /* and nothing is tried */
        asked += event.type == ADIT_EVENT_AUTH_NEEDED;
    assert_int_equal(asked, 1);
    assert_int_equal(adit_session_error(session), ADIT_ERR_PROTOCOL);
    pair_free(pair);
}

static struct adit_span blob_of(const struct pair *pair)
{
    return adit_key_blob(pair->user_key);
}

static void sign_for(const struct pair *pair, const struct adit_auth_challenge *challenge,
                     const char *algorithm, struct adit_buffer *out)
{
    const struct adit_key *key = pair->user_key;

    *out = adit_buffer_init(ADIT_SIGNATURE_MAX);
    assert_int_equal(adit_pkey_sign(key->pkey, adit_signature_find(adit_span_text(algorithm)),
                                    challenge->data, out),
                     ADIT_OK);
}

static unsigned how_far; /* of sign_elsewhere() */

/* The private half is elsewhere: first a wrong signature, then another try, then the right one. */
static void sign_elsewhere(struct side *side, const struct adit_event *event)
{
    struct pair *pair = side->pair;
    struct adit_auth_challenge challenge;
    struct adit_buffer signature;

    if (event->type != ADIT_EVENT_AUTH_NEEDED || side != &pair->client || how_far++)
        return;
    assert_int_equal(adit_session_auth_signature(side->session, blob_of(pair)), ADIT_ERR_USAGE);
    assert_int_equal(
        adit_session_auth_challenge(side->session, adit_span_text("no blob"), &challenge),
        ADIT_ERR_UNSUPPORTED);
    assert_int_equal(adit_session_auth_challenge(side->session, blob_of(pair), &challenge),
                     ADIT_OK);
    assert_string_equal(challenge.algorithm, "ssh-ed25519");
    assert_int_equal(adit_session_auth_signature(side->session, adit_span_text("junk")),
                     ADIT_ERR_SIGNATURE);
    sign_for(pair, &challenge, challenge.algorithm, &signature);
    assert_int_equal(adit_session_auth_signature(side->session, adit_buffer_span(&signature)),
                     ADIT_OK);
    assert_int_equal(adit_session_auth_signature(side->session, adit_buffer_span(&signature)),
                     ADIT_ERR_USAGE);
    assert_int_equal(adit_session_auth_challenge(side->session, blob_of(pair), &challenge),
                     ADIT_ERR_USAGE); /* one try is under way */
    adit_buffer_clear(&signature);
}

/* U10: what an agent signs is what the server verifies. */
static void a_key_that_is_elsewhere_logs_in(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    how_far = 0;
    pair_settings_init(&settings);
    settings.leave_login = true;
    settings.on_event = sign_elsewhere;
    pair = pair_new(&settings);
    pair_run(pair);
    assert_int_equal(how_far, 1);
    assert_int_equal(pair->client.events[ADIT_EVENT_AUTHENTICATED], 1);
    assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 1);
    pair_free(pair);
}

/* U18: there is an end to the patience with a server that only says no. */
static void endless_refusals_end_the_client(void **state)
{
    struct pair *pair = pair_that_waits(BY_KEY);
    unsigned said = 0;

    (void)state;
    say(pair, 'a');
    while (pair->client.ended == ADIT_OK && said < 1000) {
        say(pair, 'f');
        said++;
        pair_run(pair);
    }
    assert_int_equal(pair->client.ended, ADIT_ERR_AUTH);
    assert_int_equal(said, 65);
    pair_free(pair);
}

/* U15: banners are few and of bounded size, and come before the end of the login. */
static void banners_are_bounded(void **state)
{
    struct pair *pair = pair_that_waits(BY_KEY);

    (void)state;
    say(pair, 'a');
    for (unsigned i = 0; i < 31; i++)
        send_banner(&pair->server, 5);
    send_banner(&pair->server, 65536);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_OK);
    assert_int_equal(pair->client.events[ADIT_EVENT_BANNER], 32);
    send_banner(&pair->server, 0);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_ERR_LIMIT);
    pair_free(pair);

    pair = pair_that_waits(BY_KEY);
    say(pair, 'a');
    send_banner(&pair->server, 65537);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_ERR_LIMIT);
    assert_int_equal(pair->client.events[ADIT_EVENT_BANNER], 0);
    pair_free(pair);

    pair = pair_that_waits(BY_KEY);
    say(pair, 'a');
    say(pair, 'f');
    say(pair, 's');
    send_banner(&pair->server, 5);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_ERR_PROTOCOL);
    pair_free(pair);
}

/* U16: a server that asks for nothing: the driver can tell, for it was never asked for a try. */
static void a_login_without_a_try_can_be_told(void **state)
{
    struct pair *pair = pair_that_waits(BY_KEY);

    (void)state;
    say(pair, 'a');
    say(pair, 's');
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_OK);
    assert_int_equal(pair->client.events[ADIT_EVENT_AUTHENTICATED], 1);
    assert_int_equal(pair->client.events[ADIT_EVENT_AUTH_NEEDED], 0);
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_to_nothing_end_the_client),
        cmocka_unit_test(a_refusal_without_a_try_ends_the_client),
        cmocka_unit_test(a_key_that_is_elsewhere_logs_in),
        cmocka_unit_test(endless_refusals_end_the_client),
        cmocka_unit_test(banners_are_bounded),
        cmocka_unit_test(a_login_without_a_try_can_be_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
