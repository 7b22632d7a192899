/* SPDX-License-Identifier: BSD-2-Clause */
/* The names are looked up on the thread of the caller, before there is a tunnel or a loop. */
#include "tunnel/config_files.h"

#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <netdb.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WARNING_LEVEL = 1, /* info */
    NOTE_LEVEL = 2,    /* debug1 */
    PASSWD_SIZE = 16 * 1024,
};

static enum adit_err read_file(void *user, const char *path, struct adit_buffer *out, char *why,
                               size_t why_size)
{
    const struct adit_config_reader *reader = user;

    return adit_file_read(path, reader->care, out, why, why_size);
}

static enum adit_err find_files(void *user, const char *pattern, struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;
    glob_t found = { 0 };

    (void)user;
    /*
     * Sorted. What cannot be looked into holds no match. Only GLOB_TILDE would
     * make this unsafe beside other threads.
     */
    if (glob(pattern, 0, NULL, &found) == 0) /* NOLINT(concurrency-mt-unsafe) */
        for (size_t i = 0; i < found.gl_pathc && err == ADIT_OK; i++)
            err = adit_buffer_append(
                out, adit_span_of(found.gl_pathv[i], strlen(found.gl_pathv[i]) + 1));
    globfree(&found);
    return err;
}

static void note(void *user, const char *line)
{
    const struct adit_config_reader *reader = user;

    if (reader->log != NULL && reader->log_level >= NOTE_LEVEL)
        reader->log(reader->log_user, NOTE_LEVEL, line);
}

static void warn(void *user, const char *line)
{
    const struct adit_config_reader *reader = user;

    if (reader->log != NULL && reader->log_level >= WARNING_LEVEL)
        reader->log(reader->log_user, WARNING_LEVEL, line);
}

static const char *variable(void *user, const char *name)
{
    (void)user;
    return getenv(name); /* NOLINT(concurrency-mt-unsafe): nobody here sets one */
}

/* As ssh: with the user's shell, nothing to read, and only its complaints to be seen. */
static pid_t start_shell(const char *command)
{
    static char name[] = "sh";
    static char option[] = "-c";
    const char *shell = secure_getenv("SHELL");
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    char *argv[] = { name, option, NULL, NULL };
    pid_t pid = -1;

    memcpy(&argv[2], &command, sizeof command);
    if (shell == NULL || shell[0] == '\0')
        shell = "/bin/sh";
    if (posix_spawn_file_actions_init(&files) != 0)
        return -1;
    if (posix_spawnattr_init(&attributes) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return -1;
    }
    (void)sigemptyset(&defaults);
    (void)sigaddset(&defaults, SIGPIPE);
    if (posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawnattr_setsigdefault(&attributes, &defaults) != 0 ||
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF) != 0 ||
        posix_spawn(&pid, shell, &files, &attributes, argv, environ) != 0)
        pid = -1;
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&files);
    return pid;
}

static enum adit_err run(void *user, const char *command, bool *succeeded)
{
    const pid_t pid = start_shell(command);
    int status = 0;

    (void)user;
    *succeeded = false;
    if (pid < 0)
        return ADIT_ERR_SYSTEM;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return ADIT_ERR_SYSTEM;
    *succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return ADIT_OK;
}

static enum adit_err home_of(void *user, const char *name, struct adit_buffer *out)
{
    char memory[PASSWD_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;

    (void)user;
    if (getpwnam_r(name, &entry, memory, sizeof memory, &found) != 0 || found == NULL)
        return ADIT_ERR_NOT_FOUND;
    return adit_buffer_append(out, adit_span_text(entry.pw_dir));
}

static enum adit_err address(void *user, const char *text, struct adit_buffer *out)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char host[NI_MAXHOST];
    enum adit_err err = ADIT_ERR_NOT_FOUND;

    (void)user;
    if (getaddrinfo(text, NULL, &hints, &found) != 0)
        return ADIT_ERR_NOT_FOUND;
    if (getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, NULL, 0,
                    NI_NUMERICHOST) == 0)
        err = adit_buffer_append(out, adit_span_text(host));
    freeaddrinfo(found);
    return err;
}

static enum adit_err look_up(void *user, const char *name, struct adit_buffer *out)
{
    const struct addrinfo hints = { .ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    enum adit_err err = ADIT_OK;

    (void)user;
    if (getaddrinfo(name, NULL, &hints, &found) != 0)
        return ADIT_ERR_NOT_FOUND;
    if (found->ai_canonname != NULL)
        err = adit_buffer_append(out, adit_span_text(found->ai_canonname));
    freeaddrinfo(found);
    return err;
}

void adit_config_reader_init(struct adit_config_reader *reader,
                             const struct adit_tunnel_settings *settings)
{
    *reader = (struct adit_config_reader){
        .files = { .user = reader,
                   .read_file = read_file,
                   .glob = find_files,
                   .note = note,
                   .warn = warn,
                   .variable = variable,
                   .run = run,
                   .home_of = home_of,
                   .address = address,
                   .look_up = look_up },
        .log = settings->log,
        .log_level = settings->log_level,
        .log_user = settings->user_data,
    };
}
