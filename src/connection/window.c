/* SPDX-License-Identifier: BSD-2-Clause */
#include "connection/window.h"

enum {
    CREDIT_MIN = 32 * 1024,
    /* No line is faster than this in a millisecond: a longer window would only be a queue. */
    PER_MS_MAX = 1024 * 1024,
};

void adit_receive_window_init(struct adit_receive_window *w, uint32_t size, uint32_t max,
                              struct adit_window_memory *memory)
{
    *w = (struct adit_receive_window){
        .size = size, .max = max < size ? size : max, .memory = memory, .left = size
    };
}

bool adit_receive_window_take(struct adit_receive_window *w, size_t len)
{
    if (len > w->left)
        return false;
    w->left -= (uint32_t)len;
    w->unread += (uint32_t)len;
    return true;
}

/*
 * Rarely enough to be cheap, often enough that the sender never waits for it, not even one that
 * keeps little on its way for low delay's sake.
 */
static uint32_t credit_threshold(const struct adit_receive_window *w)
{
    const uint32_t part = w->size / 128;
    const uint32_t half = w->size / 2;

    if (part >= CREDIT_MIN)
        return part;
    return half < CREDIT_MIN ? half : CREDIT_MIN;
}

/* What to add to the size at the end of a round trip; within one, 0. */
static uint32_t growth(struct adit_receive_window *w, uint64_t now_ms, uint64_t round_trip_ms)
{
    /* The clock ticks no finer, and on a busy machine an end waits that long for a processor. */
    const uint64_t trip_ms = round_trip_ms ? round_trip_ms : 1;
    uint64_t bytes;
    uint64_t most;

    if (round_trip_ms == UINT64_MAX || now_ms - w->trip_start_ms < trip_ms)
        return 0;
    /* What was consumed since, as if it had been in one round trip. */
    bytes = w->trip_bytes * trip_ms / (now_ms - w->trip_start_ms);
    w->trip_start_ms = now_ms;
    w->trip_bytes = 0;
    if (w->unread || bytes < w->size / 2)
        return 0;
    most = (trip_ms + 1) * PER_MS_MAX;
    if (most > w->max)
        most = w->max;
    if (w->size >= most)
        return 0;
    return adit_window_memory_more(w->memory,
                                   (uint32_t)(w->size < most - w->size ? w->size : most - w->size));
}

uint32_t adit_receive_window_consume(struct adit_receive_window *w, size_t len, uint64_t now_ms,
                                     uint64_t round_trip_ms)
{
    uint32_t credit;
    uint32_t more;

    if (len > w->unread)
        len = w->unread;
    w->unread -= (uint32_t)len;
    w->consumed += (uint32_t)len;
    w->trip_bytes += len;
    if (w->consumed == 0 || w->consumed < credit_threshold(w))
        return 0;
    more = growth(w, now_ms, round_trip_ms);
    w->size += more;
    credit = w->consumed + more;
    w->consumed = 0;
    w->left += credit;
    return credit;
}

bool adit_send_window_adjust(uint32_t *window, uint32_t bytes_to_add)
{
    if (bytes_to_add > UINT32_MAX - *window)
        return false;
    *window += bytes_to_add;
    return true;
}
