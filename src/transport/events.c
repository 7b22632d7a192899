/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/events.h"

#include <assert.h>

struct adit_event *adit_events_add(struct adit_events *events, enum adit_event_type type)
{
    struct adit_event *event;

    assert(events->count < ADIT_EVENTS_MAX);
    event = &events->ring[(events->first + events->count++) % ADIT_EVENTS_MAX];
    *event = (struct adit_event){ .type = type };
    return event;
}

bool adit_events_take(struct adit_events *events, struct adit_event *out)
{
    if (events->count == 0)
        return false;
    *out = events->ring[events->first];
    events->first = (events->first + 1) % ADIT_EVENTS_MAX;
    events->count--;
    return true;
}
