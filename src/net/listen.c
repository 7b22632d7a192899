/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections are taken in batches. Out of descriptors, nothing is polled for a
 * second: what waits would be reported again and again.
 */
#include "net/listen.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "net/bind.h"
#include "net/socket.h"
#include "net/unix_socket.h"
#include "net/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ACCEPTS_MAX = 64, /* in a row, then it is the others' turn */
    PAUSE_MS = 1000,
    NAME_SIZE = 160,
    OWNER_ONLY = 0600,
};

struct watched {
    struct adit_watch watch;
    struct adit_listener *listener;
    int fd;
};

struct adit_listener {
    struct adit_loop *loop;
    const struct adit_log *log;
    adit_accept_fn *accepted;
    void *arg;
    struct adit_timer *pause;
    uint16_t port;
    char *path; /* of a socket in the file system; or NULL */
    struct adit_unix_file file;
    bool short_of_descriptors; /* and the log knows */
    bool freed;
    unsigned open_watches;
    size_t count;
    struct watched sockets[];
};

/* ---- connections ---- */

static void want(struct adit_listener *listener, unsigned events)
{
    for (size_t i = 0; i < listener->count; i++)
        adit_watch_want(&listener->sockets[i].watch, events);
}

static void on_pause_over(void *arg)
{
    want(arg, ADIT_WATCH_READ);
}

/* "port 3306", or the path. */
static const char *name(const struct adit_listener *listener, char out[static NAME_SIZE])
{
    if (listener->path)
        return adit_text_printable(adit_span_text(listener->path), out, NAME_SIZE);
    (void)snprintf(out, NAME_SIZE, "port %u", listener->port);
    return out;
}

static void pause_accepting(struct adit_listener *listener, int error)
{
    char shown[NAME_SIZE];
    char words[64];

    if (!listener->short_of_descriptors)
        adit_log_line(listener->log, ADIT_LOG_ERROR, "%s: cannot accept: %s; trying again",
                      name(listener, shown), adit_errno_text(error, words, sizeof words));
    listener->short_of_descriptors = true;
    want(listener, 0);
    adit_timer_set(listener->pause, adit_loop_now_ms(listener->loop) + PAUSE_MS);
}

static bool is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* Whether the next one may be taken. The listener may be freed, but its memory is still there. */
static bool accept_one(struct adit_listener *listener, int listening_fd)
{
    struct adit_sockaddr peer = { .len = sizeof peer.storage };
    char shown[NAME_SIZE];
    const int fd = accept4(listening_fd, (struct sockaddr *)&peer.storage, &peer.len,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (is_shortage(errno))
            pause_accepting(listener, errno);
        /* The others, but for EAGAIN, are troubles of one connection that is gone. */
        return !is_shortage(errno) && errno != EAGAIN && errno != EINVAL;
    }
    if (listener->short_of_descriptors) {
        listener->short_of_descriptors = false;
        adit_log_line(listener->log, ADIT_LOG_INFO, "%s: accepting again", name(listener, shown));
    }
    listener->accepted(listener->arg, fd, adit_sockaddr_get(&peer));
    return !listener->freed;
}

static void on_ready(struct adit_watch *watch, unsigned events)
{
    struct watched *socket = ADIT_LIST_ENTRY(watch, struct watched, watch);
    unsigned left = ACCEPTS_MAX;

    (void)events;
    while (left && accept_one(socket->listener, socket->fd))
        left--;
}

/* ---- life ---- */

static void delete_listener(struct adit_listener *listener)
{
    free(listener->path);
    free(listener);
}

/* The memory goes back with the last watch. */
static void on_watch_closed(struct adit_watch *watch)
{
    struct adit_listener *listener = ADIT_LIST_ENTRY(watch, struct watched, watch)->listener;

    if (--listener->open_watches == 0)
        delete_listener(listener);
}

/* The sockets stay the caller's on error. */
static enum adit_err watch_sockets(struct adit_listener *listener, const int *fds, size_t count)
{
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; i < count && err == ADIT_OK; i++) {
        struct watched *socket = &listener->sockets[i];

        socket->listener = listener;
        socket->fd = fds[i];
        adit_socket_no_delay(fds[i]); /* what is accepted inherits it */
        err = adit_watch_open(&socket->watch, listener->loop, fds[i], ADIT_WATCH_READ, on_ready);
        if (err == ADIT_OK)
            listener->count = ++listener->open_watches;
    }
    return err;
}

/* Of one that could not be made: the sockets stay the caller's. */
static void release(struct adit_listener *listener)
{
    adit_timer_free(listener->pause);
    for (size_t i = 0; i < listener->count; i++)
        adit_watch_close(&listener->sockets[i].watch, on_watch_closed);
    if (listener->count == 0)
        delete_listener(listener);
}

static enum adit_err listen_at(struct adit_listener **out, struct adit_loop *loop, const int *fds,
                               size_t count)
{
    struct adit_listener *listener =
        adit_new(sizeof *listener + count * sizeof listener->sockets[0]);
    enum adit_err err;

    if (listener == NULL)
        return ADIT_ERR_NO_MEMORY;
    listener->loop = loop;
    listener->port = adit_bound_port(fds[0]);
    err = adit_timer_new(loop, on_pause_over, listener, &listener->pause);
    if (err == ADIT_OK)
        err = watch_sockets(listener, fds, count);
    if (err) {
        release(listener);
        return err;
    }
    *out = listener;
    return ADIT_OK;
}

/* Sets what adit_bind() sets, and *file. */
static enum adit_err bind_path(const struct adit_listen_settings *settings,
                               struct adit_listening *out, struct adit_unix_file *file, char *text,
                               size_t text_size)
{
    const mode_t mode = settings->socket_mode ? (mode_t)settings->socket_mode : OWNER_ONLY;
    const int fd = adit_unix_listen(settings->address, mode, settings->unlink_first, file);
    char shown[NAME_SIZE];
    char words[100];

    out->count = 0;
    if (fd < 0) {
        const char *why = adit_errno_text(errno, words, sizeof words);

        (void)snprintf(text, text_size, "listen at %s: %s",
                       adit_text_printable(adit_span_text(settings->address), shown, sizeof shown),
                       why);
        return ADIT_ERR_SYSTEM;
    }
    out->fds[out->count++] = fd;
    return ADIT_OK;
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters are its contract */
enum adit_err adit_listener_new(struct adit_loop *loop, const struct adit_listen_settings *settings,
                                adit_accept_fn *accepted, void *arg, char *text, size_t text_size,
                                struct adit_listener **out)
{
    struct adit_listening listening;
    struct adit_unix_file file = { 0 };
    const bool is_path = adit_is_path(settings->address);
    char *path = NULL;
    enum adit_err err = is_path ? bind_path(settings, &listening, &file, text, text_size)
                                : adit_bind(settings, &listening, text, text_size);

    *out = NULL;
    if (err)
        return err;
    if (is_path) {
        path = adit_text_copy(adit_span_text(settings->address));
        err = path ? ADIT_OK : ADIT_ERR_NO_MEMORY;
    }
    if (!err)
        err = listen_at(out, loop, listening.fds, listening.count);
    if (err) {
        if (is_path)
            adit_unix_remove(settings->address, &file);
        free(path);
        adit_listening_close(&listening);
        (void)snprintf(text, text_size, "listen: %s", adit_err_text(err));
        return err;
    }
    (*out)->path = path;
    (*out)->file = file;
    (*out)->log = settings->log;
    (*out)->accepted = accepted;
    (*out)->arg = arg;
    return ADIT_OK;
}

uint16_t adit_listener_port(const struct adit_listener *listener)
{
    return listener->port;
}

void adit_listener_free(struct adit_listener *listener)
{
    if (listener == NULL)
        return;
    listener->freed = true;
    if (listener->path)
        adit_unix_remove(listener->path, &listener->file);
    adit_timer_free(listener->pause);
    /* In this order: a socket that another process has too would stay in the poller. */
    for (size_t i = 0; i < listener->count; i++) {
        adit_watch_close(&listener->sockets[i].watch, on_watch_closed);
        (void)close(listener->sockets[i].fd);
    }
}
