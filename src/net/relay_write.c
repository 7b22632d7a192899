/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's bytes go from the packet they came in straight to the socket.
 * Only what it does not take is copied, and credit for that goes back to the
 * peer when it was taken: so the backlog is never larger than the window, but
 * for one delivery whose credit went ahead of it.
 */
#include "base/span.h"
#include "net/relay_state.h"
#include "net/socket.h"

#include <errno.h>
#include <sys/socket.h>

enum {
    PIECES_MAX = 16,
    AHEAD_MIN = 16 * 1024, /* a short question is not worth it, and does not wait for it */
};

static void taken(struct adit_relay *relay, size_t len)
{
    const size_t credited = len < relay->ahead ? len : relay->ahead;

    relay->counts.to_socket += len;
    relay->ahead -= credited;
    if (relay->channel == NULL) {
        adit_relay_linger_on(relay);
        return;
    }
    if (len > credited)
        adit_channel_consumed(relay->channel, len - credited);
    adit_link_wake(relay->link);
}

/*
 * To write wakes the target up, which takes its time. With little on its way
 * for low delay's sake the peer waits for credit meanwhile: it may have that
 * first, where the socket has taken all so far, so that nothing is ahead yet
 * (docs/decisions/0030).
 */
static void credit_ahead(struct adit_relay *relay, size_t len)
{
    if (len < AHEAD_MIN || relay->channel == NULL || !relay->link->talk.on)
        return;
    relay->ahead = len;
    adit_channel_consumed(relay->channel, len);
    adit_link_write_ahead(relay->link);
}

/*
 * What the target said before it went is still to be read. The peer gets no credit for what is
 * dropped, so it sends no more than its window. The write has taken the socket's error, which the
 * read would have told; EPIPE says that an end was there before it.
 */
static void go_deaf(struct adit_relay *relay, int error)
{
    relay->deaf = true;
    relay->cut_off = error != EPIPE;
    relay->broken = true;
    relay->counts.aborted = true;
    adit_relay_drop_backlog(relay);
    adit_relay_readable(relay);
    adit_relay_check_patience(relay);
}

/* How much the socket took, or -1 after the relay has failed or gone deaf. */
static ssize_t send_pieces(struct adit_relay *relay, struct iovec *pieces, size_t count)
{
    const struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
    const ssize_t n = sendmsg(relay->fd, &message, MSG_NOSIGNAL);

    if (n >= 0)
        return n;
    if (adit_errno_is_again(errno))
        return 0;
    if (relay->channel && relay->to_channel == ADIT_HALF_OPEN)
        go_deaf(relay, errno);
    else
        adit_relay_fail(relay);
    return -1;
}

/* The backlog is empty and the peer will send no more. */
static void shut_down(struct adit_relay *relay)
{
    relay->to_socket = ADIT_HALF_DONE;
    (void)shutdown(relay->fd, SHUT_WR);
    adit_relay_check_done(relay);
}

/* What is behind the first `sent` bytes of the pieces waits for the socket. */
static enum adit_err keep(struct adit_relay *relay, const struct adit_gather *gather, size_t sent)
{
    if (relay->backlog.size == 0)
        relay->took_ms = adit_loop_now_ms(relay->loop);
    for (size_t i = 0; i < gather->count; i++) {
        struct adit_span piece = gather->pieces[i];
        const size_t skip = sent < piece.len ? sent : piece.len;
        enum adit_err err;

        sent -= skip;
        if (skip == piece.len)
            continue;
        piece = adit_span_of(piece.data + skip, piece.len - skip);
        err = adit_backlog_append(&relay->backlog, piece);
        if (err)
            return err;
        adit_relay_hold(relay, (int64_t)piece.len);
    }
    return ADIT_OK;
}

static void deliver(struct adit_relay *relay, const struct adit_gather *gather)
{
    struct iovec pieces[ADIT_GATHER_MAX];
    size_t len = 0;
    ssize_t n = 0;

    for (size_t i = 0; i < gather->count; i++) {
        pieces[i] = adit_socket_piece(gather->pieces[i]);
        len += gather->pieces[i].len;
    }
    if (relay->backlog.size == 0) {
        credit_ahead(relay, len);
        n = send_pieces(relay, pieces, gather->count);
        if (n < 0)
            return;
        if (n > 0)
            taken(relay, (size_t)n);
    }
    if ((size_t)n == len)
        return;
    if (keep(relay, gather, (size_t)n)) {
        adit_relay_fail(relay);
        return;
    }
    adit_relay_watch(relay);
}

void adit_relay_data(struct adit_gather *gather)
{
    struct adit_relay *relay = gather->relay;

    gather->relay = NULL;
    if (relay && relay->fd >= 0 && !relay->deaf)
        deliver(relay, gather);
}

void adit_relay_flush(struct adit_relay *relay)
{
    struct iovec pieces[PIECES_MAX];
    size_t count;
    ssize_t n;

    if (relay->fd < 0 || relay->backlog.size == 0)
        return;
    count = adit_backlog_pieces(&relay->backlog, pieces, PIECES_MAX);
    n = send_pieces(relay, pieces, count);
    if (n < 0)
        return;
    adit_backlog_drop(&relay->backlog, (size_t)n);
    adit_relay_hold(relay, -(int64_t)n);
    if (n > 0) {
        relay->took_ms = adit_loop_now_ms(relay->loop);
        taken(relay, (size_t)n);
    }
    adit_relay_watch(relay);
    if (relay->backlog.size)
        return;
    if (relay->channel == NULL)
        adit_relay_check_done(relay);
    else if (relay->to_socket == ADIT_HALF_ENDING)
        shut_down(relay);
}

void adit_relay_eof(struct adit_relay *relay)
{
    if (relay->fd < 0 || relay->to_socket != ADIT_HALF_OPEN)
        return;
    relay->to_socket = ADIT_HALF_ENDING;
    if (relay->backlog.size == 0)
        shut_down(relay);
}

void adit_relay_give(struct adit_relay *relay, struct adit_span bytes, bool eof)
{
    struct adit_gather gather = { .relay = relay, .pieces = { bytes }, .count = 1 };

    if (bytes.len > 0)
        adit_relay_data(&gather);
    if (eof)
        adit_relay_eof(relay);
}
