/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/forward.h"
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

static uint64_t retry_in_ms(const struct adit_tunnel *t, uint64_t now_ms)
{
    const uint64_t due_ms = t->supervisor.due_ms;

    if (t->stage != ADIT_STAGE_WAITING)
        return UINT64_MAX;
    return due_ms > now_ms ? due_ms - now_ms : 0;
}

/* What only the connection to the gateway knows. */
static void ask_link(const struct adit_tunnel *t, struct adit_tunnel_status *out)
{
    const struct adit_session *session;
    const struct adit_agreement *agreement;

    out->round_trip_ms = UINT64_MAX;
    out->round_trip_us = UINT64_MAX;
    if (t->attempt.link == NULL)
        return;
    session = adit_link_session(t->attempt.link);
    agreement = adit_session_agreement(session);
    out->round_trip_ms = adit_session_round_trip_ms(session);
    out->round_trip_us = adit_session_round_trip_us(session);
    if (agreement != NULL)
        out->agreement = *agreement;
}

/* When the loop is gone, time stands still. */
static uint64_t ago_ms(uint64_t then_ms, uint64_t now_ms)
{
    return now_ms > then_ms ? now_ms - then_ms : 0;
}

static void start_status(struct adit_call *call)
{
    const struct status_call *status = (const struct status_call *)(const void *)call;
    struct adit_tunnel *t = status->tunnel;
    struct adit_tunnel_status *out = status->out;
    const struct adit_loop *loop = adit_runtime_loop(t->runtime);
    const uint64_t now_ms = loop != NULL ? adit_loop_now_ms(loop) : 0;
    uint64_t sent;
    uint64_t received;

    *out = t->counts;
    adit_connections_count(t, 0, &sent, &received);
    out->bytes_sent += sent;
    out->bytes_received += received;
    out->state = state_of(t->stage);
    out->retry_in_ms = retry_in_ms(t, now_ms);
    out->state_ms = ago_ms(t->since_ms, now_ms);
    ask_link(t, out);
    out->last_failure = t->failure;
    out->last_failure_ms = t->failed_ms > 0 ? ago_ms(t->failed_ms, now_ms) : UINT64_MAX;
    adit_call_finish(call, ADIT_OK);
}

void adit_tunnel_status(struct adit_tunnel *tunnel, struct adit_tunnel_status *out)
{
    struct status_call status = { .tunnel = tunnel, .out = out };

    *out = (struct adit_tunnel_status){ .retry_in_ms = UINT64_MAX,
                                        .round_trip_ms = UINT64_MAX,
                                        .round_trip_us = UINT64_MAX,
                                        .last_failure_ms = UINT64_MAX };
    adit_call_init(&status.call, start_status, NULL);
    (void)!adit_runtime_ask(tunnel->runtime, &status.call);
}

/* ---- of one forward ---- */

struct forward_status_call {
    struct adit_call call;
    const struct adit_forward *forward;
    struct adit_forward_status *out;
};

static void start_forward_status(struct adit_call *call)
{
    const struct forward_status_call *status =
        (const struct forward_status_call *)(const void *)call;
    const struct adit_forward *forward = status->forward;
    struct adit_forward_status *out = status->out;
    uint64_t sent;
    uint64_t received;

    *out = forward->counts;
    adit_connections_count(forward->tunnel, forward->id, &sent, &received);
    out->bytes_sent += sent;
    out->bytes_received += received;
    out->listens = forward->state == ADIT_FORWARD_LISTENING;
    out->port = forward->port;
    adit_call_finish(call, ADIT_OK);
}

void adit_forward_status(const struct adit_forward *forward, struct adit_forward_status *out)
{
    struct forward_status_call status = { .forward = forward, .out = out };

    *out = (struct adit_forward_status){ .port = forward->port };
    adit_call_init(&status.call, start_forward_status, NULL);
    (void)!adit_runtime_ask(forward->tunnel->runtime, &status.call);
}
