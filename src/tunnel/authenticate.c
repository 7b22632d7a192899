/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Carries out what login.c decides: asks the server, or first the user. A step
 * that cannot be carried out is over at once and the next one is chosen.
 */
#include "base/memory.h"
#include "base/span.h"
#include "tunnel/agent.h"
#include "tunnel/failure.h"
#include "tunnel/settings.h"
#include "tunnel/tunnel.h"

#include <stdio.h>

enum {
    CAN_CONTINUE_MAX = 4096,
    QUESTION_SIZE = 600,
    NAME_SIZE = 512,
    SIGNATURE_MAX = 16 * 1024,
};

static void perform(struct adit_tunnel *t, enum adit_login_step step);

void adit_auth_init(struct adit_tunnel *t)
{
    t->attempt.auth.can_continue = adit_buffer_init(CAN_CONTINUE_MAX);
    t->attempt.auth.login.settings = (struct adit_login_settings){
        .preferred_methods = t->settings.preferred_methods,
        .has_password = t->settings.password != NULL,
        .can_ask = t->user.prompt != NULL,
        .password_prompts = adit_settings_prompts(&t->settings),
    };
}

void adit_auth_clear(struct adit_auth *auth)
{
    adit_identities_clear(&auth->login.identities);
    adit_buffer_clear(&auth->can_continue);
    adit_buffer_clear(&auth->challenge);
    adit_buffer_clear(&auth->signature);
    adit_interactive_clear(auth);
    adit_wipe(auth->answer, sizeof auth->answer);
}

static struct adit_span can_continue(const struct adit_tunnel *t)
{
    return adit_buffer_span(&t->attempt.auth.can_continue);
}

static void perform_next(struct adit_tunnel *t)
{
    t->attempt.auth.probed = false;
    perform(t, adit_login_next(&t->attempt.auth.login, can_continue(t)));
}

void adit_auth_go_on(struct adit_tunnel *t)
{
    perform_next(t);
}

void adit_auth_sent(struct adit_tunnel *t)
{
    adit_tunnel_set_timeout(t, adit_login_answer_ms(&t->attempt.auth.login));
    adit_link_wake(t->attempt.link);
}

/* ---- keys ---- */

static void unlock(void *arg)
{
    struct adit_tunnel *t = arg;

    t->attempt.auth.unlocked = adit_identity_unlock(t->attempt.auth.login.current, &t->user,
                                                    adit_settings_prompts(&t->settings));
}

static void unlocked(struct adit_tunnel *t)
{
    if (t->attempt.auth.unlocked)
        adit_identities_unlocked(&t->attempt.auth.login.identities, t->attempt.auth.login.current);
    if (t->attempt.auth.unlocked)
        perform(t, adit_login_unlocked(&t->attempt.auth.login, t->attempt.auth.probed));
    else
        perform_next(t);
}

static void give_to_agent(void *arg)
{
    struct adit_tunnel *t = arg;

    adit_agent_keep(&t->settings, &t->user, t->attempt.auth.login.current);
}

static void given_to_agent(struct adit_tunnel *t)
{
    t->attempt.auth.login.current->given = true;
    perform(t, ADIT_LOGIN_SIGN);
}

static void sign_with_agent(void *arg)
{
    struct adit_tunnel *t = arg;

    (void)!adit_agent_sign_with(
        &t->settings, &t->user, t->attempt.auth.login.current, t->attempt.auth.algorithm,
        adit_buffer_span(&t->attempt.auth.challenge), &t->attempt.auth.signature);
}

static void agent_signed(struct adit_tunnel *t)
{
    const struct adit_span signature = adit_buffer_span(&t->attempt.auth.signature);
    enum adit_err err = ADIT_ERR_REFUSED;

    if (signature.len > 0) {
        err = adit_session_auth_signature(adit_link_session(t->attempt.link), signature);
        if (err)
            adit_user_say(&t->user, ADIT_SAY_INFO, "the agent's signature cannot be used: %s",
                          adit_err_text(err));
    }
    adit_buffer_clear(&t->attempt.auth.signature);
    adit_buffer_clear(&t->attempt.auth.challenge);
    if (err)
        perform_next(t);
    else
        adit_auth_sent(t);
}

/* What the agent is to sign, kept for the errand that asks it. */
static enum adit_err begin_challenge(struct adit_tunnel *t)
{
    struct adit_auth_challenge challenge;
    enum adit_err err = adit_session_auth_challenge(
        adit_link_session(t->attempt.link), t->attempt.auth.login.current->blob, &challenge);

    if (err)
        return err;
    t->attempt.auth.challenge = adit_buffer_init(challenge.data.len);
    t->attempt.auth.signature = adit_buffer_init(SIGNATURE_MAX);
    t->attempt.auth.algorithm = challenge.algorithm;
    return adit_buffer_append(&t->attempt.auth.challenge, challenge.data);
}

static enum adit_err send_key(struct adit_tunnel *t, bool probe)
{
    struct adit_session *session = adit_link_session(t->attempt.link);
    const struct adit_identity *identity = t->attempt.auth.login.current;
    char name[NAME_SIZE];
    enum adit_err err;

    if (probe)
        err = adit_session_auth_probe_blob(session, identity->blob);
    else if (identity->in_agent)
        err = begin_challenge(t);
    else
        err = adit_session_auth_certificate(session, identity->key, identity->blob);
    (void)adit_identity_text(identity, name, sizeof name);
    if (err)
        adit_user_say(&t->user, ADIT_SAY_INFO, "%s cannot be used here: %s", name,
                      adit_err_text(err));
    else
        adit_user_say(&t->user, ADIT_SAY_DEBUG1, "%s %s", probe ? "offering" : "logging in with",
                      name);
    if (err == ADIT_OK && !t->attempt.auth.probed)
        t->attempt.auth.login.keys_tried++;
    return err;
}

/* ---- passwords ---- */

static enum adit_err send_password(struct adit_tunnel *t, const char *password)
{
    const enum adit_err err =
        adit_session_auth_password(adit_link_session(t->attempt.link), password);

    if (err == ADIT_OK)
        t->attempt.auth.login.passwords_tried++;
    else
        adit_user_say(&t->user, ADIT_SAY_INFO, "the password cannot be sent: %s",
                      adit_err_text(err));
    return err;
}

static void ask_password(void *arg)
{
    struct adit_tunnel *t = arg;
    char question[QUESTION_SIZE];

    (void)snprintf(question, sizeof question, "%sPassword of %s@%s: ",
                   t->attempt.auth.login.passwords_tried > 0 ? "The gateway did not take it.\n"
                                                             : "",
                   t->settings.user, t->settings.host);
    t->attempt.auth.answered =
        adit_user_ask(&t->user, ADIT_PROMPT_PASSWORD, question, t->attempt.auth.answer);
}

static void password_asked(struct adit_tunnel *t)
{
    bool sent = false;

    if (t->attempt.auth.answered)
        sent = send_password(t, t->attempt.auth.answer) == ADIT_OK;
    else
        t->attempt.auth.login.settings.password_prompts = 0; /* nobody is there: do not ask again */
    adit_wipe(t->attempt.auth.answer, sizeof t->attempt.auth.answer);
    if (sent)
        adit_auth_sent(t);
    else
        perform_next(t);
}

/* ---- steps ---- */

static void give_up(struct adit_tunnel *t)
{
    struct adit_failure failure;

    adit_login_describe(&t->attempt.auth.login, t->settings.user, can_continue(t), &failure);
    adit_tunnel_fail(t, &failure);
}

/* Begins a step. false: it cannot be done, and nothing was sent. */
static bool begin(struct adit_tunnel *t, enum adit_login_step step)
{
    enum adit_err err = ADIT_OK;

    switch (step) {
    case ADIT_LOGIN_PROBE:
        err = send_key(t, true);
        break;
    case ADIT_LOGIN_SIGN:
        if (adit_agent_wants(&t->settings, t->attempt.auth.login.current)) {
            adit_tunnel_errand(t, give_to_agent, given_to_agent);
            return true;
        }
        err = send_key(t, false);
        if (!err && t->attempt.auth.login.current->in_agent) {
            adit_tunnel_errand(t, sign_with_agent, agent_signed);
            return true;
        }
        break;
    case ADIT_LOGIN_PASSWORD:
        err = send_password(t, t->settings.password);
        break;
    case ADIT_LOGIN_INTERACTIVE:
        err = adit_interactive_start(t);
        break;
    case ADIT_LOGIN_UNLOCK:
        adit_tunnel_errand(t, unlock, unlocked);
        return true;
    case ADIT_LOGIN_ASK_PASSWORD:
        adit_tunnel_errand(t, ask_password, password_asked);
        return true;
    case ADIT_LOGIN_GIVE_UP:
        give_up(t);
        return true;
    }
    if (err)
        return false;
    adit_auth_sent(t);
    return true;
}

static void perform(struct adit_tunnel *t, enum adit_login_step step)
{
    while (!begin(t, step)) {
        t->attempt.auth.probed = false;
        step = adit_login_next(&t->attempt.auth.login, can_continue(t));
    }
}

void adit_auth_needed(struct adit_tunnel *t, const struct adit_auth_needed_event *event)
{
    struct adit_failure failure;

    adit_buffer_empty(&t->attempt.auth.can_continue);
    if (adit_buffer_append(&t->attempt.auth.can_continue, event->can_continue) != ADIT_OK) {
        adit_failure_set(&failure, ADIT_ERR_LIMIT, ADIT_LEG_GATEWAY,
                         "the list of login methods is too long");
        adit_tunnel_fail(t, &failure);
        return;
    }
    if (event->partial_success) {
        t->attempt.auth.login.partial = true;
        adit_user_say(&t->user, ADIT_SAY_DEBUG1, "accepted, but the gateway wants more");
    }
    perform_next(t);
}

void adit_auth_key_accepted(struct adit_tunnel *t)
{
    t->attempt.auth.probed = true;
    perform(t, adit_login_accepted(&t->attempt.auth.login));
}
