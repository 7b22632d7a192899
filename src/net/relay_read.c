/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket's bytes go straight into packets under construction, when it is
 * the relay's turn. While a relay waits, be it for its turn, for window or for
 * room in the output, it does not want to be told that its socket is readable.
 */
#include "net/relay_state.h"
#include "net/socket.h"

#include <errno.h>

enum { ROOMS_MAX = 16 };

void adit_relay_readable(struct adit_relay *relay)
{
    relay->readable = true;
    adit_relay_watch(relay);
    adit_ring_add(&relay->link->ring, &relay->turn);
    adit_link_wake(relay->link);
}

void adit_relay_resume(struct adit_relay *relay)
{
    if (relay->fd < 0 || !relay->readable)
        return;
    adit_ring_remove(&relay->turn); /* from where it waits */
    adit_ring_add_again(&relay->link->ring, &relay->turn);
    adit_link_wake(relay->link);
}

/* No room: for want of window an event will tell when there is; otherwise the link knows. */
static void hold_up(struct adit_relay *relay)
{
    struct adit_link *link = relay->link;

    adit_ring_remove(&relay->turn);
    adit_list_append(adit_channel_window(relay->channel) ? &link->held_up : &link->starved,
                     &relay->turn.node);
    adit_relay_check_patience(relay);
}

static void drained(struct adit_relay *relay)
{
    relay->readable = false;
    adit_ring_emptied(&relay->link->ring, &relay->turn);
    adit_relay_watch(relay);
}

static void end_of_stream(struct adit_relay *relay)
{
    adit_ring_remove(&relay->turn);
    relay->readable = false;
    relay->to_channel = ADIT_HALF_DONE;
    adit_channel_send_eof(relay->channel);
    if (relay->broken && relay->to_socket != ADIT_HALF_DONE) {
        adit_relay_fail(relay); /* the end came before the reset: nobody takes the other half */
        return;
    }
    adit_relay_watch(relay);
    adit_relay_check_done(relay);
}

void adit_relay_fill(struct adit_relay *relay)
{
    struct adit_room rooms[ROOMS_MAX];
    struct iovec pieces[ROOMS_MAX];
    size_t count;
    size_t room = 0;
    ssize_t n;

    if (!relay->readable) {
        adit_ring_emptied(&relay->link->ring, &relay->turn);
        return;
    }
    count = adit_channel_reserve(relay->channel, relay->turn.credit, rooms, ROOMS_MAX);
    if (count == 0) {
        hold_up(relay);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        pieces[i] = (struct iovec){ rooms[i].data, rooms[i].len };
        room += rooms[i].len;
    }
    n = readv(relay->fd, pieces, (int)count);
    adit_channel_commit(relay->channel, n > 0 ? (size_t)n : 0);
    if (n > 0) {
        relay->counts.to_channel += (size_t)n;
        relay->patience_runs = false;
        adit_ring_used(&relay->turn, (size_t)n);
        adit_pace_note(&relay->pace, (size_t)n, adit_loop_now_ms(relay->loop));
        if ((size_t)n < room) {
            if (adit_pace_is_question(&relay->pace, (size_t)n))
                adit_link_talk(relay->link);
            drained(relay);
        }
    } else if (n == 0 && !relay->cut_off) {
        end_of_stream(relay);
    } else if (n < 0 && adit_errno_is_again(errno)) {
        drained(relay);
    } else {
        adit_relay_fail(relay);
    }
}
