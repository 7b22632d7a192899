/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One read, one write. The output is kept small: what has become a packet has
 * its place in the stream, and a short question that comes later must queue
 * behind it. So the relays may fill no more than the socket has shown to take,
 * and nothing while it is full.
 */
#include "net/link_state.h"
#include "net/relay_state.h"
#include "net/socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

enum {
    BATCH_MIN = 64 * 1024,
    BATCH_MAX = 512 * 1024,
    SPANS_MAX = 64,
    READS_MAX = 2, /* in a row, then it is the others' turn */
};

/* The clock is read only when the session has a use for it. */
static void tell_us(struct adit_link *link)
{
    if (adit_session_measures(link->session))
        adit_session_tell_us(link->session, uv_hrtime() / 1000);
}

/* ---- in ---- */

/* What the peer said instead of its identification tells more than how it went. */
static void fail(struct adit_link *link, const char *call, int error)
{
    if (!adit_session_has_prelude(link->session)) {
        adit_link_fail(link, call, error);
        return;
    }
    adit_session_input_closed(link->session);
    adit_link_drain(link);
}

/* Whether it is worth reading once more. */
static bool read_once(struct adit_link *link)
{
    uint8_t *buf;
    size_t cap;
    ssize_t n;

    adit_session_input_buffer(link->session, &buf, &cap);
    if (cap == 0)
        return false;
    n = read(link->in, buf, cap);
    if (n < 0) {
        if (!adit_errno_is_again(errno))
            fail(link, "read", errno);
        return false;
    }
    link->moved += (size_t)n;
    if (n == 0)
        adit_session_input_closed(link->session);
    else
        adit_session_input_filled(link->session, (size_t)n);
    adit_link_drain(link);
    return n > 0 && (size_t)n == cap;
}

void adit_link_read(struct adit_link *link)
{
    unsigned left = READS_MAX;

    adit_session_advance(link->session, adit_loop_now_ms(link->loop));
    tell_us(link);
    while (left && read_once(link))
        left--;
}

/*
 * Too much lies here for others to take. An exchange goes on all the same: it has its time, and
 * what comes before it is within the windows.
 */
static bool must_pause(const struct adit_link *link)
{
    return link->held && !adit_window_memory_hold(link->memory, 0) &&
           !adit_session_is_exchanging(link->session);
}

void adit_link_note_silence(struct adit_link *link)
{
    const uint64_t now_ms = adit_loop_now_ms(link->loop);
    const uint64_t silent_ms = adit_socket_silent_ms(link->in);

    adit_session_heard(link->session, now_ms > silent_ms ? now_ms - silent_ms : 0);
}

void adit_link_watch(struct adit_link *link)
{
    unsigned in = 0;
    const unsigned out = link->write_blocked ? ADIT_WATCH_WRITE : 0;

    link->paused = must_pause(link);
    if (adit_session_takes_input(link->session) && !link->paused)
        in = ADIT_WATCH_READ;
    if (link->in == link->out) {
        adit_watch_want(&link->watch_in, in | out);
        return;
    }
    adit_watch_want(&link->watch_in, in);
    adit_watch_want(&link->watch_out, out);
}

/* ---- out ---- */

static void fill_output(struct adit_link *link)
{
    struct adit_ring_entry *entry;

    while (adit_session_output_size(link->session) < link->batch &&
           (entry = adit_ring_next(&link->ring)) != NULL)
        adit_relay_fill(ADIT_LIST_ENTRY(entry, struct adit_relay, turn));
}

static ssize_t write_pieces(struct adit_link *link, struct iovec *pieces, size_t count)
{
    const struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };

    if (link->out_is_socket) {
        const ssize_t n = sendmsg(link->out, &message, MSG_NOSIGNAL);
        if (n >= 0 || errno != ENOTSOCK)
            return n;
        link->out_is_socket = false;
    }
    return writev(link->out, pieces, (int)count);
}

/*
 * The peer has gone. It may have said why before: that stands in our receive
 * buffer, and it is the better reason.
 */
static void on_write_failed(struct adit_link *link, int error)
{
    link->write_broken = true;
    adit_link_read(link);
    fail(link, "write", error);
}

/* Returns how much went out; `error` is 0, or that of the write that failed. */
static size_t send_output(struct adit_link *link, int *error)
{
    struct adit_span spans[SPANS_MAX];
    struct iovec pieces[SPANS_MAX];
    size_t sent = 0;

    *error = 0;
    while (adit_session_output_size(link->session)) {
        const size_t count = adit_session_output(link->session, spans, SPANS_MAX);
        size_t want = 0;
        ssize_t n;

        for (size_t i = 0; i < count; i++) {
            pieces[i] = adit_socket_piece(spans[i]);
            want += spans[i].len;
        }
        n = write_pieces(link, pieces, count);
        if (n < 0 && !adit_errno_is_again(errno)) {
            *error = errno;
            return sent;
        }
        if (n > 0) {
            adit_session_output_sent(link->session, (size_t)n);
            sent += (size_t)n;
        }
        if (n < 0 || (size_t)n < want) {
            link->write_blocked = true;
            return sent;
        }
    }
    return sent;
}

static size_t write_output(struct adit_link *link)
{
    int error;
    const size_t sent = send_output(link, &error);

    if (error)
        on_write_failed(link, error);
    return sent;
}

void adit_link_write_ahead(struct adit_link *link)
{
    int error;

    if (!link->write_broken && !link->write_blocked)
        link->moved += send_output(link, &error);
}

static void adapt_batch(struct adit_link *link, size_t sent)
{
    size_t batch = link->write_blocked ? sent : link->batch * 2;

    if (batch < BATCH_MIN)
        batch = BATCH_MIN;
    if (batch > BATCH_MAX)
        batch = BATCH_MAX;
    link->batch = batch;
}

bool adit_link_write(struct adit_link *link)
{
    size_t sent;

    if (link->write_broken || link->write_blocked)
        return false;
    /* What was left when the socket was full goes first: then there is a place to fill. */
    sent = write_output(link);
    if (!link->write_blocked && !link->write_broken && !adit_ring_is_empty(&link->ring)) {
        fill_output(link);
        sent += write_output(link);
    }
    link->moved += sent;
    tell_us(link);
    adapt_batch(link, sent);
    return sent > 0;
}
