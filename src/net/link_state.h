/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a link, for the files that make it up and for its relays. */
#ifndef ADIT_NET_LINK_STATE_H
#define ADIT_NET_LINK_STATE_H

#include "net/link.h"
#include "net/ring.h"
#include "net/talk.h"
#include "net/turn.h"
#include "net/watch.h"

enum adit_link_state {
    ADIT_LINK_LIVE,
    ADIT_LINK_CLOSING, /* the owner has closed it; the output is being flushed */
    ADIT_LINK_OVER,    /* the session has ended; the same */
    ADIT_LINK_ENDED,   /* ended() was called; handles are closing */
};

struct adit_link {
    struct adit_loop *loop;
    struct adit_session *session;
    const struct adit_link_owner *owner;
    void *owner_data;

    int in;
    int out;
    struct adit_watch watch_in;
    struct adit_watch watch_out; /* unused where in == out */
    unsigned open_watches;
    bool out_is_socket;
    bool write_blocked; /* the socket was full; the poller tells when it is not */
    bool write_broken;  /* nothing can be sent any more */
    size_t batch;       /* how much output to collect before a write */
    struct adit_talk talk;
    uint64_t review_ms; /* when those that are held up for the talk's sake look again */

    enum adit_link_state state;
    enum adit_err err; /* of the socket, ADIT_OK: ask the session */
    char text[128];

    struct adit_task task; /* the end of the turn */
    size_t moved;          /* bytes read and written in this turn */
    struct adit_timer *timer;
    uint64_t flush_due_ms; /* when to give up the output; UINT64_MAX while live */

    struct adit_window_memory *memory; /* NULL: no bound */
    uint64_t held;                     /* bytes that came and wait for the relays' sockets */
    bool paused; /* there is too much of that in the process: nothing is read */

    struct adit_list relays;
    struct adit_ring ring;    /* relays whose sockets have bytes for us */
    struct adit_list held_up; /* relays that wait for room in the output or for a rekey */
    struct adit_list starved; /* relays that wait for window */
};

/* link_io.c */

/* Reads what the socket has, within reason, and hands on the events of each read. */
void adit_link_read(struct adit_link *link);
/* Lets the relays fill the output and writes it; returns whether anything went out. */
bool adit_link_write(struct adit_link *link);
/* Writes what stands in the output, and nothing more. A failure is left to adit_link_write(). */
void adit_link_write_ahead(struct adit_link *link);
/* Wants to read while the session takes input, and to write while the socket is full. */
void adit_link_watch(struct adit_link *link);
/* What the peer says lies unread in the socket: that its system answers has to do. */
void adit_link_note_silence(struct adit_link *link);

/* link.c */

/* Hands on all events of the session. */
void adit_link_drain(struct adit_link *link);
/* The socket failed. */
void adit_link_fail(struct adit_link *link, const char *call, int error);
/* A question went by: its kind is not to wait behind a dump. */
void adit_link_talk(struct adit_link *link);
/* Puts those that wait in such a list back into the ring. */
void adit_link_release(struct adit_link *link, struct adit_list *waiting);

#endif
