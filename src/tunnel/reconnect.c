/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Down, and up again: carries out what supervise.c decides. What the user is
 * told of an outage is one line when it begins and one when it is over; each
 * refusal that somebody has to act on is told of once, as an error.
 */
#include "crypto/random.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"
#include "tunnel/passage.h"
#include "wire/numbers.h"

#include <string.h>

enum {
    /* After a sleep the gateway has so long to show that it is still there. */
    SIGN_OF_LIFE_MS = 2000,
    /* A connect that has run for longer may be trying a way that is gone. */
    FRESH_MS = 1000,
};

static uint64_t now_ms(const struct adit_tunnel *t)
{
    return adit_loop_now_ms(adit_runtime_loop(t->runtime));
}

static void tell(const struct adit_tunnel *t, enum adit_tunnel_state state,
                 const struct adit_failure *failure)
{
    if (t->settings.changed != NULL)
        t->settings.changed(t->user.data, state, failure);
}

bool adit_tunnel_comes_back(const struct adit_tunnel *t)
{
    const bool wanted = t->was_up ? !t->settings.no_reconnect : t->settings.keep_trying;

    return wanted && t->stage <= ADIT_STAGE_UP;
}

bool adit_tunnel_is_awaited(const struct adit_tunnel *t)
{
    return t->stage < ADIT_STAGE_UP && adit_tunnel_comes_back(t);
}

void adit_tunnel_note_failure(struct adit_tunnel *t, const struct adit_failure *failure)
{
    t->failure = *failure;
    t->failed_ms = now_ms(t);
}

bool adit_tunnel_is_replaced(const struct adit_failure *failure)
{
    return failure->err == ADIT_ERR_DISCONNECTED && strstr(failure->text, ADIT_TAKEN_OVER) != NULL;
}

/* ---- down ---- */

static void say_lost(struct adit_tunnel *t)
{
    const uint64_t pause_ms = t->supervisor.due_ms - now_ms(t);
    const bool is_new = t->supervisor.refused && t->refusal != t->failure.err;

    if (is_new) {
        t->refusal = t->failure.err;
        adit_user_say(&t->user, ADIT_SAY_ERROR, "%s; trying again every minute or so",
                      t->failure.text);
    } else if (!t->outage_told) {
        adit_user_say(&t->user, ADIT_SAY_INFO, "%s; trying again", t->failure.text);
    } else {
        adit_user_say(&t->user, ADIT_SAY_DEBUG1, "%s; trying again in %llu.%llu s", t->failure.text,
                      (unsigned long long)pause_ms / 1000, (unsigned long long)pause_ms / 100 % 10);
    }
    t->outage_told = true;
}

void adit_tunnel_lose(struct adit_tunnel *t, const struct adit_failure *failure)
{
    const bool was_up = t->stage == ADIT_STAGE_UP;
    uint32_t random = 0;

    adit_tunnel_note_failure(t, failure);
    t->failed = true;
    t->host_at = 0;
    if (was_up) {
        t->counts.outages++;
        t->since_ms = now_ms(t);
    }
    if (adit_supervisor_is_refusal(failure->err))
        t->user.is_unattended = true; /* whoever was asked did not know better */
    (void)!adit_random_bytes((uint8_t *)&random, sizeof random); /* it only spreads the load */
    adit_supervisor_fail(&t->supervisor, now_ms(t), adit_supervisor_is_refusal(failure->err),
                         random);
    if (t->waiting_count > 0)
        adit_supervisor_wanted(&t->supervisor, now_ms(t), random);
    adit_tunnel_set_stage(t, ADIT_STAGE_WAITING);
    adit_tunnel_set_timeout(t, UINT64_MAX);
    adit_forwards_lose(t);
    adit_arrivals_cancel(t);
    adit_passages_end(t);
    adit_attempt_cancel(t);
    if (t->attempt.link != NULL)
        adit_link_close(t->attempt.link, "giving up");
    say_lost(t);
    tell(t, ADIT_TUNNEL_WAITING, &t->failure);
    adit_tunnel_settle(t);
}

void adit_tunnel_try(struct adit_tunnel *t)
{
    adit_attempt_clear(t);
    adit_hosts_use(t);
    adit_supervisor_start(&t->supervisor, now_ms(t));
    adit_attempt_start(t);
    if (t->stage == ADIT_STAGE_PREPARING && (t->was_up || t->settings.keep_trying))
        tell(t, ADIT_TUNNEL_CONNECTING, NULL);
}

/* ---- up ---- */

static void come_up_first(struct adit_tunnel *t)
{
    struct adit_call *opener = t->opener;

    t->was_up = true;
    t->opener = NULL;
    if (!t->settings.no_reconnect) {
        t->user.is_unattended = true; /* who is asked in the middle of the night does not answer */
        adit_runtime_watch(t->runtime);
    }
    if (opener != NULL)
        adit_call_finish(opener, ADIT_OK);
}

void adit_tunnel_came_up(struct adit_tunnel *t)
{
    const uint64_t down_ms = now_ms(t) - t->since_ms;
    const bool was_told = t->outage_told;

    adit_supervisor_up(&t->supervisor, now_ms(t));
    t->failed = false;
    t->refusal = ADIT_OK;
    t->outage_told = false;
    t->since_ms = now_ms(t);
    if (!t->was_up)
        come_up_first(t);
    if (was_told)
        adit_user_say(&t->user, ADIT_SAY_INFO, "%s after %llu.%llu s",
                      t->counts.outages > 0 ? "up again" : "up", (unsigned long long)down_ms / 1000,
                      (unsigned long long)down_ms / 100 % 10);
    if (t->counts.outages == 0 && !t->settings.keep_trying)
        return; /* nobody has waited for it but adit_tunnel_open() */
    tell(t, ADIT_TUNNEL_UP, NULL);
    adit_forwards_return(t);
    adit_waiting_go_on(t);
}

void adit_tunnel_wanted(struct adit_tunnel *t)
{
    adit_supervisor_arrival(&t->supervisor, now_ms(t));
    adit_tunnel_settle(t);
}

/* ---- what the machine tells ---- */

static void hurry(struct adit_tunnel *t)
{
    adit_supervisor_hurry(&t->supervisor, now_ms(t));
    adit_tunnel_settle(t);
}

static void ask_session(const struct adit_tunnel *t, uint64_t within_ms)
{
    struct adit_session *session = adit_link_session(t->attempt.link);

    adit_session_advance(session, now_ms(t)); /* its time may be that before a sleep */
    adit_session_ask_alive(session, within_ms);
    adit_link_wake(t->attempt.link);
}

/* It, and each jump host on the way to it: they do not come back, and nobody else asks them. */
static void ask_alive(const struct adit_tunnel *t, uint64_t within_ms)
{
    for (; t != NULL; t = adit_jump_hop(t->attempt.jump))
        if (t->stage == ADIT_STAGE_UP)
            ask_session(t, within_ms);
}

/* The one whose connection is on our network. */
static const struct adit_tunnel *first_hop(const struct adit_tunnel *t)
{
    while (adit_jump_hop(t->attempt.jump) != NULL)
        t = adit_jump_hop(t->attempt.jump);
    return t;
}

static bool is_on_a_lost_way(const struct adit_tunnel *t)
{
    const struct adit_link *link = first_hop(t)->attempt.link;

    if (link != NULL)
        return !adit_link_has_address(link);
    return t->stage == ADIT_STAGE_CONNECTING && now_ms(t) - t->supervisor.started_ms > FRESH_MS;
}

void adit_tunnel_network_changed(struct adit_tunnel *t)
{
    struct adit_failure failure;

    if (!adit_tunnel_comes_back(t))
        return;
    if (t->stage == ADIT_STAGE_UP && !is_on_a_lost_way(t)) {
        ask_alive(t, UINT64_MAX);
        return;
    }
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "the network has changed");
    if (t->stage != ADIT_STAGE_WAITING && is_on_a_lost_way(t)) {
        adit_attempt_describe_end(t, ADIT_ERR_DISCONNECTED, "the network has changed", &failure);
        adit_tunnel_lose(t, &failure);
    }
    hurry(t);
}

void adit_tunnel_overslept(struct adit_tunnel *t, uint64_t gone_ms)
{
    if (!adit_tunnel_comes_back(t))
        return;
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "%llu s or less went by without us",
                  (unsigned long long)gone_ms / 1000);
    if (t->stage == ADIT_STAGE_UP) {
        ask_alive(t, SIGN_OF_LIFE_MS);
    }
    hurry(t);
}
