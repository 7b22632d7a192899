/* SPDX-License-Identifier: BSD-2-Clause */
/* Units on disk: only what adit wrote is replaced or removed. */
#include "service_command.h"

#include "adit/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service_manager.h"
#include "service_name.h"
#include "service_unit.h"

enum {
    PATH_SIZE = 4096,
    WHY_SIZE = PATH_SIZE + 256,
    ENTRY_SIZE = 16384,
    NOT_RUNNING = 3,
    NO_SUCH_UNIT = 4
};

struct place {
    bool system;
    char unit[ADIT_SERVICE_UNIT_SIZE];
    char path[PATH_SIZE];
};

enum owner { NOBODY, OURS, FOREIGN };

/* ---- where the unit is ---- */

static bool user_folder(char out[static PATH_SIZE])
{
    const char *config = secure_getenv("XDG_CONFIG_HOME");
    const char *home = secure_getenv("HOME");

    if (config && config[0] == '/')
        return snprintf(out, PATH_SIZE, "%s/systemd/user", config) < PATH_SIZE;
    return home && home[0] == '/' &&
           snprintf(out, PATH_SIZE, "%s/.config/systemd/user", home) < PATH_SIZE;
}

static bool find_place(const struct adit_service_line *line, struct place *place)
{
    char folder[PATH_SIZE] = "/etc/systemd/system";

    place->system = line->system;
    if (!adit_service_unit_name(line->name, place->unit))
        return adit_service_fail("\"%s\" cannot be the name of a unit", line->name) == 0;
    if (!line->system && !user_folder(folder))
        return adit_service_fail("neither HOME nor XDG_CONFIG_HOME says where your units are") == 0;
    if (snprintf(place->path, PATH_SIZE, "%s/%s", folder, place->unit) >= PATH_SIZE)
        return adit_service_fail("%s: %s", folder, strerrordesc_np(ENAMETOOLONG)) == 0;
    return true;
}

/* The text of a unit that is there, as far as it has room. */
static enum owner read_unit(const char *path, char text[static ADIT_SERVICE_TEXT_SIZE])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
    ssize_t len;

    text[0] = '\0';
    if (fd < 0)
        return errno == ENOENT ? NOBODY : FOREIGN;
    len = read(fd, text, ADIT_SERVICE_TEXT_SIZE - 1);
    (void)close(fd);
    text[len > 0 ? len : 0] = '\0';
    return strncmp(text, adit_service_mark, strlen(adit_service_mark)) == 0 ? OURS : FOREIGN;
}

/* As mkdir -p does, but for the last name. */
static bool make_folders(const char *path)
{
    char folder[PATH_SIZE];

    (void)snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0755) != 0 && errno != EEXIST)
            return adit_service_fail("%s: %s", folder, strerrordesc_np(errno)) == 0;
        *slash = '/';
    }
    return true;
}

/* ---- what is to stand in it ---- */

static bool find_program(char out[static PATH_SIZE])
{
    const ssize_t len = readlink("/proc/self/exe", out, PATH_SIZE - 1);

    if (len <= 0)
        return adit_service_fail("/proc/self/exe: %s", strerrordesc_np(errno)) == 0;
    out[len] = '\0';
    if (access(out, X_OK) != 0)
        return adit_service_fail("%s: %s", out, strerrordesc_np(errno)) == 0;
    return true;
}

static bool find_user(const char *user, char home[static PATH_SIZE], unsigned long *uid)
{
    char memory[ENTRY_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;

    if (getpwnam_r(user, &entry, memory, sizeof memory, &found) != 0 || found == NULL)
        return adit_service_fail("there is no user \"%s\"", user) == 0;
    (void)snprintf(home, PATH_SIZE, "%s", found->pw_dir);
    *uid = found->pw_uid;
    return true;
}

static bool write_text(const struct adit_service_line *line,
                       char text[static ADIT_SERVICE_TEXT_SIZE])
{
    char program[PATH_SIZE];
    char home[PATH_SIZE] = "";
    struct adit_service_unit unit = { program, line->name, line->user, home, 0 };

    if (!find_program(program) || (line->user && !find_user(line->user, home, &unit.uid)))
        return false;
    if (!adit_service_unit_write(&unit, text))
        return adit_service_fail("%s: the path of adit has characters that are not plain",
                                 program) == 0;
    return true;
}

/* ---- the manager ---- */

/* Runs systemctl, or says how; 0: done, or somebody else's turn. */
static int ask_manager(const struct place *place, const char *const first[],
                       const char *const second[])
{
    const char *const *const both[] = { first, second };

    if (!adit_service_manager_runs(place->system)) {
        (void)printf("No service manager of %s runs here. Where one does, type:\n",
                     place->system ? "the machine" : "yours");
        for (size_t i = 0; i < 2; i++)
            if (both[i])
                adit_service_manager_print(place->system, both[i]);
        return 0;
    }
    for (size_t i = 0; i < 2; i++) {
        const int code = both[i] ? adit_service_manager_run(place->system, both[i]) : 0;

        if (code < 0)
            return adit_service_fail("systemctl: %s", strerrordesc_np(errno));
        if (code)
            return adit_service_fail("systemctl %s failed", both[i][0]);
    }
    return 0;
}

/* A user's manager ends with the last login, unless it lingers. */
static void tell_of_lingering(void)
{
    char memory[ENTRY_SIZE];
    char path[PATH_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;

    if (getpwuid_r(getuid(), &entry, memory, sizeof memory, &found) != 0 || found == NULL)
        return;
    (void)snprintf(path, sizeof path, "/var/lib/systemd/linger/%s", found->pw_name);
    if (access(path, F_OK) != 0)
        (void)printf("It runs while you are logged in; to have it always: loginctl enable-linger "
                     "%s\n",
                     found->pw_name);
}

/* ---- the subcommands ---- */

int adit_service_install(const struct adit_service_line *line)
{
    static char text[ADIT_SERVICE_TEXT_SIZE];
    static char before[ADIT_SERVICE_TEXT_SIZE];
    struct place place;
    const char *const reload[] = { "daemon-reload", NULL };
    const char *const enable[] = { "enable", "--now", "--no-block", place.unit, NULL };
    char why[WHY_SIZE];
    enum owner owner;
    int code;

    if (!find_place(line, &place) || !write_text(line, text))
        return 1;
    if (line->print)
        return fputs(text, stdout) < 0 || fflush(stdout) != 0;
    if (!adit_service_name_is_known(line))
        return 1;
    owner = read_unit(place.path, before);
    if (owner == FOREIGN && !line->force)
        return adit_service_fail("%s was not written by adit; --force overwrites it", place.path);
    if (!make_folders(place.path))
        return 1;
    if (adit_file_create(place.path, (struct adit_span){ (const uint8_t *)text, strlen(text) },
                         0644, owner == OURS || line->force, why, sizeof why))
        return adit_service_fail("%s", why);
    (void)printf("%s is written.\n", place.path);
    (void)fflush(stdout);
    code = ask_manager(&place, reload, enable);
    if (code == 0 && !line->system)
        tell_of_lingering();
    return code;
}

int adit_service_status(const struct adit_service_line *line)
{
    static char text[ADIT_SERVICE_TEXT_SIZE];
    struct place place;
    const char *const words[] = { "--no-pager", "status", place.unit, NULL };
    enum owner owner;
    int code;

    if (!find_place(line, &place))
        return 1;
    owner = read_unit(place.path, text);
    if (owner == NOBODY) {
        (void)printf("%s is not installed.\n", place.unit);
        return NO_SUCH_UNIT;
    }
    (void)printf("%s%s\n", place.path, owner == OURS ? "" : " (not written by adit)");
    (void)fflush(stdout);
    if (!adit_service_manager_runs(place.system)) {
        (void)printf("No service manager of %s runs here.\n",
                     place.system ? "the machine" : "yours");
        return NOT_RUNNING;
    }
    code = adit_service_manager_run(place.system, words);
    return code < 0 ? adit_service_fail("systemctl: %s", strerrordesc_np(errno)) : code;
}

int adit_service_remove(const struct adit_service_line *line)
{
    static char text[ADIT_SERVICE_TEXT_SIZE];
    struct place place;
    const char *const disable[] = { "disable", "--now", place.unit, NULL };
    const char *const reload[] = { "daemon-reload", NULL };
    enum owner owner;

    if (!find_place(line, &place))
        return 1;
    owner = read_unit(place.path, text);
    if (owner == NOBODY)
        return adit_service_fail("%s is not installed", place.unit);
    if (owner == FOREIGN && !line->force)
        return adit_service_fail("%s was not written by adit; --force removes it", place.path);
    /* The manager first: it knows by the file what to stop. */
    if (adit_service_manager_runs(place.system) && ask_manager(&place, disable, NULL))
        return 1;
    if (unlink(place.path) != 0)
        return adit_service_fail("%s: %s", place.path, strerrordesc_np(errno));
    (void)printf("%s is removed.\n", place.path);
    (void)fflush(stdout);
    return adit_service_manager_runs(place.system) ? ask_manager(&place, reload, NULL) : 0;
}
