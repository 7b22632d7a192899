/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events that the layers tell of and nobody has pulled yet. One packet
 * makes at most two, and packets are taken only when the queue is empty, so a
 * short ring does.
 */
#ifndef ADIT_TRANSPORT_EVENTS_H
#define ADIT_TRANSPORT_EVENTS_H

#include "adit/ssh.h"

#define ADIT_EVENTS_MAX 8

struct adit_events {
    struct adit_event ring[ADIT_EVENTS_MAX];
    unsigned first;
    unsigned count;
};

/* The next event's place, zeroed but for its type; the caller fills it. */
struct adit_event *adit_events_add(struct adit_events *events, enum adit_event_type type);
bool adit_events_take(struct adit_events *events, struct adit_event *out);

static inline bool adit_events_is_empty(const struct adit_events *events)
{
    return events->count == 0;
}

#endif
