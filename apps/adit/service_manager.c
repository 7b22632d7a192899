/* SPDX-License-Identifier: BSD-2-Clause */
#include "service_manager.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 8, PATH_SIZE = 4096 };

bool adit_service_manager_runs(bool system)
{
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
    char path[PATH_SIZE];

    if (system)
        return access("/run/systemd/system", F_OK) == 0;
    if (runtime == NULL)
        return false;
    return snprintf(path, sizeof path, "%s/systemd/private", runtime) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

/* The words with systemctl before them; spawn wants them as char *. */
static void fill(char *argv[static WORDS_MAX + 1], bool system, const char *const words[])
{
    static char systemctl[] = "systemctl";
    static char user[] = "--user";
    size_t count = 0;

    argv[count++] = systemctl;
    if (!system)
        argv[count++] = user;
    while (*words && count < WORDS_MAX)
        memcpy(&argv[count++], words++, sizeof *words);
    argv[count] = NULL;
}

int adit_service_manager_run(bool system, const char *const words[])
{
    char *argv[WORDS_MAX + 1];
    int status = 0;
    pid_t child;

    fill(argv, system, words);
    errno = posix_spawnp(&child, argv[0], NULL, NULL, argv, environ);
    if (errno)
        return -1;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* For a shell: the name of a unit may have backslashes. */
void adit_service_manager_print(bool system, const char *const words[])
{
    (void)printf("    systemctl%s", system ? "" : " --user");
    for (; *words; words++)
        (void)printf(strchr(*words, '\\') ? " '%s'" : " %s", *words);
    (void)putchar('\n');
}
