/* SPDX-License-Identifier: BSD-2-Clause */
/* keyboard-interactive (RFC 4256) and several methods in a row, between our two sides. */
#include "sim/hostile_login.h"

#include "base/span.h"
#include "wire/auth_messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What both drivers do: the client's steps and the server's rounds are letters, one for each. */
struct play {
    const char *client; /* k key, i keyboard-interactive, p password, a answers, w wrong number */
    const char *server; /* 0 to 9: ask so many prompts; y yes, n no */
    unsigned prompts;
    char answers[64];
    char can_continue[256];
    unsigned partial;
};

static void answer_prompts(struct side *side, struct play *play,
                           const struct adit_auth_prompts_event *event)
{
    static const char *const answers[] = { "one", "two", "three", "four" };
    struct adit_span prompts = event->prompts;
    struct adit_auth_prompt prompt;
    uint32_t count = 0;

    play->prompts += event->prompt_count;
    while (adit_auth_prompt_next(&prompts, &prompt)) {
        assert_true(adit_span_is(prompt.text, count % 2 ? "Code: " : "Password: "));
        assert_int_equal(prompt.echo, count % 2);
        count++;
    }
    assert_int_equal(count, event->prompt_count);
    assert_true(adit_span_is(event->name, "name"));
    assert_true(adit_span_is(event->instruction, "instruction"));
    assert_int_equal(adit_session_auth_answers(side->session, answers, count + 1), ADIT_ERR_USAGE);
    assert_int_equal(adit_session_auth_answers(side->session, answers, count), ADIT_OK);
    assert_int_equal(adit_session_auth_answers(side->session, answers, count), ADIT_ERR_USAGE);
}

static void try(struct side *side, char letter)
{
    enum adit_err err = ADIT_OK;

    if (letter == 'k')
        err = adit_session_auth_publickey(side->session, side->pair->user_key);
    else if (letter == 'h') /* another key */
        err = adit_session_auth_publickey(side->session, side->pair->host_key);
    else if (letter == 'i')
        err = adit_session_auth_interactive(side->session);
    else if (letter == 'p')
        err = adit_session_auth_password(side->session, "secret");
    assert_int_equal(err, ADIT_OK);
}

static void judge(struct side *side, struct play *play, const struct adit_auth_request_event *event)
{
    static const struct adit_auth_prompt prompts[4] = {
        { { (const uint8_t *)"Password: ", 10 }, false },
        { { (const uint8_t *)"Code: ", 6 }, true },
        { { (const uint8_t *)"Password: ", 10 }, false },
        { { (const uint8_t *)"Code: ", 6 }, true },
    };
    struct adit_span answers = event->answers;
    struct adit_span answer;
    char letter = 'n';

    if (*play->server)
        letter = *play->server++;
    while (event->method == ADIT_AUTH_ANSWERS && adit_auth_answer_next(&answers, &answer)) {
        const size_t len = strlen(play->answers);

        (void)snprintf(play->answers + len, sizeof play->answers - len, "%.*s,", (int)answer.len,
                       (const char *)answer.data);
    }
    if (letter >= '0' && letter <= '4')
        adit_session_auth_ask(side->session, "name", "instruction", prompts,
                              (uint32_t)(letter - '0'));
    else
        adit_session_auth_verdict(side->session, letter == 'y' ? ADIT_VERDICT_YES : ADIT_VERDICT_NO,
                                  NULL);
}

static void act(struct side *side, const struct adit_event *event)
{
    struct play *play = side->pair->settings.user_data;

    switch ((int)event->type) {
    case ADIT_EVENT_AUTH_NEEDED:
        play->partial += event->auth_needed.partial_success;
        memcpy(play->can_continue, event->auth_needed.can_continue.data,
               event->auth_needed.can_continue.len);
        play->can_continue[event->auth_needed.can_continue.len] = '\0';
        if (*play->client)
            try(side, *play->client++);
        break;
    case ADIT_EVENT_AUTH_PROMPTS:
        if (*play->client == 'a') {
            play->client++;
            answer_prompts(side, play, &event->auth_prompts);
        } else {
            try(side, *play->client++); /* gives it up */
        }
        break;
    case ADIT_EVENT_AUTH_REQUEST:
        judge(side, play, &event->auth_request);
        break;
    default:
        break;
    }
}

static struct pair *play_it(struct play *play, const char *const *lists, size_t list_count)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.leave_login = true;
    settings.leave_verdicts = true;
    settings.on_event = act;
    settings.user_data = play;
    settings.server.interactive_offered = true;
    settings.server.password_offered = true;
    settings.server.auth_methods = lists;
    settings.server.auth_methods_count = list_count;
    pair = pair_new(&settings);
    pair_run(pair);
    return pair;
}

static void rounds_of_prompts_come_to_a_verdict(void **state)
{
    static const struct {
        const char *client;
        const char *server;
        unsigned prompts;
        const char *answers;
        bool in;
    } cases[] = {
        { "ia", "1y", 1, "one,", true },
        { "ia", "1n", 1, "one,", false },
        { "iaa", "21y", 3, "one,two,one,", true },
        { "iaaa", "010y", 1, "one,", true },
        { "i", "y", 0, "", true },
        { "ia", "0n", 0, "", false },
        { "ip", "1y", 0, "", true }, /* a password instead of the answers */
        { "iaia", "1n2y", 3, "one,one,two,", true },
        { "ii", "1n", 0, "", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct play play = { .client = cases[i].client, .server = cases[i].server };
        struct pair *pair = play_it(&play, NULL, 0);

        if (pair->client.events[ADIT_EVENT_AUTHENTICATED] != cases[i].in)
            fail_msg("case %zu: %s", i, pair->client.ended_text);
        assert_int_equal(pair->client.ended, ADIT_OK);
        assert_int_equal(pair->server.ended, ADIT_OK);
        assert_int_equal(play.prompts, cases[i].prompts);
        assert_string_equal(play.answers, cases[i].answers);
        pair_free(pair);
    }
}

/* U5 */
static void several_methods_in_a_row_log_in(void **state)
{
    static const struct {
        const char *lists[2];
        const char *client;
        const char *server;
        const char *can_continue; /* at last */
        unsigned partial;
        bool in;
    } cases[] = {
        { { "publickey,password" }, "kp", "yy", "password", 1, true },
        { { "publickey,password" }, "p", "", "publickey", 0, false }, /* not its turn */
        { { "publickey,password" }, "kk", "y", "password", 1, false },
        { { "publickey,publickey" }, "kh", "yy", "publickey", 1, true },
        { { "publickey,publickey" }, "kk", "y", "publickey", 1, false }, /* the same key */
        { { "publickey,publickey" }, "kkh", "yy", "publickey", 1, true },
        { { "publickey,keyboard-interactive", "password" },
          "kia",
          "y1y",
          "keyboard-interactive",
          1,
          true },
        { { "publickey,keyboard-interactive", "password" },
          "p",
          "y",
          "publickey,password",
          0,
          true },
        { { "publickey,password" }, "kp", "yn", "password", 1, false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct play play = { .client = cases[i].client, .server = cases[i].server };
        struct pair *pair = play_it(&play, cases[i].lists, cases[i].lists[1] ? 2 : 1);

        if (pair->client.events[ADIT_EVENT_AUTHENTICATED] != cases[i].in)
            fail_msg("case %zu: %s", i, pair->client.ended_text);
        assert_string_equal(play.can_continue, cases[i].can_continue);
        assert_int_equal(play.partial, cases[i].partial);
        assert_int_equal(*play.server, '\0');
        pair_free(pair);
    }
}

static bool holds(const struct side *side, const char *text)
{
    const size_t len = strlen(text);

    for (size_t i = 0; i + len <= ADIT_INPUT_SIZE; i++)
        if (memcmp(side->buffers->input + i, text, len) == 0)
            return true;
    return false;
}

/*
 * RFC 4256, 3.4: a wrong number of answers is a failure, and answers to nothing are a fault.
 * Whatever becomes of them, they are wiped (U13).
 */
static void answers_are_for_questions(void **state)
{
    static const struct {
        uint32_t count;
        bool asked;
        enum adit_err err;
        uint8_t answer;
    } cases[] = {
        { 1, true, ADIT_OK, 0 }, /* put to judgement */
        { 0, true, ADIT_OK, SSH_MSG_USERAUTH_FAILURE },
        { 2, true, ADIT_OK, SSH_MSG_USERAUTH_FAILURE },
        { 1, false, ADIT_ERR_PROTOCOL, SSH_MSG_DISCONNECT },
    };
    static const char *const answers[] = { "the first", "the second" };
    static const struct login_request request = { "tunnel", "ssh-connection",
                                                  "keyboard-interactive" };
    const struct adit_auth_prompt prompt = { adit_span_text("P: "), false };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair_settings settings;
        struct judged judged;
        uint8_t numbers[4] = { 0 };
        struct pair *pair;
        struct adit_writer w;

        pair_settings_init(&settings);
        settings.server.interactive_offered = true;
        settings.leave_verdicts = true;
        pair = hostile_pair_at_the_login(&settings, &judged);
        if (cases[i].asked) {
            hostile_request(pair, &request, adit_span_of("\0\0\0\0\0\0\0", 8));
            assert_int_equal(judged.method, ADIT_AUTH_INTERACTIVE);
            adit_session_auth_ask(pair->server.session, "", "", &prompt, 1);
            pair_run(pair);
            assert_int_equal(hostile_numbers(&pair->client, numbers, 4), 1);
            assert_int_equal(numbers[0], SSH_MSG_USERAUTH_INFO_REQUEST);
            numbers[0] = 0;
        }
        judged.count = 0;
        w = hostile_message(&pair->client);
        adit_write_userauth_info_response(&w, answers, cases[i].count);
        hostile_send_written(&pair->client, &w);
        pair_run(pair);
        (void)hostile_numbers(&pair->client, numbers, 4);
        assert_int_equal(numbers[0], cases[i].answer);
        assert_int_equal(pair->server.ended, cases[i].err);
        assert_int_equal(judged.count, cases[i].answer == 0);
        assert_false(holds(&pair->server, answers[0]) || holds(&pair->server, answers[1]));
        pair_free(pair);
    }
}

/* ---- a client against a server that asks what it likes ---- */

static bool holds_answers; /* the driver does not answer */

static void try_interactive(struct side *side, const struct adit_event *event)
{
    static const char *const answers[64] = { "x" };

    if (side != &side->pair->client)
        return;
    if (event->type == ADIT_EVENT_AUTH_NEEDED)
        assert_int_equal(adit_session_auth_interactive(side->session), ADIT_OK);
    if (event->type == ADIT_EVENT_AUTH_PROMPTS && !holds_answers)
        assert_int_equal(
            adit_session_auth_answers(side->session, answers, event->auth_prompts.prompt_count),
            ADIT_OK);
}

/* The client has asked for the service and for the list, and then only for prompts. */
static struct pair *pair_of_prompts(bool holds)
{
    struct pair_settings settings;
    struct pair *pair;

    holds_answers = holds;
    pair_settings_init(&settings);
    settings.leave_login = true;
    settings.on_event = try_interactive;
    pair = pair_new(&settings);
    hostile_let_speak(pair, &pair->client);
    hostile_let_speak(pair, &pair->server);
    hostile_let_speak(pair, &pair->client);
    hostile_send_text(&pair->server, SSH_MSG_SERVICE_ACCEPT, "ssh-userauth");
    return pair;
}

/* An INFO_REQUEST that says it has `count` prompts, and has one of that length. */
static void send_prompts(struct pair *pair, uint32_t count, size_t len)
{
    static const uint8_t text[64 * 1024];
    const struct adit_msg_userauth_info_request msg = { .prompt_count = count };
    struct adit_writer w = hostile_message(&pair->server);

    adit_write_userauth_info_request(&w, &msg);
    for (uint32_t i = 0; i < count && i < 40; i++)
        adit_write_userauth_prompt(&w, adit_span_of(text, i ? 0 : len), false);
    hostile_send_written(&pair->server, &w);
    pair_run(pair);
}

/* One letter is one message: f FAILURE, s SUCCESS, q and 0 INFO_REQUEST with a prompt or none. */
static void speak(struct pair *pair, char letter)
{
    const struct adit_msg_userauth_failure msg = { adit_span_text("keyboard-interactive"), false };
    struct adit_writer w = hostile_message(&pair->server);

    if (letter == 'q' || letter == '0') {
        send_prompts(pair, letter == 'q', 5);
        return;
    }
    if (letter == 'f')
        adit_write_userauth_failure(&w, &msg);
    else
        adit_write_userauth_success(&w);
    hostile_send_written(&pair->server, &w);
    pair_run(pair);
}

/* U14, U17, U19: prompts belong to a try, and each has its answers before anything else comes. */
static void questions_out_of_place_end_the_client(void **state)
{
    static const struct {
        bool holds;
        const char *said;
        enum adit_err expected;
        unsigned prompted;
        bool in;
    } cases[] = {
        { false, "fqs", ADIT_OK, 1, true },
        { false, "fq0qs", ADIT_OK, 3, true },
        { false, "fs", ADIT_OK, 0, true },
        { false, "fqfqs", ADIT_OK, 2, true },
        { false, "q", ADIT_ERR_PROTOCOL, 0, false },  /* "none" has no prompts */
        { false, "fsq", ADIT_ERR_PROTOCOL, 0, true }, /* after the login */
        { false, "fqsq", ADIT_ERR_PROTOCOL, 1, true },
        { true, "fq", ADIT_OK, 1, false },
        { true, "fqf", ADIT_OK, 1, false },
        { true, "fqq", ADIT_ERR_PROTOCOL, 1, false },
        { true, "f0s", ADIT_ERR_PROTOCOL, 1, false }, /* in, before it was answered */
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair = pair_of_prompts(cases[i].holds);

        for (const char *letter = cases[i].said; *letter; letter++)
            speak(pair, *letter);
        if (pair->client.ended != cases[i].expected)
            fail_msg("%s: %s", cases[i].said, pair->client.ended_text);
        assert_int_equal(pair->client.events[ADIT_EVENT_AUTH_PROMPTS], cases[i].prompted);
        assert_int_equal(pair->client.events[ADIT_EVENT_AUTHENTICATED], cases[i].in);
        pair_free(pair);
    }
}

/* U14: prompts are few and short, and their number is not believed. */
static void prompts_are_bounded(void **state)
{
    enum { AROUND = 1 + 4 * 4 + 4 + 1, SIZE_MAX_OF_ALL = 32 * 1024 };
    static const struct {
        uint32_t count;
        size_t len;
        enum adit_err expected;
    } cases[] = {
        { 32, 5, ADIT_OK },
        { 33, 5, ADIT_ERR_LIMIT },
        { 41, 5, ADIT_ERR_MALFORMED }, /* there are 40 */
        { UINT32_MAX, 5, ADIT_ERR_MALFORMED },
        { 1, SIZE_MAX_OF_ALL - AROUND, ADIT_OK },
        { 1, SIZE_MAX_OF_ALL - AROUND + 1, ADIT_ERR_LIMIT },
    };
    struct pair *pair;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        pair = pair_of_prompts(true);
        speak(pair, 'f');
        send_prompts(pair, cases[i].count, cases[i].len);
        assert_int_equal(pair->client.ended, cases[i].expected);
        assert_int_equal(pair->client.events[ADIT_EVENT_AUTH_PROMPTS], cases[i].expected == 0);
        pair_free(pair);
    }
    pair = pair_of_prompts(false);
    speak(pair, 'f');
    for (unsigned i = 0; i < 64; i++)
        speak(pair, i % 2 ? 'q' : '0');
    assert_int_equal(pair->client.ended, ADIT_OK);
    speak(pair, '0');
    assert_int_equal(pair->client.ended, ADIT_ERR_LIMIT);
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_of_prompts_come_to_a_verdict),
        cmocka_unit_test(several_methods_in_a_row_log_in),
        cmocka_unit_test(answers_are_for_questions),
        cmocka_unit_test(questions_out_of_place_end_the_client),
        cmocka_unit_test(prompts_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
