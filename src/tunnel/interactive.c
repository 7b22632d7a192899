/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keyboard-interactive (RFC 4256): what the gateway asks, put to the user one
 * prompt after the other on an errand. Its texts are shown as the gateway's and
 * without anything that a terminal would obey.
 */
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "tunnel/tunnel.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PROMPTS_MAX = 32, /* the engine lets no more through */
    SHOWN_SIZE = 1024,
    QUESTION_SIZE = 3 * SHOWN_SIZE,
};

struct adit_interactive {
    char question[PROMPTS_MAX][QUESTION_SIZE];
    bool echo[PROMPTS_MAX];
    char answers[PROMPTS_MAX][ADIT_ANSWER_SIZE];
    uint32_t count;
    bool answered;
};

enum adit_err adit_interactive_start(struct adit_tunnel *t)
{
    const enum adit_err err = adit_session_auth_interactive(adit_link_session(t->attempt.link));

    if (err == ADIT_OK)
        adit_user_say(&t->user, ADIT_SAY_DEBUG1, "letting the gateway ask");
    return err;
}

static void free_interactive(struct adit_auth *auth)
{
    if (auth->interactive != NULL)
        adit_wipe(auth->interactive, sizeof *auth->interactive);
    free(auth->interactive);
    auth->interactive = NULL;
}

void adit_interactive_clear(struct adit_auth *auth)
{
    free_interactive(auth);
}

static void ask(void *arg)
{
    struct adit_tunnel *t = arg;
    struct adit_interactive *i = t->attempt.auth.interactive;

    i->answered = true;
    for (uint32_t at = 0; at < i->count && i->answered; at++)
        i->answered =
            adit_user_ask(&t->user, i->echo[at] ? ADIT_PROMPT_VISIBLE : ADIT_PROMPT_SECRET,
                          i->question[at], i->answers[at]);
}

static void asked(struct adit_tunnel *t)
{
    struct adit_interactive *i = t->attempt.auth.interactive;
    const char *answers[PROMPTS_MAX];
    enum adit_err err = ADIT_ERR_NOT_FOUND;

    for (uint32_t at = 0; at < i->count; at++)
        answers[at] = i->answers[at];
    if (i->answered)
        err = adit_session_auth_answers(adit_link_session(t->attempt.link), answers, i->count);
    else
        t->attempt.auth.login.rounds_begun =
            t->attempt.auth.login.settings.password_prompts; /* nobody is there */
    if (err == ADIT_OK && i->count > 0)
        t->attempt.auth.login.interactive_tried++;
    free_interactive(&t->attempt.auth);
    if (err)
        adit_auth_go_on(t);
    else
        adit_auth_sent(t);
}

/* A line of its own for each of name and instruction, before the first prompt. */
static void write_question(char out[static QUESTION_SIZE], const struct adit_tunnel *t,
                           const struct adit_auth_prompts_event *event, struct adit_span prompt,
                           bool is_first)
{
    char name[SHOWN_SIZE] = "";
    char instruction[SHOWN_SIZE] = "";
    char text[SHOWN_SIZE];

    if (is_first && event->name.len > 0)
        adit_text_printable(event->name, name, sizeof name - 1);
    if (is_first && event->instruction.len > 0)
        adit_text_printable(event->instruction, instruction, sizeof instruction - 1);
    (void)snprintf(out, QUESTION_SIZE, "%s%s%s%s(%s@%s) %s", name, name[0] != '\0' ? "\n" : "",
                   instruction, instruction[0] != '\0' ? "\n" : "", t->settings.user,
                   t->settings.host, adit_text_printable(prompt, text, sizeof text));
}

void adit_interactive_prompts(struct adit_tunnel *t, const struct adit_auth_prompts_event *event)
{
    struct adit_interactive *i = adit_new(sizeof *i);
    struct adit_span prompts = event->prompts;
    struct adit_auth_prompt prompt;

    if (i == NULL) {
        adit_auth_go_on(t);
        return;
    }
    free_interactive(&t->attempt.auth);
    t->attempt.auth.interactive = i;
    while (i->count < PROMPTS_MAX && adit_auth_prompt_next(&prompts, &prompt)) {
        i->echo[i->count] = prompt.echo;
        write_question(i->question[i->count], t, event, prompt.text, i->count == 0);
        i->count++;
    }
    if (i->count == 0) { /* nothing to be asked, and yet to be answered */
        i->answered = true;
        asked(t);
        return;
    }
    adit_tunnel_errand(t, ask, asked);
}
