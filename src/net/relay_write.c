/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's bytes go from the packet they came in straight to the socket.
 * Only what it does not take is copied, and credit for that goes back to the
 * peer when it was taken: so the backlog is never larger than the window.
 */
#include "net/relay_state.h"
#include "net/socket.h"

#include <errno.h>
#include <sys/socket.h>

enum { PIECES_MAX = 16 };

static void taken(struct adit_relay *relay, size_t len)
{
    relay->counts.to_socket += len;
    if (relay->channel == NULL) {
        adit_relay_linger_on(relay);
        return;
    }
    adit_channel_consumed(relay->channel, len);
    adit_link_wake(relay->link);
}

/* How much the socket took, or -1 after the relay has failed. */
static ssize_t send_pieces(struct adit_relay *relay, struct iovec *pieces, size_t count)
{
    const struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
    const ssize_t n = sendmsg(relay->fd, &message, MSG_NOSIGNAL);

    if (n >= 0)
        return n;
    if (adit_errno_is_again(errno))
        return 0;
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

void adit_relay_data(struct adit_relay *relay, struct adit_span data)
{
    ssize_t n = 0;

    if (relay->fd < 0)
        return;
    if (relay->backlog.size == 0) {
        n = send(relay->fd, data.data, data.len, MSG_NOSIGNAL);
        if (n < 0 && !adit_errno_is_again(errno)) {
            adit_relay_fail(relay);
            return;
        }
        if (n < 0)
            n = 0;
        if (n > 0)
            taken(relay, (size_t)n);
    }
    data.data += n;
    data.len -= (size_t)n;
    if (data.len == 0)
        return;
    if (adit_backlog_append(&relay->backlog, data)) {
        adit_relay_fail(relay);
        return;
    }
    adit_relay_watch(relay);
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
    if (n > 0)
        taken(relay, (size_t)n);
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
