/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One channel and one stream socket, carried to each other: half-close in each
 * direction by itself, an abort of one side as an abort of the other, credit
 * for bytes that the socket has really taken.
 */
#ifndef ADIT_NET_RELAY_H
#define ADIT_NET_RELAY_H

#include "net/link.h"

struct adit_relay;

struct adit_relay_counts {
    uint64_t to_channel; /* bytes read from the socket and sent */
    uint64_t to_socket;  /* bytes received and written to the socket */
    bool aborted;        /* it broke off: not both directions came to their end */
};

/*
 * Takes the connected descriptor (as adit_dial_fn and adit_accept_fn give it)
 * over, also on error; the channel is open, or asked for (its confirmation
 * starts the reading), and has no relay yet.
 * `ended(arg, counts)` is called once when both sides are closed, or NULL; after
 * ADIT_EVENT_CHANNEL_CONFIRMED and _REFUSED, which the link's owner sees first,
 * and before the link's own ended(). A refused channel's socket gets a reset.
 *
 * From here on the channel's user data is the relay's, not the owner's; what that
 * was before must have been aligned, as the address of any struct is.
 * NO_MEMORY, SYSTEM; then the channel is as it was.
 */
ADIT_MUST_USE enum adit_err adit_relay_start(struct adit_link *link, struct adit_channel *channel,
                                             int fd,
                                             void (*ended)(void *arg,
                                                           const struct adit_relay_counts *counts),
                                             void *arg, struct adit_relay **out);

/*
 * For a channel that was open before it got its relay, right after
 * adit_relay_start(): what came on it and was not consumed, and whether its EOF
 * came.
 */
void adit_relay_give(struct adit_relay *relay, struct adit_span bytes, bool eof);

/* What it has carried so far. Not after `ended`. */
struct adit_relay_counts adit_relay_carried(const struct adit_relay *relay);

/*
 * Closes the socket with a reset and the channel without EOF. Not after
 * `ended`, which is never called from inside.
 */
void adit_relay_abort(struct adit_relay *relay);

#endif
