/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inside of a relay, for its files and for its link.
 *
 *     socket ──readv──▶ room in a packet ──▶ channel      to_channel
 *     socket ◀──send── span of a packet ◀── channel       to_socket
 *              ▲─ backlog ◀─┘ what the socket did not take
 *
 * Each direction is open, then ending (the end was seen but what comes before
 * it is still on its way), then done. The channel may be gone before the
 * backlog is flushed: then the relay lingers without it.
 */
#ifndef ADIT_NET_RELAY_STATE_H
#define ADIT_NET_RELAY_STATE_H

#include "net/backlog.h"
#include "net/link_state.h"
#include "net/relay.h"

enum adit_relay_half { ADIT_HALF_OPEN, ADIT_HALF_ENDING, ADIT_HALF_DONE };

struct adit_relay {
    struct adit_list node;  /* in link->relays */
    struct adit_link *link; /* NULL: the link has ended, the relay lingers on the loop */
    struct adit_loop *loop;
    struct adit_channel *channel; /* NULL: closed by both sides, or gone with its session */

    int fd; /* -1: closed */
    struct adit_watch watch;
    bool watch_gone;
    bool over; /* ended() was called */

    enum adit_relay_half to_channel;
    enum adit_relay_half to_socket;
    bool readable;               /* the socket has something, as far as we know */
    bool broken;                 /* the socket was reset: what came before is read, no more comes */
    bool deaf;                   /* a write found it so: what comes for it is dropped */
    bool cut_off;                /* and told of the reset: the end of what is read is no end */
    bool reset_at_end;           /* the peer aborted: so does the socket, after its backlog */
    struct adit_pace pace;       /* of what the socket gives */
    struct adit_ring_entry turn; /* in one of the link's ring, held_up and starved, or in none */
    struct adit_backlog backlog;
    size_t ahead;                      /* bytes not yet taken for which the peer has credit */
    uint64_t took_ms;                  /* while there is that: when some of it was last taken */
    struct adit_window_memory *memory; /* that the backlog counts in */

    struct adit_relay_counts counts;
    void (*ended)(void *arg, const struct adit_relay_counts *counts);
    void *arg;

    struct adit_timer *patience; /* what is left of a broken socket waits for window */
    bool patience_runs;          /* and nothing of that was read since the timer was set */
    struct adit_timer *linger;
    size_t unsent;       /* what our system had left at the last look, before a reset */
    uint64_t give_up_ms; /* when a lingering socket that takes nothing is closed */
    struct adit_remnant remnant;
};

/* The relay of a channel, or NULL: then the user data is the owner's own. */
struct adit_relay *adit_relay_of(const struct adit_channel *channel);

/* relay.c: what the link tells. The relay may be gone when these return. */
void adit_relay_closed(struct adit_relay *relay, bool aborted);
/* The channel was refused, or its session is gone. */
void adit_relay_lost(struct adit_relay *relay);

/* relay.c: what the two directions tell. */
void adit_relay_fail(struct adit_relay *relay);
/* Closes what has ended in both directions. */
void adit_relay_check_done(struct adit_relay *relay);
void adit_relay_watch(struct adit_relay *relay);
void adit_relay_drop_backlog(struct adit_relay *relay);
/* The backlog has `more` bytes more, or less. */
void adit_relay_hold(struct adit_relay *relay, int64_t more);
/* Whether there is window for what is left of a broken socket: if not, not for long. */
void adit_relay_check_patience(struct adit_relay *relay);
/* The lingering socket took something. */
void adit_relay_linger_on(struct adit_relay *relay);

/* relay_read.c: socket to channel. */

/* The relay's turn: one read of at most its credit. */
void adit_relay_fill(struct adit_relay *relay);
void adit_relay_readable(struct adit_relay *relay);
/* There may be room again. */
void adit_relay_resume(struct adit_relay *relay);

/* relay_write.c: channel to socket. */

enum { ADIT_GATHER_MAX = 16 };

/*
 * Data of one channel from packets that came one after the other. It stays
 * where it was opened until the session has no event left, so one system call
 * takes all of it to the socket.
 */
struct adit_gather {
    struct adit_relay *relay; /* NULL: nothing is gathered */
    struct adit_span pieces[ADIT_GATHER_MAX];
    size_t count;
    size_t len; /* of all pieces: at most ADIT_TOLD_MAX */
};

/* Hands the gathered data to its relay. */
void adit_relay_data(struct adit_gather *gather);
void adit_relay_eof(struct adit_relay *relay);
/* The socket takes more. */
void adit_relay_flush(struct adit_relay *relay);

#endif
