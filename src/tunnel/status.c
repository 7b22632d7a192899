/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/passage.h"

struct status_call {
    struct adit_call call;
    struct adit_tunnel *tunnel;
    struct adit_tunnel_status *out;
};

static enum adit_tunnel_state state_of(enum adit_stage stage)
{
    if (stage == ADIT_STAGE_WAITING)
        return ADIT_TUNNEL_WAITING;
    if (stage < ADIT_STAGE_UP)
        return ADIT_TUNNEL_CONNECTING;
    if (stage == ADIT_STAGE_UP)
        return ADIT_TUNNEL_UP;
    return stage == ADIT_STAGE_ENDED ? ADIT_TUNNEL_ENDED : ADIT_TUNNEL_CLOSING;
}

static uint64_t retry_in_ms(const struct adit_tunnel *t)
{
    const uint64_t due_ms = t->supervisor.due_ms;
    uint64_t now_ms;

    if (t->stage != ADIT_STAGE_WAITING)
        return UINT64_MAX;
    now_ms = adit_loop_now_ms(adit_runtime_loop(t->runtime));
    return due_ms > now_ms ? due_ms - now_ms : 0;
}

static void start_status(struct adit_call *call)
{
    const struct status_call *status = (const struct status_call *)(const void *)call;
    struct adit_tunnel *t = status->tunnel;
    struct adit_tunnel_status *out = status->out;
    uint64_t sent;
    uint64_t received;

    *out = t->counts;
    adit_connections_count(t, &sent, &received);
    out->bytes_sent += sent;
    out->bytes_received += received;
    out->state = state_of(t->stage);
    out->retry_in_ms = retry_in_ms(t);
    out->round_trip_ms = t->attempt.link != NULL
                             ? adit_session_round_trip_ms(adit_link_session(t->attempt.link))
                             : UINT64_MAX;
    out->last_failure = t->failure;
    adit_call_finish(call, ADIT_OK);
}

void adit_tunnel_status(struct adit_tunnel *tunnel, struct adit_tunnel_status *out)
{
    struct status_call status = { .tunnel = tunnel, .out = out };

    *out = (struct adit_tunnel_status){ .retry_in_ms = UINT64_MAX, .round_trip_ms = UINT64_MAX };
    adit_call_init(&status.call, start_status, NULL);
    (void)!adit_runtime_ask(tunnel->runtime, &status.call);
}
