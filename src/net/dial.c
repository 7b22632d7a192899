/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses are tried in their order, IPv6 and IPv4 by turns, the next one when one has failed or has
 * not answered for a moment (RFC 8305, 5): the first that connects wins, and the
 * others are dropped. So an address that swallows packets costs a quarter of a
 * second and not the whole time; nor, once another one has refused, does it
 * keep who would rather try again soon: a gateway that is being restarted
 * refuses on the one and is silent on the other.
 */
#include "net/dial.h"

#include "base/deadline.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "net/dial_failure.h"
#include "net/dial_source.h"
#include "net/resolve.h"
#include "net/sockaddr.h"
#include "net/socket.h"
#include "net/turn.h"
#include "net/unix_socket.h"
#include "net/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    NEXT_ATTEMPT_MS = 250,
    BUSY_MS = 20,
    /* For the silent ones after a refusal: the second SYN goes out after one second. */
    AFTER_REFUSAL_MS = 2000,
};

struct adit_dial {
    struct adit_loop *loop;
    char *host;
    char *bind_address;
    char *bind_interface;
    struct adit_dial_settings settings; /* its texts are the three above */
    adit_dial_fn *done;
    void *arg;

    struct adit_resolve *resolve; /* while it is under way */
    struct adit_sockaddrs addresses;
    size_t next; /* the address to be tried next */
    struct adit_list attempts;
    struct adit_task begin; /* puts the first attempt off until the caller has returned */
    struct adit_timer *timer;
    uint64_t deadline_ms;
    bool refused; /* somebody is there, and says no */
    struct adit_dial_failure failure;
};

struct attempt {
    struct adit_list node;
    struct adit_watch watch;
    struct adit_dial *dial;
    size_t index; /* of its address */
    int fd;
};

/* ---- the end ---- */

static void on_attempt_closed(struct adit_watch *watch)
{
    free(ADIT_LIST_ENTRY(watch, struct attempt, watch));
}

/* Returns the descriptor, which is the caller's now. */
static int attempt_take(struct attempt *attempt)
{
    const int fd = attempt->fd;

    adit_list_remove(&attempt->node);
    adit_watch_close(&attempt->watch, on_attempt_closed);
    return fd;
}

static void dial_free(struct adit_dial *dial)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&dial->attempts)) != NULL)
        (void)close(attempt_take(ADIT_LIST_ENTRY(node, struct attempt, node)));
    adit_task_cancel(&dial->begin);
    adit_resolve_cancel(dial->resolve);
    adit_timer_free(dial->timer);
    free(dial->host);
    free(dial->bind_address);
    free(dial->bind_interface);
    free(dial);
}

static void succeed(struct adit_dial *dial, int fd)
{
    adit_dial_fn *done = dial->done;
    void *arg = dial->arg;

    adit_socket_no_delay(fd);
    if (dial->settings.tcp_keepalive)
        adit_socket_keep_alive(fd);
    dial_free(dial);
    done(arg, fd, ADIT_OK, "");
}

static void fail(struct adit_dial *dial)
{
    const struct adit_dial_failure failure = dial->failure;
    char text[ADIT_DIAL_TEXT_SIZE];
    adit_dial_fn *done = dial->done;
    void *arg = dial->arg;

    adit_dial_failure_text(&failure, dial->host, dial->settings.port, text);
    dial_free(dial);
    done(arg, -1, failure.err, text);
}

/* ---- attempts ---- */

static void try_next(struct adit_dial *dial);

static void attempt_failed(struct adit_dial *dial, size_t index, int error)
{
    adit_dial_failure_add(&dial->failure, adit_sockaddr_get(&dial->addresses.list[index]), error);
    dial->refused = dial->refused || error == ECONNREFUSED;
}

static void on_attempt_ready(struct adit_watch *watch, unsigned events)
{
    struct attempt *attempt = ADIT_LIST_ENTRY(watch, struct attempt, watch);
    struct adit_dial *dial = attempt->dial;
    const size_t index = attempt->index;
    const int fd = attempt_take(attempt);
    int error = 0;
    socklen_t len = sizeof error;

    (void)events;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
        error = errno;
    if (error == 0) {
        succeed(dial, fd);
        return;
    }
    (void)close(fd);
    attempt_failed(dial, index, error);
    try_next(dial);
}

/* A socket on its way to the address, or -1 with errno, which may be one of dial_failure.h. */
static int open_socket(const struct adit_dial *dial, const struct adit_sockaddr *address)
{
    const int family = address->storage.ss_family;
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error;

    if (fd < 0)
        return -1;
    error = family == AF_UNIX
                ? 0
                : adit_dial_source_bind(fd, family, dial->bind_address, dial->bind_interface);
    if (error == EADDRNOTAVAIL)
        error = ADIT_DIAL_NO_SOURCE;
    if (error == 0 && connect(fd, adit_sockaddr_get(address), address->len) && errno != EINPROGRESS)
        error = errno;
    if (error == 0)
        return fd;
    (void)close(fd);
    errno = error;
    return -1;
}

/* A neighbour on this host has answered by now: that saves a turn of the loop. */
static bool is_connected(int fd)
{
    struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

    return poll(&poll_fd, 1, 0) == 1 && poll_fd.revents == POLLOUT;
}

/* Watches a socket that is on its way, and takes it over on success. */
static enum adit_err attempt_new(struct adit_dial *dial, size_t index, int fd)
{
    struct attempt *attempt = adit_new(sizeof *attempt);

    if (attempt == NULL ||
        adit_watch_open(&attempt->watch, dial->loop, fd, ADIT_WATCH_WRITE, on_attempt_ready)) {
        free(attempt);
        return ADIT_ERR_NO_MEMORY;
    }
    attempt->dial = dial;
    attempt->index = index;
    attempt->fd = fd;
    adit_list_init(&attempt->node);
    adit_list_append(&dial->attempts, &attempt->node);
    return ADIT_OK;
}

/* BUSY: a socket in the file system has no room for one more connection at the moment. */
enum outcome { CONNECTED, UNDER_WAY, FAILED, BUSY };

/* CONNECTED: the dial is gone. */
static enum outcome try_address(struct adit_dial *dial, size_t index)
{
    const struct adit_sockaddr *address = &dial->addresses.list[index];
    int fd;

    if (dial->settings.permitted &&
        !dial->settings.permitted(dial->arg, adit_sockaddr_get(address))) {
        attempt_failed(dial, index, ADIT_DIAL_NOT_PERMITTED);
        return FAILED;
    }
    fd = open_socket(dial, address);
    if (fd < 0 && errno == EAGAIN && address->storage.ss_family == AF_UNIX)
        return BUSY;
    if (fd < 0) {
        attempt_failed(dial, index, errno);
        return FAILED;
    }
    if (is_connected(fd)) {
        succeed(dial, fd);
        return CONNECTED;
    }
    if (attempt_new(dial, index, fd) == ADIT_OK)
        return UNDER_WAY;
    (void)close(fd);
    attempt_failed(dial, index, ENOMEM);
    return FAILED;
}

/* Until the next attempt, if there is one to come, or until the end. */
static void set_timer(struct adit_dial *dial)
{
    const uint64_t now_ms = adit_loop_now_ms(dial->loop);
    const uint64_t next_ms = now_ms + NEXT_ATTEMPT_MS;
    const bool more = dial->next < dial->addresses.count;

    if (!more && dial->refused && now_ms + AFTER_REFUSAL_MS < dial->deadline_ms)
        dial->deadline_ms = now_ms + AFTER_REFUSAL_MS;
    adit_timer_set(dial->timer, more && next_ms < dial->deadline_ms ? next_ms : dial->deadline_ms);
}

/* The dial may be gone when this returns. */
static void try_next(struct adit_dial *dial)
{
    enum outcome outcome = FAILED;

    while (outcome == FAILED && dial->next < dial->addresses.count)
        outcome = try_address(dial, dial->next++);
    if (outcome == CONNECTED)
        return;
    if (outcome == BUSY) {
        dial->next--;
        adit_timer_set(dial->timer, adit_loop_now_ms(dial->loop) + BUSY_MS);
        return;
    }
    if (adit_list_is_empty(&dial->attempts))
        fail(dial);
    else
        set_timer(dial);
}

/* ---- what moves it on ---- */

static void time_out(struct adit_dial *dial)
{
    struct adit_list *node = dial->attempts.next;

    if (dial->resolve)
        adit_dial_failure_look_up(&dial->failure, ADIT_ERR_TIMEOUT, "no answer in time");
    else if (adit_list_is_empty(&dial->attempts))
        attempt_failed(dial, dial->next, ADIT_DIAL_NO_ANSWER); /* it was busy all the time */
    for (; node != &dial->attempts; node = node->next)
        attempt_failed(dial, ADIT_LIST_ENTRY(node, struct attempt, node)->index,
                       ADIT_DIAL_NO_ANSWER);
    fail(dial);
}

static void on_timer(void *arg)
{
    struct adit_dial *dial = arg;

    if (adit_loop_now_ms(dial->loop) < dial->deadline_ms)
        try_next(dial);
    else
        time_out(dial);
}

static void begin(struct adit_dial *dial)
{
    if (dial->settings.looked_up && dial->addresses.count > 0)
        dial->settings.looked_up(dial->arg, &dial->addresses);
    try_next(dial);
}

static void on_begin(struct adit_task *task)
{
    struct adit_dial *dial = ADIT_LIST_ENTRY(task, struct adit_dial, begin);

    if (dial->addresses.count == 0)
        adit_dial_failure_look_up(&dial->failure, ADIT_ERR_NOT_FOUND, "too long for a socket");
    begin(dial);
}

static void on_resolved(void *arg, const struct adit_sockaddrs *addresses, const char *failure)
{
    struct adit_dial *dial = arg;

    dial->resolve = NULL;
    if (failure) {
        adit_dial_failure_look_up(&dial->failure, ADIT_ERR_NOT_FOUND, failure);
        fail(dial);
        return;
    }
    dial->addresses = *addresses;
    begin(dial);
}

/* ---- the beginning ---- */

/* NULL stays NULL. */
static enum adit_err copy_text(const char *text, char **out)
{
    *out = text ? adit_text_copy(adit_span_text(text)) : NULL;
    return text && *out == NULL ? ADIT_ERR_NO_MEMORY : ADIT_OK;
}

static enum adit_err copy_settings(struct adit_dial *dial,
                                   const struct adit_dial_settings *settings)
{
    enum adit_err err = copy_text(settings->host, &dial->host);

    if (err == ADIT_OK)
        err = copy_text(settings->bind_address, &dial->bind_address);
    if (err == ADIT_OK)
        err = copy_text(settings->bind_interface, &dial->bind_interface);
    dial->settings = *settings;
    dial->settings.host = dial->host;
    dial->settings.bind_address = dial->bind_address;
    dial->settings.bind_interface = dial->bind_interface;
    return err;
}

static bool needs_no_look_up(struct adit_dial *dial)
{
    const struct adit_dial_settings *settings = &dial->settings;

    if (settings->port == 0 && adit_is_path(dial->host)) {
        dial->addresses.count = adit_unix_address(dial->host, &dial->addresses.list[0]);
        return true;
    }
    return adit_sockaddr_parse(dial->host, settings->port, settings->family, &dial->addresses);
}

enum adit_err adit_dial_start(struct adit_loop *loop, const struct adit_dial_settings *settings,
                              adit_dial_fn *done, void *arg, struct adit_dial **out)
{
    struct adit_dial *dial = adit_new(sizeof *dial);
    const struct adit_resolve_name name = { settings->host, settings->port, settings->family,
                                            settings->asker };
    const uint64_t now_ms = adit_loop_now_ms(loop);
    enum adit_err err;

    *out = NULL;
    if (dial == NULL)
        return ADIT_ERR_NO_MEMORY;
    dial->loop = loop;
    dial->done = done;
    dial->arg = arg;
    dial->deadline_ms =
        settings->timeout_ms ? adit_deadline(now_ms, settings->timeout_ms) : UINT64_MAX;
    adit_list_init(&dial->attempts);
    adit_task_init(&dial->begin, on_begin);
    err = copy_settings(dial, settings);
    if (err)
        goto failed;
    err = adit_timer_new(loop, on_timer, dial, &dial->timer);
    if (err)
        goto failed;
    if (needs_no_look_up(dial))
        adit_task_schedule(loop, &dial->begin);
    else
        err = adit_resolve_start(loop, &name, on_resolved, dial, &dial->resolve);
    if (err)
        goto failed;
    adit_timer_set(dial->timer, dial->deadline_ms);
    *out = dial;
    return ADIT_OK;

failed:
    dial_free(dial);
    return err;
}

void adit_dial_cancel(struct adit_dial *dial)
{
    dial_free(dial);
}
