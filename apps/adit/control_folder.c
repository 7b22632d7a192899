/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_folder.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service_unit.h"

enum { PASSWD_SIZE = 16 * 1024, OWN_SIZE = 48 };

/* ---- the places ---- */

static bool print_path(char out[static ADIT_CONTROL_PATH_SIZE], const char *base, const char *rest)
{
    const int len = snprintf(out, ADIT_CONTROL_PATH_SIZE, "%s%s", base, rest);

    return len > 0 && len < ADIT_CONTROL_PATH_SIZE;
}

static bool is_own(const char *path, struct stat *st)
{
    return stat(path, st) == 0 && S_ISDIR(st->st_mode) && st->st_uid == geteuid();
}

/* NULL: there is none, or it is another user's, as after su. */
static const char *find_runtime(struct stat *st)
{
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");

    return runtime != NULL && runtime[0] == '/' && is_own(runtime, st) ? runtime : NULL;
}

static void print_own(char out[static OWN_SIZE], const char *base)
{
    (void)snprintf(out, OWN_SIZE, "%s/%lu", base, (unsigned long)geteuid());
}

/* Whoever has made a world of his own, as a test does, is alone there. */
static bool is_apart(void)
{
    char own[OWN_SIZE];
    struct stat runtime;
    struct stat login;

    if (find_runtime(&runtime) == NULL)
        return false;
    print_own(own, "/run/user");
    return !is_own(own, &login) || login.st_dev != runtime.st_dev || login.st_ino != runtime.st_ino;
}

static bool of_login(char out[static ADIT_CONTROL_PATH_SIZE])
{
    char own[OWN_SIZE];
    struct stat st;
    const char *runtime = find_runtime(&st);

    if (runtime != NULL)
        return print_path(out, runtime, "/adit");
    print_own(own, "/run/user");
    return is_own(own, &st) && print_path(out, own, "/adit");
}

static bool of_units(char out[static ADIT_CONTROL_PATH_SIZE])
{
    char own[OWN_SIZE];
    struct stat st;

    print_own(own, "/run/" ADIT_SERVICE_RUNTIME);
    return !is_apart() && is_own(own, &st) && print_path(out, own, "");
}

/* As the configuration's "~": the system's idea of it first. */
static bool of_home(char out[static ADIT_CONTROL_PATH_SIZE])
{
    char memory[PASSWD_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;
    const char *home = secure_getenv("HOME");

    if (is_apart())
        return false;
    if (getpwuid_r(geteuid(), &entry, memory, sizeof memory, &found) == 0 && found != NULL)
        home = entry.pw_dir;
    return home != NULL && home[0] == '/' && print_path(out, home, "/.local/state/adit/run");
}

/* False: there is no such place, and nobody can listen in it. */
static bool (*const places[ADIT_CONTROL_FOLDERS])(char out[static ADIT_CONTROL_PATH_SIZE]) = {
    of_login,
    of_units,
    of_home,
};

/* ---- one of them ---- */

/* Each folder on the way that is not there, for us alone. Why it ends before the last one, or 0. */
static int make_folders(const char *path)
{
    char part[ADIT_CONTROL_PATH_SIZE];
    int failure = 0;

    for (size_t i = 1; path[i - 1] != '\0'; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) == 0 || errno == EEXIST)
            failure = 0;
        else if (failure == 0)
            failure = errno;
    }
    return failure;
}

enum adit_control_folder adit_control_folder(size_t index, bool make,
                                             char out[static ADIT_CONTROL_PATH_SIZE],
                                             char why[static ADIT_CONTROL_WHY_SIZE])
{
    struct stat st;
    int failure;

    if (!places[index](out))
        return ADIT_CONTROL_FOLDER_NONE;
    failure = make ? make_folders(out) : 0;
    if (lstat(out, &st) != 0) {
        if (!make && errno == ENOENT)
            return ADIT_CONTROL_FOLDER_NONE;
        (void)snprintf(why, ADIT_CONTROL_WHY_SIZE, "%s: %s", out,
                       strerrordesc_np(failure ? failure : errno));
        return ADIT_CONTROL_FOLDER_BAD;
    }
    if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & (S_IRWXG | S_IRWXO)))
        return ADIT_CONTROL_FOLDER_GOOD;
    (void)snprintf(why, ADIT_CONTROL_WHY_SIZE,
                   "%s: must be a folder of ours that nobody else may use", out);
    return ADIT_CONTROL_FOLDER_BAD;
}
