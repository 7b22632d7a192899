/* SPDX-License-Identifier: BSD-2-Clause */
#include "user_sessions.h"

#include <stdio.h>
#include <string.h>

void adit_user_sessions_init(struct adit_user_sessions *sessions)
{
    (void)pthread_mutex_init(&sessions->lock, NULL);
    for (size_t i = 0; i < ADIT_USER_SESSIONS_BUCKETS; i++)
        adit_list_init(&sessions->buckets[i]);
}

void adit_user_sessions_clear(struct adit_user_sessions *sessions)
{
    (void)pthread_mutex_destroy(&sessions->lock);
}

void adit_user_session_init(struct adit_user_session *session)
{
    adit_list_init(&session->node);
}

/* FNV-1a. Only who may log in has a name here. */
static struct adit_list *bucket(struct adit_user_sessions *sessions, const char *user)
{
    uint32_t hash = 0x811c9dc5;

    for (; *user != '\0'; user++)
        hash = (hash ^ (uint8_t)*user) * 0x01000193;
    return &sessions->buckets[hash % ADIT_USER_SESSIONS_BUCKETS];
}

static bool has_fewer(struct adit_list *bucket, const char *user, unsigned max)
{
    unsigned count = 0;

    for (struct adit_list *node = bucket->next; node != bucket && count < max; node = node->next)
        count += strcmp(ADIT_LIST_ENTRY(node, struct adit_user_session, node)->user, user) == 0;
    return count < max;
}

bool adit_user_session_enter(struct adit_user_sessions *sessions, struct adit_user_session *session,
                             const char *user, unsigned max)
{
    struct adit_list *list = bucket(sessions, user);
    bool enters;

    (void)snprintf(session->user, sizeof session->user, "%s", user);
    (void)pthread_mutex_lock(&sessions->lock);
    enters = max == 0 || has_fewer(list, user, max);
    if (enters)
        adit_list_append(list, &session->node);
    (void)pthread_mutex_unlock(&sessions->lock);
    return enters;
}

void adit_user_session_leave(struct adit_user_sessions *sessions, struct adit_user_session *session)
{
    (void)pthread_mutex_lock(&sessions->lock);
    adit_list_remove(&session->node);
    (void)pthread_mutex_unlock(&sessions->lock);
}
