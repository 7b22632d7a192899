/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration is read as the unit will read it: with --user by a process
 * that is that user. What "Match exec" runs there is not root's to run.
 */
#include "service_name.h"

#include "adit/tunnel.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "known_name.h"

enum { WHY_SIZE = 512, ENTRY_SIZE = 16384 };

static bool is_known(const char *name)
{
    struct adit_tunnel_settings settings;
    struct adit_failure failure = { 0 };
    char why[WHY_SIZE];
    bool known = false;

    adit_tunnel_settings_init(&settings);
    if (adit_tunnel_settings_load(&settings, name, &failure))
        (void)adit_service_fail("%s: %s", name, failure.text);
    else if (adit_name_is_known(settings.loaded, NULL, why, sizeof why))
        known = true;
    else
        (void)adit_service_fail("%s: %s", name, why);
    adit_tunnel_settings_clear(&settings);
    return known;
}

static bool become(const char *user)
{
    char memory[ENTRY_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;

    return getpwnam_r(user, &entry, memory, sizeof memory, &found) == 0 && found != NULL &&
           initgroups(user, found->pw_gid) == 0 && setgid(found->pw_gid) == 0 &&
           setuid(found->pw_uid) == 0;
}

static bool is_known_to(const char *user, const char *name)
{
    int status = 0;
    pid_t pid;

    (void)fflush(NULL);
    pid = fork();
    if (pid == 0) {
        if (!become(user))
            _exit(adit_service_fail("%s: %s", user, strerrordesc_np(errno)));
        _exit(is_known(name) ? 0 : 1);
    }
    if (pid < 0)
        return adit_service_fail("%s", strerrordesc_np(errno)) == 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return adit_service_fail("%s", strerrordesc_np(errno)) == 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool adit_service_name_is_known(const struct adit_service_line *line)
{
    return line->user ? is_known_to(line->user, line->name) : is_known(line->name);
}
