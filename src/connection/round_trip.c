/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine's time is in ms, and most gateways are nearer than two of its ticks
 * tell apart. So while a sign of life is waited for, the driver tells a finer
 * time: once the request has gone out, and before it hands in what has come.
 */
#include "connection/connection.h"

bool adit_connection_measures(const struct adit_connection *c)
{
    return c->alive_waiting > 0;
}

void adit_connection_tell_us(struct adit_connection *c, uint64_t now_us)
{
    c->now_us = now_us;
    for (struct adit_list *node = c->outgoing.next; node != &c->outgoing; node = node->next) {
        struct adit_request *request = ADIT_LIST_ENTRY(node, struct adit_request, node);

        if (request->sent_us == 0)
            request->sent_us = now_us;
    }
}

/* The shortest one: what the way itself takes, without what waits on it. */
void adit_connection_note_round_trip(struct adit_connection *c, const struct adit_request *request)
{
    const uint64_t ms = c->transport->now_ms - request->sent_ms;
    const uint64_t us = c->now_us - request->sent_us;

    c->alive_waiting--;
    if (ms < c->round_trip_ms)
        c->round_trip_ms = ms;
    if (request->sent_us != 0 && us < c->round_trip_us)
        c->round_trip_us = us;
}
