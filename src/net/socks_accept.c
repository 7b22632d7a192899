/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes are looked at before they are taken (MSG_PEEK), and only those of
 * the negotiation are: what the client sent behind it waits for the relay.
 */
#include "net/socks_accept.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/span.h"
#include "net/socket.h"
#include "net/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    NEGOTIATION_MS = 60 * 1000,
    DROP_SIZE = 4096, /* of what a refused client has sent, as much is dropped at a time… */
    DROPS_MAX = 16,   /* …and so often at most */
};

struct adit_socks_accept {
    struct adit_watch watch;
    struct adit_timer *timer;
    adit_socks_accept_fn *done;
    void *arg;
    int fd;
    struct adit_socks socks;
};

/* ---- the end ---- */

static void on_watch_closed(struct adit_watch *watch)
{
    free(ADIT_LIST_ENTRY(watch, struct adit_socks_accept, watch));
}

/* The descriptor is the caller's now; the struct is there until the next turn of the loop. */
static int release(struct adit_socks_accept *accept)
{
    adit_timer_free(accept->timer);
    accept->timer = NULL;
    adit_watch_close(&accept->watch, on_watch_closed);
    return accept->fd;
}

static void finish(struct adit_socks_accept *accept, int fd, const char *text)
{
    accept->done(accept->arg, fd, &accept->socks, text);
}

static void give_up(struct adit_socks_accept *accept, const char *text)
{
    (void)close(release(accept));
    finish(accept, -1, text);
}

static void on_timer(void *arg)
{
    give_up(arg, "it took too long to say where it wants to go");
}

void adit_socks_accept_cancel(struct adit_socks_accept *accept)
{
    (void)close(release(accept));
}

/* ---- words ---- */

bool adit_socks_say(int fd, const struct adit_socks_answer *answer)
{
    return send(fd, answer->bytes, answer->len, MSG_NOSIGNAL | MSG_DONTWAIT) ==
           (ssize_t)answer->len;
}

/*
 * To close a socket that has unread bytes is to reset it, and a reset takes away
 * from the client what it has not read yet.
 */
void adit_socks_say_and_close(int fd, const struct adit_socks_answer *answer)
{
    char dropped[DROP_SIZE];

    (void)adit_socks_say(fd, answer);
    (void)shutdown(fd, SHUT_WR);
    for (int i = 0; i < DROPS_MAX && recv(fd, dropped, sizeof dropped, MSG_DONTWAIT) > 0; i++)
        continue;
    (void)close(fd);
}

/* ---- the negotiation ---- */

/* Hands on the outcome, if there is one; the struct may be gone then. */
static void settle(struct adit_socks_accept *accept, const struct adit_socks_answer *answer)
{
    if (accept->socks.state == ADIT_SOCKS_BROKEN) {
        adit_socks_say_and_close(release(accept), answer);
        finish(accept, -1,
               answer->len ? "it asked for what is not offered" : "it does not speak SOCKS");
        return;
    }
    if (answer->len && !adit_socks_say(accept->fd, answer)) {
        give_up(accept, "it does not take an answer");
        return;
    }
    if (accept->socks.state == ADIT_SOCKS_ASKED)
        finish(accept, release(accept), "");
}

static void on_ready(struct adit_watch *watch, unsigned events)
{
    struct adit_socks_accept *accept = ADIT_LIST_ENTRY(watch, struct adit_socks_accept, watch);
    uint8_t bytes[ADIT_SOCKS_MESSAGE_MAX];
    struct adit_socks_answer answer;
    const ssize_t n = recv(accept->fd, bytes, sizeof bytes, MSG_PEEK);
    size_t taken;

    (void)events;
    if (n < 0 && adit_errno_is_again(errno))
        return;
    if (n <= 0) {
        give_up(accept, "it went without saying where it wants to go");
        return;
    }
    taken = adit_socks_take(&accept->socks, adit_span_of(bytes, (size_t)n), &answer);
    if (recv(accept->fd, bytes, taken, 0) != (ssize_t)taken) {
        give_up(accept, "its socket is broken"); /* what was there a moment ago is gone */
        return;
    }
    settle(accept, &answer);
}

enum adit_err adit_socks_accept_start(struct adit_loop *loop, int fd, adit_socks_accept_fn *done,
                                      void *arg, struct adit_socks_accept **out)
{
    struct adit_socks_accept *accept = adit_new(sizeof *accept);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (accept == NULL)
        goto failed;
    err = adit_timer_new(loop, on_timer, accept, &accept->timer);
    if (err)
        goto failed;
    err = adit_watch_open(&accept->watch, loop, fd, ADIT_WATCH_READ, on_ready);
    if (err)
        goto failed;
    accept->fd = fd;
    accept->done = done;
    accept->arg = arg;
    adit_timer_set(accept->timer, adit_loop_now_ms(loop) + NEGOTIATION_MS);
    *out = accept;
    return ADIT_OK;

failed:
    if (accept != NULL)
        adit_timer_free(accept->timer);
    free(accept);
    (void)close(fd);
    return err;
}
