/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A descriptor of the process tells of its end, so that no signal handler of the
 * application's is touched. Until then we hold the child's end of the socket
 * too: its owner sees the end of the stream only when the exit code is known.
 */
#include "net/process.h"

#include "base/memory.h"
#include "base/span.h"
#include "net/socket.h"
#include "net/turn.h"
#include "net/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FAREWELL_MS = 250, /* to pass on what the tunnel said last, and go by itself */
    HANG_UP_MS = 2000, /* to tidy up after SIGHUP */
    UNKNOWN_STATUS = -1,
};

struct adit_process {
    struct adit_remnant remnant; /* once it was told to end */
    struct adit_loop *loop;
    struct adit_watch watch; /* of `pid_fd` */
    struct adit_timer *timer;
    pid_t pid;
    int pid_fd;
    int far_fd; /* the child's end of the socket; -1 once it is closed */
    bool given_up;
    bool hung_up;
    bool has_ended;
    int status; /* as waitpid() has it */
};

/* ---- the end ---- */

static void close_far_end(struct adit_process *process)
{
    if (process->far_fd >= 0)
        (void)close(process->far_fd);
    process->far_fd = -1;
}

static void on_watch_closed(struct adit_watch *watch)
{
    free(ADIT_LIST_ENTRY(watch, struct adit_process, watch));
}

static void release(struct adit_process *process)
{
    adit_list_remove(&process->remnant.node);
    adit_timer_free(process->timer);
    adit_watch_close(&process->watch, on_watch_closed);
    (void)close(process->pid_fd);
}

/* Somebody else in this program may have waited for it: then nobody knows how it ended. */
static void reap(struct adit_process *process, int options)
{
    int status = UNKNOWN_STATUS;
    pid_t pid;

    do
        pid = waitpid(process->pid, &status, options);
    while (pid < 0 && errno == EINTR);
    if (pid == 0)
        return;
    process->has_ended = true;
    process->status = pid > 0 ? status : UNKNOWN_STATUS;
    close_far_end(process);
}

static void on_ended(struct adit_watch *watch, unsigned events)
{
    struct adit_process *process = ADIT_LIST_ENTRY(watch, struct adit_process, watch);

    (void)events;
    reap(process, WNOHANG);
    if (!process->has_ended)
        return;
    adit_watch_want(watch, 0);
    if (process->given_up)
        release(process);
}

/* While it is not reaped its number is nobody else's. */
static void send_signal(const struct adit_process *process, int number)
{
    if (!process->has_ended && process->pid > 0)
        (void)kill(process->pid, number);
}

static void on_grace_over(void *arg)
{
    struct adit_process *process = arg;

    send_signal(process, process->hung_up ? SIGKILL : SIGHUP);
    if (!process->hung_up)
        adit_timer_set(process->timer, adit_loop_now_ms(process->loop) + HANG_UP_MS);
    process->hung_up = true;
}

/* The loop has stopped, and with it the timer. */
static void on_loop_free(struct adit_remnant *remnant)
{
    struct adit_process *process = ADIT_LIST_ENTRY(remnant, struct adit_process, remnant);
    struct pollfd ended = { .fd = process->pid_fd, .events = POLLIN };

    if (!process->hung_up && poll(&ended, 1, FAREWELL_MS) != 1)
        send_signal(process, SIGHUP);
    if (poll(&ended, 1, HANG_UP_MS) != 1)
        send_signal(process, SIGKILL);
    reap(process, 0);
    release(process);
}

void adit_process_end(struct adit_process *process)
{
    if (process == NULL)
        return;
    if (process->has_ended) {
        release(process);
        return;
    }
    process->given_up = true;
    close_far_end(process);
    adit_timer_set(process->timer, adit_loop_now_ms(process->loop) + FAREWELL_MS);
    adit_loop_keep(process->loop, &process->remnant);
}

void adit_process_describe_end(const struct adit_process *process,
                               char text[static ADIT_PROCESS_TEXT_SIZE])
{
    const int status = process->status;

    text[0] = '\0';
    if (!process->has_ended)
        return;
    if (status == UNKNOWN_STATUS)
        (void)snprintf(text, ADIT_PROCESS_TEXT_SIZE, "has ended");
    else if (WIFSIGNALED(status))
        (void)snprintf(text, ADIT_PROCESS_TEXT_SIZE, "was killed by signal %d", WTERMSIG(status));
    else
        (void)snprintf(text, ADIT_PROCESS_TEXT_SIZE, "ended with exit code %d",
                       WEXITSTATUS(status));
}

/* ---- the beginning ---- */

static int set_up_descriptors(posix_spawn_file_actions_t *actions, int fd)
{
    int error = posix_spawn_file_actions_adddup2(actions, fd, STDIN_FILENO);

    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, fd, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    return error;
}

/* The loop's thread takes no signals, and programs ignore SIGPIPE: both are not for the child. */
static int set_up_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t defaults;
    int error;

    (void)sigemptyset(&none);
    (void)sigemptyset(&defaults);
    (void)sigaddset(&defaults, SIGPIPE);
    error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0)
        error = posix_spawnattr_setsigdefault(attributes, &defaults);
    if (error == 0)
        error =
            posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return error;
}

/* Returns an errno. `line` is not changed: execve() has it without a const. */
static int spawn(char *line, int fd, pid_t *pid)
{
    const char *shell = secure_getenv("SHELL");
    char dash_c[] = "-c";
    char *path = adit_text_copy(adit_span_text(shell && shell[0] ? shell : _PATH_BSHELL));
    char *const arguments[] = { path, dash_c, line, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = ENOMEM;

    if (path == NULL || posix_spawn_file_actions_init(&actions) != 0)
        goto done;
    if (posix_spawnattr_init(&attributes) == 0) {
        error = set_up_descriptors(&actions, fd);
        if (error == 0)
            error = set_up_signals(&attributes);
        if (error == 0)
            error = posix_spawn(pid, path, &actions, &attributes, arguments, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
done:
    free(path);
    return error;
}

static enum adit_err fail(const char *call, int error, char why[static ADIT_PROCESS_TEXT_SIZE])
{
    char words[64];

    (void)snprintf(why, ADIT_PROCESS_TEXT_SIZE, "%s: %s", call,
                   adit_errno_text(error, words, sizeof words));
    return error == ENOMEM ? ADIT_ERR_NO_MEMORY : ADIT_ERR_SYSTEM;
}

/* Runs the command on the far end. On error nothing runs. */
static enum adit_err run(struct adit_process *process, const char *command,
                         char why[static ADIT_PROCESS_TEXT_SIZE])
{
    static const char exec[] = "exec ";
    const size_t size = sizeof exec + strlen(command);
    char *line = malloc(size);
    int error = ENOMEM;

    if (line != NULL) {
        (void)snprintf(line, size, "%s%s", exec, command);
        error = spawn(line, process->far_fd, &process->pid);
    }
    adit_text_free_secret(line);
    if (error != 0)
        return fail("the shell cannot be started", error, why);
    process->pid_fd = pidfd_open(process->pid, 0);
    if (process->pid_fd >= 0 && adit_watch_open(&process->watch, process->loop, process->pid_fd,
                                                ADIT_WATCH_READ, on_ended) == ADIT_OK)
        return ADIT_OK;
    error = errno;
    if (process->pid_fd >= 0)
        (void)close(process->pid_fd);
    send_signal(process, SIGKILL);
    reap(process, 0);
    return fail("the command cannot be watched", error, why);
}

enum adit_err adit_process_start(struct adit_loop *loop, const char *command, int *fd,
                                 struct adit_process **out, char why[static ADIT_PROCESS_TEXT_SIZE])
{
    struct adit_process *process = adit_new(sizeof *process);
    int pair[2] = { -1, -1 };
    enum adit_err err;

    *fd = -1;
    *out = NULL;
    if (process == NULL)
        return fail("the command", ENOMEM, why);
    process->loop = loop;
    process->far_fd = -1;
    adit_list_init(&process->remnant.node);
    process->remnant.end = on_loop_free;
    err = adit_timer_new(loop, on_grace_over, process, &process->timer);
    if (err) {
        err = fail("the command", ENOMEM, why);
        goto failed;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        err = fail("socketpair", errno, why);
        goto failed;
    }
    process->far_fd = pair[1];
    err = run(process, command, why);
    if (err)
        goto failed;

    (void)fcntl(pair[0], F_SETFL, O_NONBLOCK); /* the command's end blocks, as it expects */
    *fd = pair[0];
    *out = process;
    return ADIT_OK;

failed:
    close_far_end(process);
    if (pair[0] >= 0)
        (void)close(pair[0]);
    adit_timer_free(process->timer);
    free(process);
    return err;
}
