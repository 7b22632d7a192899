/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/guard.h"

#include "base/span.h"
#include "base/text.h"
#include "net/peer_user.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

enum {
    QUIET_MS = 1000,
    PASSWD_SIZE = 16 * 1024,
    WHY_SIZE = 128,
    MORE_SIZE = 64,
};

/* "self", a number, or a name. */
static bool find_user(const char *name, uint32_t *user)
{
    char memory[PASSWD_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;
    uint64_t number;

    if (strcmp(name, "self") == 0) {
        *user = geteuid();
        return true;
    }
    if (adit_text_to_number(adit_span_text(name), UINT32_MAX, &number) == ADIT_OK) {
        *user = (uint32_t)number;
        return true;
    }
    if (getpwnam_r(name, &entry, memory, sizeof memory, &found) != 0 || found == NULL)
        return false;
    *user = entry.pw_uid;
    return true;
}

enum adit_err adit_guard_init(struct adit_guard *guard, const struct adit_tunnel_settings *settings,
                              struct adit_failure *failure)
{
    *guard = (struct adit_guard){ .count = settings->forward_allow_user_count };
    for (size_t i = 0; i < guard->count; i++)
        if (!find_user(settings->forward_allow_users[i], &guard->users[i]))
            return adit_failure_return(failure, ADIT_ERR_USAGE, ADIT_LEG_CLIENT,
                                       "ForwardAllowUsers: there is no user \"%s\"",
                                       settings->forward_allow_users[i]);
    return ADIT_OK;
}

bool adit_guard_has(const struct adit_guard *guard, uint32_t user)
{
    for (size_t i = 0; i < guard->count; i++)
        if (guard->users[i] == user)
            return true;
    return guard->count == 0;
}

/* Once a second at most: whoever is refused may try as often as they like. */
static void tell(const struct adit_forward *forward, const char *why)
{
    struct adit_tunnel *t = forward->tunnel;
    struct adit_guard *guard = &t->guard;
    const uint64_t now_ms = adit_loop_now_ms(adit_runtime_loop(t->runtime));
    char more[MORE_SIZE] = "";
    char place[ADIT_TARGET_SIZE];

    if (now_ms < guard->quiet_until_ms) {
        guard->untold++;
        return;
    }
    if (guard->untold)
        (void)snprintf(more, sizeof more, " (after %" PRIu64 " others)", guard->untold);
    adit_user_say(&t->user, ADIT_SAY_INFO, "a connection to %s was refused%s: %s",
                  adit_forward_place(forward, place), more, why);
    guard->untold = 0;
    guard->quiet_until_ms = now_ms + QUIET_MS;
}

bool adit_guard_admits(const struct adit_forward *forward, int fd)
{
    const struct adit_guard *guard = &forward->tunnel->guard;
    char why[WHY_SIZE] = "the system does not tell whose it is";
    uint32_t user = 0;
    enum adit_err err;

    if (guard->count == 0)
        return true;
    err = adit_peer_user(fd, &user);
    if (err == ADIT_OK && adit_guard_has(guard, user))
        return true;
    if (err == ADIT_OK)
        (void)snprintf(why, sizeof why, "it is not for user %" PRIu32 " (ForwardAllowUsers)", user);
    else if (err == ADIT_ERR_NOT_FOUND)
        (void)snprintf(why, sizeof why,
                       "it comes from another machine, or whoever made it is gone already");
    tell(forward, why);
    return false;
}
