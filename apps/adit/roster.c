/* SPDX-License-Identifier: BSD-2-Clause */
#include "roster.h"

#include <string.h>

struct adit_member *adit_roster_find(const struct adit_roster *roster, const char *name)
{
    if (name[0] == '\0')
        return roster->count == 1 ? roster->members : NULL;
    for (size_t i = 0; i < roster->count; i++)
        if (strcmp(roster->members[i].name, name) == 0)
            return &roster->members[i];
    return NULL;
}

bool adit_roster_is_ready(const struct adit_roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        if (!adit_member_has_ended(&roster->members[i]) &&
            !adit_member_is_ready(&roster->members[i]))
            return false;
    return true;
}

bool adit_roster_has_ended(const struct adit_roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        if (!adit_member_has_ended(&roster->members[i]))
            return false;
    return true;
}

static void *dismiss(void *arg)
{
    adit_member_dismiss(arg);
    return NULL;
}

/* Each on a thread of its own: what one waits for is not the next one's. */
void adit_roster_dismiss(const struct adit_roster *roster)
{
    pthread_t threads[ADIT_OPTIONS_NAMES_MAX];
    bool started[ADIT_OPTIONS_NAMES_MAX];

    for (size_t i = 0; i < roster->count; i++) {
        started[i] = pthread_create(&threads[i], NULL, dismiss, &roster->members[i]) == 0;
        if (!started[i])
            adit_member_dismiss(&roster->members[i]);
    }
    for (size_t i = 0; i < roster->count; i++)
        if (started[i])
            (void)pthread_join(threads[i], NULL);
}
