/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session on its socket: reads into the engine, hands its events on, writes
 * what it has to send at the end of the loop's turn, keeps its deadline.
 *
 * The link gives the channel events of a relayed channel to its relay
 * (net/relay.h) by itself; everything else goes to the owner's `event`. The
 * answer to an open, CHANNEL_CONFIRMED or _REFUSED, goes to the owner and then
 * to the relay, if the channel has one by then.
 */
#ifndef ADIT_NET_LINK_H
#define ADIT_NET_LINK_H

#include "net/loop.h"

struct adit_link;

struct adit_link_owner {
    /* One event; its spans are good until this returns. It may close the link. */
    void (*event)(void *owner, struct adit_link *link, const struct adit_event *event);
    /*
     * The socket is closed, all relays have ended; the link and its session are
     * freed when this returns. Called once, never from inside another call.
     * `err` and `text` say why: ADIT_OK after adit_link_close().
     */
    void (*ended)(void *owner, struct adit_link *link, enum adit_err err, const char *text);
};

/*
 * Takes the descriptor (two of them for stdin and stdout; else in == out) over,
 * also on error, and starts a session on it. `owner` is borrowed for the link's
 * life. SYSTEM: it cannot be polled; NO_MEMORY; errors of adit_session_new().
 */
ADIT_MUST_USE enum adit_err adit_link_new(struct adit_loop *loop, int in, int out,
                                          const struct adit_session_settings *settings,
                                          const struct adit_link_owner *owner, void *owner_data,
                                          struct adit_link **out_link);

struct adit_session *adit_link_session(struct adit_link *link);
struct adit_loop *adit_link_loop(struct adit_link *link);

/* Whether the address that we come from is still one of this machine's. */
bool adit_link_has_address(const struct adit_link *link);

/*
 * To be called after any call on the session from outside an event: what it
 * has to send is sent, and its events are handed on, in this turn of the loop.
 */
void adit_link_wake(struct adit_link *link);

/* Disconnects with `text`, flushes for at most two seconds, then ended() comes. */
void adit_link_close(struct adit_link *link, const char *text);

#endif
