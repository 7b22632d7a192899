/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two windows of a channel (RFC 4254, 5.2) as pure arithmetic. A sender that
 * is held up by its window sends one window in a round trip. So the receive
 * window starts small and doubles whenever half of it or more was consumed
 * within one round trip, as long as our side has taken everything that came: it
 * ends at two to four times what the way holds, however long the way is.
 */
#ifndef ADIT_CONNECTION_WINDOW_H
#define ADIT_CONNECTION_WINDOW_H

#include "connection/window_memory.h"

struct adit_receive_window {
    uint32_t size;                     /* what the peer may have on the way, all told */
    uint32_t max;                      /* `size` grows up to this… */
    struct adit_window_memory *memory; /* …and as far as this goes */
    uint32_t left;                     /* what the peer may still send */
    uint32_t unread;                   /* came, and was not consumed yet */
    uint32_t consumed;                 /* was consumed, and credit for it was not given yet */

    uint64_t trip_start_ms; /* of the round trip that is being counted */
    uint64_t trip_bytes;    /* consumed within it */
};

/* `size` is granted by `memory` already, and stays the caller's to give back at the end. */
void adit_receive_window_init(struct adit_receive_window *w, uint32_t size, uint32_t max,
                              struct adit_window_memory *memory);
/* `len` bytes came; false when the peer had no right to send them. */
bool adit_receive_window_take(struct adit_receive_window *w, size_t len);
/*
 * `len` bytes were taken by their target; returns the credit to give now, often
 * 0. `round_trip_ms` is UINT64_MAX while it is not known: then nothing grows.
 */
uint32_t adit_receive_window_consume(struct adit_receive_window *w, size_t len, uint64_t now_ms,
                                     uint64_t round_trip_ms);

/* A WINDOW_ADJUST for what we may send; false when the sum passes 2^32 - 1. */
bool adit_send_window_adjust(uint32_t *window, uint32_t bytes_to_add);

#endif
