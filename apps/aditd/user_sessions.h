/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MaxUserSessions: how many sessions each user has. All sessions stand in the
 * table of their names' buckets, nothing is allocated; any thread may ask.
 */
#ifndef ADITD_USER_SESSIONS_H
#define ADITD_USER_SESSIONS_H

#include "base/list.h"
#include "users.h"

#include <pthread.h>

#define ADIT_USER_SESSIONS_BUCKETS 1024

/* Part of its owner's struct, which takes it out before it goes. */
struct adit_user_session {
    struct adit_list node;
    char user[ADIT_USER_SIZE];
};

struct adit_user_sessions {
    pthread_mutex_t lock; /* over the rest */
    struct adit_list buckets[ADIT_USER_SESSIONS_BUCKETS];
};

void adit_user_sessions_init(struct adit_user_sessions *sessions);
void adit_user_sessions_clear(struct adit_user_sessions *sessions);

void adit_user_session_init(struct adit_user_session *session);

/* Counts one more of this user; false: there are `max` already. 0 is without limit. */
ADIT_MUST_USE bool adit_user_session_enter(struct adit_user_sessions *sessions,
                                           struct adit_user_session *session, const char *user,
                                           unsigned max);
/* Harmless for one that has not entered, and for one that has left. */
void adit_user_session_leave(struct adit_user_sessions *sessions,
                             struct adit_user_session *session);

#endif
