/* SPDX-License-Identifier: BSD-2-Clause */
/* What a tunnel says to the application and asks of it; from any thread. */
#ifndef ADIT_TUNNEL_USER_H
#define ADIT_TUNNEL_USER_H

#include "adit/tunnel.h"
#include "base/list.h"
#include "base/log.h"
#include "net/interrupt.h"
#include "tunnel/passphrases.h"

#include <pthread.h>
#include <stdatomic.h>

/* The levels of adit_log_fn. */
enum {
    ADIT_SAY_ERROR,
    ADIT_SAY_INFO,
    ADIT_SAY_DEBUG1,
    ADIT_SAY_DEBUG2,
    ADIT_SAY_DEBUG3,
};

#define ADIT_ANSWER_SIZE 1024 /* bytes of an answer with its NUL */

struct adit_user {
    pthread_mutex_t turn; /* of whoever asks, this tunnel or a jump host: a user takes his time */
    pthread_mutex_t lock; /* one line at a time, whichever thread has it; and what is kept */
    int log_level;
    adit_log_fn *log;
    adit_prompt_fn *prompt; /* NULL: nobody can be asked */
    void *data;
    bool keeps_answers;        /* for later logins of the same tunnel */
    atomic_bool is_unattended; /* only what was answered before is answered */
    struct adit_list kept;     /* answers */
    size_t kept_count;
    struct adit_passphrases *passphrases; /* the runtime's; NULL: none are kept */
    struct adit_log net_log;              /* for net/, which speaks in sshd's levels */
    struct adit_interrupt interrupt; /* fired: no answer is wanted, the agent's or the user's */
};

void adit_user_init(struct adit_user *user, const struct adit_tunnel_settings *settings);
void adit_user_clear(struct adit_user *user);
/* Whoever listened is gone: nothing more is said or asked. */
void adit_user_silence(struct adit_user *user);

/* One line, without a newline. Text of the peer in it must be printable already. */
void adit_user_say(struct adit_user *user, int level, const char *format, ...) ADIT_FORMAT(3, 4);

/*
 * Asks, on the thread that calls and after whoever is asking; false: no answer is
 * to be had, or nobody wants it any more. The caller wipes `answer` in any case.
 * The same question has the same answer later, when nobody is there: what was
 * asked for the first login is in memory until the tunnel ends. Passphrases are
 * not kept here but by key (passphrases.h).
 */
bool adit_user_ask(struct adit_user *user, enum adit_prompt_kind kind, const char *text,
                   char answer[static ADIT_ANSWER_SIZE]);
/* Asks although the tunnel is up: for what comes right after the first login. */
bool adit_user_ask_now(struct adit_user *user, enum adit_prompt_kind kind, const char *text,
                       char answer[static ADIT_ANSWER_SIZE]);

#endif
