/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What to try next to log in (RFC 4252). Pure: it looks at what the server
 * takes, what is at hand and what was tried, and every step uses something up,
 * so a server that only ever says no comes to the end of it.
 */
#ifndef ADIT_TUNNEL_LOGIN_H
#define ADIT_TUNNEL_LOGIN_H

#include "tunnel/identities.h"

#define ADIT_METHODS_DEFAULT "publickey,keyboard-interactive,password"

struct adit_login_settings {
    const char *preferred_methods; /* NULL: ADIT_METHODS_DEFAULT */
    bool has_password;             /* one from the settings, used once */
    bool can_ask;
    unsigned password_prompts;
    bool passwords_barred; /* the host key was not the known one */
};

struct adit_login {
    struct adit_login_settings settings;
    struct adit_identities identities;
    struct adit_identity *current; /* of the publickey step that runs */
    bool password_used;
    unsigned prompts_used;
    unsigned rounds_begun; /* of keyboard-interactive */
    bool partial;          /* a method succeeded, more is wanted */
    /* Counted by the caller, when the server was really asked. */
    unsigned keys_tried;
    unsigned passwords_tried;
    unsigned interactive_tried;
};

enum adit_login_step {
    ADIT_LOGIN_PROBE,        /* would the server take login->current? */
    ADIT_LOGIN_SIGN,         /* log in with login->current */
    ADIT_LOGIN_UNLOCK,       /* get its private half first */
    ADIT_LOGIN_PASSWORD,     /* the one of the settings */
    ADIT_LOGIN_ASK_PASSWORD, /* one from the user */
    ADIT_LOGIN_INTERACTIVE,  /* let the server ask */
    ADIT_LOGIN_GIVE_UP,
};

/* After a refusal or at the start; `can_continue` is what the server takes. */
enum adit_login_step adit_login_next(struct adit_login *login, struct adit_span can_continue);
/* After the probe of login->current was answered with yes. */
enum adit_login_step adit_login_accepted(const struct adit_login *login);
/* After login->current was unlocked. */
enum adit_login_step adit_login_unlocked(const struct adit_login *login, bool was_probed);

/* For so long the server's answer to the step that runs, or to the first question, is waited for. */
uint64_t adit_login_answer_ms(const struct adit_login *login);

/* "login as tunnel refused: tried publickey (2 keys); the server offers password". */
void adit_login_describe(const struct adit_login *login, const char *user,
                         struct adit_span can_continue, struct adit_failure *failure);

#endif
