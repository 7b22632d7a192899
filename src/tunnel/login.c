/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/login.h"

#include "base/span.h"
#include "base/text.h"
#include "tunnel/failure.h"

#include <stdio.h>

enum {
    OFFERED_SIZE = 160,
    NAME_SIZE = 160,
    TRIED_SIZE = 80,
    ANSWER_MS = 30 * 1000,
    ASKING_MS =
        120 * 1000, /* before it has judged a password, it may have asked a person's phone */
};

/* What the agent has, it signs with, whether or not our own copy is encrypted. */
static bool is_locked(const struct adit_identity *identity)
{
    return identity->locked && !identity->in_agent;
}

/*
 * With one key in hand there is nothing to choose between: signing at once
 * saves a round trip. With several, a signature for each would be wasted work
 * at both ends.
 */
static enum adit_login_step step_for(const struct adit_login *login)
{
    const struct adit_identity *identity = login->current;

    if (identity->blob.len == 0)
        return ADIT_LOGIN_UNLOCK;
    if (login->identities.count == 1 && !is_locked(identity))
        return ADIT_LOGIN_SIGN;
    return ADIT_LOGIN_PROBE;
}

static bool next_key(struct adit_login *login)
{
    for (size_t i = 0; i < login->identities.count; i++) {
        struct adit_identity *identity = &login->identities.items[i];

        if (identity->tried)
            continue;
        identity->tried = true;
        if (is_locked(identity) && !login->settings.can_ask)
            continue;
        login->current = identity;
        return true;
    }
    return false;
}

static enum adit_login_step next_password(struct adit_login *login)
{
    if (login->settings.passwords_barred)
        return ADIT_LOGIN_GIVE_UP;
    if (login->settings.has_password && !login->password_used) {
        login->password_used = true;
        return ADIT_LOGIN_PASSWORD;
    }
    if (login->settings.can_ask && login->prompts_used < login->settings.password_prompts) {
        login->prompts_used++;
        return ADIT_LOGIN_ASK_PASSWORD;
    }
    return ADIT_LOGIN_GIVE_UP;
}

/*
 * As often as ssh: the prompts of NumberOfPasswordPrompts. What the server asks
 * may well be a password, so it is not asked where none may be sent.
 */
static enum adit_login_step next_interactive(struct adit_login *login)
{
    if (login->settings.passwords_barred || !login->settings.can_ask ||
        login->rounds_begun >= login->settings.password_prompts)
        return ADIT_LOGIN_GIVE_UP;
    login->rounds_begun++;
    return ADIT_LOGIN_INTERACTIVE;
}

enum adit_login_step adit_login_next(struct adit_login *login, struct adit_span can_continue)
{
    const char *preferred = login->settings.preferred_methods;
    struct adit_span rest = adit_span_text(preferred ? preferred : ADIT_METHODS_DEFAULT);
    struct adit_span method;
    enum adit_login_step step = ADIT_LOGIN_GIVE_UP;

    login->current = NULL;
    while (step == ADIT_LOGIN_GIVE_UP && adit_text_list_next(&rest, &method)) {
        if (!adit_text_list_has(can_continue, method))
            continue;
        if (adit_span_is(method, "publickey") && next_key(login))
            step = step_for(login);
        else if (adit_span_is(method, "keyboard-interactive"))
            step = next_interactive(login);
        else if (adit_span_is(method, "password"))
            step = next_password(login);
    }
    return step;
}

enum adit_login_step adit_login_accepted(const struct adit_login *login)
{
    return is_locked(login->current) ? ADIT_LOGIN_UNLOCK : ADIT_LOGIN_SIGN;
}

enum adit_login_step adit_login_unlocked(const struct adit_login *login, bool was_probed)
{
    return was_probed ? ADIT_LOGIN_SIGN : step_for(login);
}

uint64_t adit_login_answer_ms(const struct adit_login *login)
{
    const bool is_asking =
        login->current == NULL &&
        (login->password_used || login->prompts_used > 0 || login->rounds_begun > 0);

    return is_asking ? ASKING_MS : ANSWER_MS;
}

/* What was left out, and why, when that is the likely remedy. */
static const char *hint(const struct adit_login *login, struct adit_span can_continue)
{
    if (adit_text_list_has(can_continue, adit_span_text("password")) &&
        login->settings.passwords_barred)
        return " (passwords are not sent: the host key is not the known one)";
    if (!adit_text_list_has(can_continue, adit_span_text("publickey")))
        return "";
    if (login->identities.count == 0)
        return " (there was no key to try)";
    for (size_t i = 0; i < login->identities.count; i++) {
        const struct adit_identity *identity = &login->identities.items[i];

        if (is_locked(identity) && !login->settings.can_ask)
            return " (a key is encrypted and its passphrase could not be asked for)";
        if (is_locked(identity) && identity->unopened)
            return " (a key is encrypted and its passphrase was not given)";
    }
    return "";
}

void adit_login_describe(const struct adit_login *login, const char *user,
                         struct adit_span can_continue, struct adit_failure *failure)
{
    char offered[OFFERED_SIZE];
    char name[NAME_SIZE];
    char tried[TRIED_SIZE] = "nothing";
    size_t len = 0;

    if (login->keys_tried > 0)
        len = (size_t)snprintf(tried, sizeof tried, "publickey (%u key%s)", login->keys_tried,
                               login->keys_tried == 1 ? "" : "s");
    if (login->interactive_tried > 0)
        len += (size_t)snprintf(tried + len, sizeof tried - len, "%skeyboard-interactive",
                                len ? ", " : "");
    if (login->passwords_tried > 0)
        (void)snprintf(tried + len, sizeof tried - len, "%spassword", len ? ", " : "");
    adit_failure_set(failure, ADIT_ERR_AUTH, ADIT_LEG_GATEWAY,
                     "login as %s refused%s: tried %s; the server offers %s%s",
                     adit_text_printable(adit_span_text(user), name, sizeof name),
                     login->partial ? " after a first success" : "", tried,
                     can_continue.len > 0
                         ? adit_text_printable(can_continue, offered, sizeof offered)
                         : "nothing",
                     hint(login, can_continue));
}
