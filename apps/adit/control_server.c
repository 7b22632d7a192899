/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control_answer.h"
#include "control_folder.h"
#include "wake.h"

enum {
    CLIENTS_MAX = 16,
    REQUEST_MS = 5000,
    ANSWER_MS = 5000,
    PAUSE_MS = 100, /* when no connection can be accepted */
};

struct door {
    int fd; /* -1: closed */
    char path[ADIT_CONTROL_PATH_SIZE];
};

enum { OWN_DOOR, MASTER_DOOR, DOORS };

struct adit_control_server {
    const struct adit_roster *roster;
    struct door doors[DOORS]; /* the listener's, while it runs */
    int orders[2];            /* to the listener: 's' closes the master's door, 'q' ends it */
    pthread_t listener;

    pthread_mutex_t lock;
    pthread_cond_t left;
    unsigned clients; /* under the lock */
    bool is_stopping; /* under the lock */
};

struct visit {
    struct adit_control_server *server;
    int fd;
};

/* ---- one client ---- */

static void leave(struct adit_control_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->clients--;
    (void)pthread_cond_signal(&server->left);
    (void)pthread_mutex_unlock(&server->lock);
}

static void order(struct adit_control_server *server, char what)
{
    while (write(server->orders[1], &what, 1) < 0 && errno == EINTR)
        ;
}

/* As ssh's master without a shell: no new client, and the end when nothing is carried. */
static void begin_to_stop(struct adit_control_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->is_stopping = true;
    (void)pthread_mutex_unlock(&server->lock);
    order(server, 's');
    adit_wake_changed();
}

bool adit_control_server_is_stopping(struct adit_control_server *server)
{
    bool is_stopping;

    if (server == NULL)
        return false;
    (void)pthread_mutex_lock(&server->lock);
    is_stopping = server->is_stopping;
    (void)pthread_mutex_unlock(&server->lock);
    return is_stopping;
}

static void answer(struct adit_control_server *server, int fd)
{
    struct adit_control_request *request = calloc(1, sizeof *request);
    char line[ADIT_CONTROL_LINE_MAX];
    char *text = NULL;
    size_t len = 0;
    bool stops = false;

    if (request != NULL && adit_control_read(fd, line, sizeof line, &len, '\n', REQUEST_MS)) {
        const struct adit_span span = { (const uint8_t *)line, len - 1 };
        const bool parsed = adit_control_request_parse(span, request);

        text = adit_control_answer(server->roster, parsed ? request : NULL, &len);
        stops = parsed && request->verb == ADIT_CONTROL_STOP;
    }
    if (text != NULL)
        (void)adit_control_write(fd, text, len, ANSWER_MS);
    if (stops)
        begin_to_stop(server);
    free(text);
    free(request);
}

static void *receive(void *arg)
{
    struct visit *visit = arg;

    answer(visit->server, visit->fd);
    (void)close(visit->fd);
    leave(visit->server);
    free(visit);
    return NULL;
}

static bool may_enter(struct adit_control_server *server, int fd)
{
    bool may = adit_control_peer_is_trusted(fd);

    (void)pthread_mutex_lock(&server->lock);
    may = may && server->clients < CLIENTS_MAX;
    server->clients += may;
    (void)pthread_mutex_unlock(&server->lock);
    return may;
}

/* A thread that takes no signals. */
static bool start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
    sigset_t all;
    sigset_t before;
    int failed;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(thread, NULL, run, arg);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}

static void admit(struct adit_control_server *server, int fd)
{
    struct visit *visit;
    pthread_t thread;

    if (!may_enter(server, fd)) {
        (void)close(fd);
        return;
    }
    visit = malloc(sizeof *visit);
    if (visit != NULL)
        *visit = (struct visit){ server, fd };
    if (visit != NULL && start_thread(&thread, receive, visit)) {
        (void)pthread_detach(thread);
        return;
    }
    free(visit);
    (void)close(fd);
    leave(server);
}

/* ---- the listener ---- */

static void close_door(struct door *door)
{
    if (door->fd < 0)
        return;
    (void)unlink(door->path);
    (void)close(door->fd);
    door->fd = -1;
}

static void open_door(struct adit_control_server *server, struct door *door)
{
    const int fd = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0)
        admit(server, fd);
    else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        (void)poll(NULL, 0, PAUSE_MS);
}

static void *listen_for_clients(void *arg)
{
    struct adit_control_server *server = arg;
    char what = 0;

    for (;;) {
        struct pollfd fds[DOORS + 1] = {
            { .fd = server->doors[OWN_DOOR].fd, .events = POLLIN },
            { .fd = server->doors[MASTER_DOOR].fd, .events = POLLIN },
            { .fd = server->orders[0], .events = POLLIN },
        };

        if (poll(fds, DOORS + 1, -1) < 0)
            continue; /* EINTR, or ENOMEM for a moment */
        for (size_t i = 0; i < DOORS; i++)
            if (fds[i].revents & POLLIN)
                open_door(server, &server->doors[i]);
        if (!(fds[DOORS].revents & POLLIN) || read(server->orders[0], &what, 1) != 1)
            continue;
        if (what == 'q')
            return NULL;
        close_door(&server->doors[MASTER_DOOR]);
    }
}

/* ---- start and stop ---- */

/* False: not in this folder. */
static bool try_folder(struct door *door, size_t index, char why[static ADIT_CONTROL_WHY_SIZE])
{
    char folder[ADIT_CONTROL_PATH_SIZE];
    int len;

    if (adit_control_folder(index, true, folder, why) != ADIT_CONTROL_FOLDER_GOOD)
        return false;
    len = snprintf(door->path, sizeof door->path, "%s/%ld.sock", folder, (long)getpid());
    if (len > 0 && (size_t)len < sizeof door->path)
        door->fd = adit_control_listen(door->path, why, ADIT_CONTROL_WHY_SIZE);
    else
        (void)snprintf(why, ADIT_CONTROL_WHY_SIZE, "%s: the path is too long", folder);
    return door->fd >= 0;
}

static void find_own_door(struct adit_control_server *server)
{
    char why[ADIT_CONTROL_WHY_SIZE] = "no home folder, or its path is too long";

    for (size_t i = 0; i < ADIT_CONTROL_FOLDERS; i++)
        if (try_folder(&server->doors[OWN_DOOR], i, why))
            return;
    adit_client_say(&server->roster->log, ADIT_LOG_INFO,
                    "adit status cannot tell of this tunnel: %s", why);
}

static void find_master_door(struct adit_control_server *server, const char *path)
{
    struct door *door = &server->doors[MASTER_DOOR];
    char why[ADIT_CONTROL_WHY_SIZE] = "the path is too long";

    if (path == NULL)
        return;
    if (strlen(path) < sizeof door->path) {
        (void)snprintf(door->path, sizeof door->path, "%s", path);
        door->fd = adit_control_listen(path, why, sizeof why);
    }
    if (door->fd < 0)
        adit_client_tell(&server->roster->log, ADIT_LOG_ERROR, "%s, disabling multiplexing", why);
}

static void free_server(struct adit_control_server *server)
{
    for (size_t i = 0; i < DOORS; i++)
        close_door(&server->doors[i]);
    for (size_t i = 0; i < 2; i++)
        if (server->orders[i] >= 0)
            (void)close(server->orders[i]);
    (void)pthread_cond_destroy(&server->left);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}

struct adit_control_server *adit_control_server_start(const struct adit_roster *roster,
                                                      const char *master_path)
{
    struct adit_control_server *server = malloc(sizeof *server);

    if (server == NULL)
        return NULL;
    *server = (struct adit_control_server){
        .roster = roster,
        .doors = { { .fd = -1 }, { .fd = -1 } },
        .orders = { -1, -1 },
    };
    (void)pthread_mutex_init(&server->lock, NULL);
    (void)pthread_cond_init(&server->left, NULL);
    find_own_door(server);
    find_master_door(server, master_path);
    if ((server->doors[OWN_DOOR].fd >= 0 || server->doors[MASTER_DOOR].fd >= 0) &&
        pipe2(server->orders, O_CLOEXEC) == 0 &&
        start_thread(&server->listener, listen_for_clients, server))
        return server;
    free_server(server);
    return NULL;
}

void adit_control_server_stop(struct adit_control_server *server)
{
    if (server == NULL)
        return;
    order(server, 'q');
    (void)pthread_join(server->listener, NULL);
    (void)pthread_mutex_lock(&server->lock);
    while (server->clients > 0)
        (void)pthread_cond_wait(&server->left, &server->lock);
    (void)pthread_mutex_unlock(&server->lock);
    free_server(server);
}
