/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* What is answered next; NULL: nobody is there. */
static const char *next_answer;
static unsigned asked;

static bool prompt(void *user, enum adit_prompt_kind kind, const char *text, char *answer,
                   size_t size)
{
    (void)user;
    (void)kind;
    (void)text;
    asked++;
    if (next_answer == NULL)
        return false;
    (void)snprintf(answer, size, "%s", next_answer);
    return true;
}

static void ask(struct adit_user *user, enum adit_prompt_kind kind, const char *question,
                const char *wanted)
{
    char answer[ADIT_ANSWER_SIZE];

    assert_int_equal(adit_user_ask(user, kind, question, answer), wanted != NULL);
    if (wanted != NULL)
        assert_string_equal(answer, wanted);
}

static void what_was_answered_is_answered_again_when_nobody_is_there(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt };
    struct adit_user user;

    (void)state;
    adit_user_init(&user, &settings);
    asked = 0;
    next_answer = "wrong";
    ask(&user, ADIT_PROMPT_PASSWORD, "Password of a: ", "wrong");
    next_answer = "right";
    ask(&user, ADIT_PROMPT_PASSWORD, "Password of a: ", "right");
    next_answer = "yes";
    ask(&user, ADIT_PROMPT_HOST_KEY, "Is it right? ", "yes");
    next_answer = NULL;
    ask(&user, ADIT_PROMPT_PASSWORD, "Password of b: ", NULL);
    assert_int_equal(asked, 4);

    user.is_unattended = true;
    next_answer = "somebody else";
    ask(&user, ADIT_PROMPT_PASSWORD, "Password of a: ", "right");
    ask(&user, ADIT_PROMPT_HOST_KEY, "Is it right? ", "yes");
    ask(&user, ADIT_PROMPT_PASSWORD, "Password of b: ", NULL);
    ask(&user, ADIT_PROMPT_PASSWORD, "Is it right? ", NULL); /* another kind of question */
    assert_int_equal(asked, 4);
    adit_user_clear(&user);
}

static void a_password_that_was_mistyped_is_not_sent_again(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt };
    struct adit_user user;

    (void)state;
    adit_user_init(&user, &settings);
    next_answer = "wrong";
    ask(&user, ADIT_PROMPT_PASSWORD, "Password of a@b: ", "wrong");
    next_answer = "right";
    ask(&user, ADIT_PROMPT_PASSWORD, "The gateway did not take it.\nPassword of a@b: ", "right");
    next_answer = "yes";
    ask(&user, ADIT_PROMPT_HOST_KEY, "The key of a is new.\nIs it right? ", "yes");
    user.is_unattended = true;
    ask(&user, ADIT_PROMPT_PASSWORD, "Password of a@b: ", "right");
    ask(&user, ADIT_PROMPT_PASSWORD, "The gateway did not take it.\nPassword of a@b: ", NULL);
    ask(&user, ADIT_PROMPT_HOST_KEY, "The key of b is new.\nIs it right? ", NULL);
    adit_user_clear(&user);
}

static void no_more_is_kept_than_can_be_meant(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt };
    struct adit_user user;
    char question[16];

    (void)state;
    adit_user_init(&user, &settings);
    next_answer = "x";
    for (unsigned i = 0; i < 100; i++) {
        (void)snprintf(question, sizeof question, "%u", i);
        ask(&user, ADIT_PROMPT_PASSWORD, question, "x");
    }
    user.is_unattended = true;
    ask(&user, ADIT_PROMPT_PASSWORD, "63", "x");
    ask(&user, ADIT_PROMPT_PASSWORD, "64", NULL);
    adit_user_clear(&user);
}

static void passphrases_are_kept_by_key_and_not_here(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt };
    struct adit_user user;

    (void)state;
    adit_user_init(&user, &settings);
    next_answer = "x";
    ask(&user, ADIT_PROMPT_PASSPHRASE, "Passphrase of a: ", "x");
    assert_true(adit_list_is_empty(&user.kept));
    adit_user_clear(&user);
}

static void a_tunnel_that_does_not_come_back_keeps_nothing(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt, .no_reconnect = true };
    struct adit_user user;

    (void)state;
    adit_user_init(&user, &settings);
    next_answer = "x";
    ask(&user, ADIT_PROMPT_PASSWORD, "Password: ", "x");
    assert_true(adit_list_is_empty(&user.kept));
    adit_user_clear(&user);
}

/* ---- jump hosts ask on threads of their own ---- */

static bool prompt_in_turn(void *user, enum adit_prompt_kind kind, const char *text, char *answer,
                           size_t size)
{
    struct adit_user *of = user;

    assert_int_not_equal(pthread_mutex_trylock(&of->turn), 0);
    return prompt(user, kind, text, answer, size);
}

static void whoever_is_asked_is_asked_nothing_else(void **state)
{
    struct adit_user user;
    const struct adit_tunnel_settings settings = { .prompt = prompt_in_turn, .user_data = &user };

    (void)state;
    adit_user_init(&user, &settings);
    next_answer = "x";
    ask(&user, ADIT_PROMPT_PASSWORD, "Password: ", "x");
    next_answer = NULL;
    ask(&user, ADIT_PROMPT_PASSWORD, "Password: ", NULL);
    assert_int_equal(pthread_mutex_trylock(&user.turn), 0); /* it is anybody's again */
    (void)pthread_mutex_unlock(&user.turn);
    adit_user_clear(&user);
}

static void what_was_answered_is_known_while_somebody_is_asked(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt };
    struct adit_user user;

    (void)state;
    adit_user_init(&user, &settings);
    next_answer = "x";
    ask(&user, ADIT_PROMPT_PASSWORD, "Password: ", "x");
    user.is_unattended = true;
    (void)pthread_mutex_lock(&user.turn);
    ask(&user, ADIT_PROMPT_PASSWORD, "Password: ", "x");
    (void)pthread_mutex_unlock(&user.turn);
    adit_user_clear(&user);
}

static void nobody_is_asked_for_an_attempt_that_is_over(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt };
    struct adit_user user;

    (void)state;
    adit_user_init(&user, &settings);
    asked = 0;
    next_answer = "x";
    adit_interrupt_fire(&user.interrupt);
    ask(&user, ADIT_PROMPT_PASSWORD, "Password: ", NULL);
    assert_int_equal(asked, 0);
    adit_interrupt_arm(&user.interrupt);
    ask(&user, ADIT_PROMPT_PASSWORD, "Password: ", "x");
    adit_user_clear(&user);
}

enum { QUESTIONS = 32 };

struct asker {
    struct adit_user *user;
    char name;
    unsigned answers;
};

/* Each question twice: the second answer takes the place of the first. */
static void *ask_them_all(void *arg)
{
    struct asker *asker = arg;
    char question[16];
    char answer[ADIT_ANSWER_SIZE];

    for (unsigned i = 0; i < 2 * QUESTIONS; i++) {
        (void)snprintf(question, sizeof question, "%c%u", asker->name, i % QUESTIONS);
        asker->answers += adit_user_ask(asker->user, ADIT_PROMPT_PASSWORD, question, answer);
    }
    return NULL;
}

static void what_two_threads_were_answered_is_kept(void **state)
{
    const struct adit_tunnel_settings settings = { .prompt = prompt };
    struct adit_user user;
    struct asker tunnel = { .user = &user, .name = 't' };
    struct asker jump = { .user = &user, .name = 'j' };
    char question[16];
    pthread_t thread;

    (void)state;
    adit_user_init(&user, &settings);
    asked = 0;
    next_answer = "x";
    assert_int_equal(pthread_create(&thread, NULL, ask_them_all, &jump), 0);
    ask_them_all(&tunnel);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(tunnel.answers + jump.answers, 4 * QUESTIONS);
    assert_int_equal(asked, 4 * QUESTIONS);

    user.is_unattended = true;
    for (unsigned i = 0; i < 2 * QUESTIONS; i++) {
        (void)snprintf(question, sizeof question, "%c%u", i < QUESTIONS ? 't' : 'j', i % QUESTIONS);
        ask(&user, ADIT_PROMPT_PASSWORD, question, "x");
    }
    adit_user_clear(&user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_answered_is_answered_again_when_nobody_is_there),
        cmocka_unit_test(a_password_that_was_mistyped_is_not_sent_again),
        cmocka_unit_test(no_more_is_kept_than_can_be_meant),
        cmocka_unit_test(passphrases_are_kept_by_key_and_not_here),
        cmocka_unit_test(a_tunnel_that_does_not_come_back_keeps_nothing),
        cmocka_unit_test(whoever_is_asked_is_asked_nothing_else),
        cmocka_unit_test(what_was_answered_is_known_while_somebody_is_asked),
        cmocka_unit_test(nobody_is_asked_for_an_attempt_that_is_over),
        cmocka_unit_test(what_two_threads_were_answered_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
