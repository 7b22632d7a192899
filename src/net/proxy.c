/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proxy's answer is looked at before it is read, so that what follows it
 * stays in the socket for whoever gets it next.
 */
#include "net/proxy.h"

#include "base/deadline.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/span.h"
#include "net/proxy_talk.h"
#include "net/socket.h"
#include "net/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE_SIZE = 1024, TEXT_SIZE = ADIT_PROXY_TEXT_SIZE + ADIT_PROXY_SHOWN_SIZE + 320 };

struct adit_proxy {
    struct adit_watch watch;
    struct adit_timer *timer;
    struct adit_proxy_talk talk;
    size_t sent; /* of talk.out */
    int fd;
    adit_dial_fn *done;
    void *arg;
};

/* ---- the end ---- */

static void on_watch_closed(struct adit_watch *watch)
{
    free(ADIT_LIST_ENTRY(watch, struct adit_proxy, watch));
}

/* The descriptor is the caller's. */
static void release(struct adit_proxy *proxy)
{
    adit_timer_free(proxy->timer);
    adit_proxy_talk_clear(&proxy->talk);
    adit_watch_close(&proxy->watch, on_watch_closed);
}

static void succeed(struct adit_proxy *proxy)
{
    adit_dial_fn *done = proxy->done;
    void *arg = proxy->arg;
    const int fd = proxy->fd;

    release(proxy);
    done(arg, fd, ADIT_OK, "");
}

static void fail(struct adit_proxy *proxy, enum adit_err err, const char *why)
{
    adit_dial_fn *done = proxy->done;
    void *arg = proxy->arg;
    const int fd = proxy->fd;
    char shown[ADIT_PROXY_SHOWN_SIZE];
    char text[TEXT_SIZE];

    (void)snprintf(text, sizeof text, "the proxy %s, asked for %s:%u: %s",
                   adit_proxy_url_shown(&proxy->talk.proxy, shown), proxy->talk.host,
                   (unsigned)proxy->talk.port, why);
    release(proxy);
    (void)close(fd);
    done(arg, -1, err, text);
}

static void fail_by_errno(struct adit_proxy *proxy, int error)
{
    char words[64];

    fail(proxy, ADIT_ERR_SYSTEM, adit_errno_text(error, words, sizeof words));
}

static void on_timeout(void *arg)
{
    fail(arg, ADIT_ERR_TIMEOUT, "no answer in time");
}

/* ---- the talk ---- */

/* False: the proxy is gone. */
static bool send_all(struct adit_proxy *proxy)
{
    const struct adit_buffer *out = &proxy->talk.out;

    while (proxy->sent < out->len) {
        const ssize_t n =
            send(proxy->fd, out->data + proxy->sent, out->len - proxy->sent, MSG_NOSIGNAL);

        if (n < 0 && adit_errno_is_again(errno)) {
            adit_watch_want(&proxy->watch, ADIT_WATCH_WRITE);
            return true;
        }
        if (n < 0) {
            fail_by_errno(proxy, errno);
            return false;
        }
        proxy->sent += (size_t)n;
    }
    adit_buffer_empty(&proxy->talk.out);
    proxy->sent = 0;
    adit_watch_want(&proxy->watch, ADIT_WATCH_READ);
    return true;
}

/* Takes a piece of the answer; false: there is none now, or the proxy is gone. */
static bool read_piece(struct adit_proxy *proxy)
{
    uint8_t piece[PIECE_SIZE];
    const ssize_t n = recv(proxy->fd, piece, sizeof piece, MSG_PEEK);
    size_t taken;

    if (n < 0 && adit_errno_is_again(errno))
        return false;
    if (n < 0) {
        fail_by_errno(proxy, errno);
        return false;
    }
    if (n == 0) {
        fail(proxy, ADIT_ERR_DISCONNECTED, "it closed the connection");
        return false;
    }
    taken = adit_proxy_talk_take(&proxy->talk, adit_span_of(piece, (size_t)n));
    if (recv(proxy->fd, piece, taken, 0) != (ssize_t)taken) {
        fail_by_errno(proxy, errno);
        return false;
    }
    return true;
}

static void on_ready(struct adit_watch *watch, unsigned events)
{
    struct adit_proxy *proxy = ADIT_LIST_ENTRY(watch, struct adit_proxy, watch);

    (void)events;
    for (;;) {
        if (proxy->talk.done) {
            succeed(proxy);
            return;
        }
        if (proxy->talk.err) {
            fail(proxy, proxy->talk.err, proxy->talk.why);
            return;
        }
        if (!send_all(proxy) || proxy->talk.out.len > 0)
            return;
        if (!read_piece(proxy))
            return;
    }
}

/* ---- the beginning ---- */

/* NOLINTNEXTLINE(readability-function-size): seven parameters are its contract */
enum adit_err adit_proxy_start(struct adit_loop *loop, int fd, const struct adit_proxy_url *url,
                               const struct adit_dial_settings *target, adit_dial_fn *done,
                               void *arg, struct adit_proxy **out)
{
    struct adit_proxy *proxy = adit_new(sizeof *proxy);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (proxy == NULL)
        goto failed;
    proxy->fd = fd;
    proxy->done = done;
    proxy->arg = arg;
    err = adit_proxy_talk_start(&proxy->talk, url, target->host, target->port);
    if (!err)
        err = adit_timer_new(loop, on_timeout, proxy, &proxy->timer);
    if (!err)
        err = adit_watch_open(&proxy->watch, loop, fd, ADIT_WATCH_WRITE, on_ready);
    if (err)
        goto failed;
    if (target->timeout_ms)
        adit_timer_set(proxy->timer, adit_deadline(adit_loop_now_ms(loop), target->timeout_ms));
    *out = proxy;
    return ADIT_OK;

failed:
    (void)close(fd);
    if (proxy) {
        adit_timer_free(proxy->timer);
        adit_proxy_talk_clear(&proxy->talk);
        free(proxy);
    }
    return err;
}

void adit_proxy_cancel(struct adit_proxy *proxy)
{
    const int fd = proxy->fd;

    release(proxy);
    (void)close(fd);
}
