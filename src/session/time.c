/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the passing of time does to a session: the login must come within its
 * grace, each key exchange within its time, keys grow old, and a silent peer is
 * asked for a sign of life. Every packet that comes is one.
 */
#include "session/session.h"

#include <stdio.h>

static uint64_t later(uint64_t from, uint64_t by)
{
    return by > UINT64_MAX - from ? UINT64_MAX : from + by;
}

static uint64_t login_deadline(const struct adit_session *s)
{
    return s->role == ADIT_SERVER && !s->authenticated ? later(s->started_ms, s->login_grace_ms)
                                                       : UINT64_MAX;
}

static uint64_t alive_deadline(const struct adit_session *s)
{
    if (!s->authenticated || s->alive_interval_ms == 0 ||
        s->transport.kex.step != ADIT_KEX_IDLE) /* an exchange has a deadline of its own */
        return UINT64_MAX;
    return later(s->heard_ms > s->asked_ms ? s->heard_ms : s->asked_ms, s->alive_interval_ms);
}

static uint64_t exchange_deadline(const struct adit_session *s)
{
    const bool rekeying = s->transport.kex.step != ADIT_KEX_IDLE;

    return rekeying || s->authenticated ? adit_transport_deadline(&s->transport) : UINT64_MAX;
}

uint64_t adit_session_deadline(const struct adit_session *s)
{
    const uint64_t all[] = { login_deadline(s), alive_deadline(s), exchange_deadline(s),
                             s->alive_due_ms };
    uint64_t first = UINT64_MAX;

    if (s->err)
        return UINT64_MAX;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] < first)
            first = all[i];
    return first;
}

static void give_up_silent_peer(struct adit_session *s)
{
    char text[96];

    (void)snprintf(text, sizeof text, "no sign of life from the peer for %llu s",
                   (unsigned long long)((s->transport.now_ms - s->heard_ms) / 1000));
    adit_session_fail(s, ADIT_ERR_TIMEOUT, text);
}

static void ask_for_life(struct adit_session *s)
{
    const enum adit_err err = adit_connection_ask_alive(&s->connection);

    s->life_asked_ms = s->transport.now_ms;
    if (err)
        adit_session_fail(s, err, NULL);
}

static void alive_due(struct adit_session *s)
{
    if (s->alive_unanswered >= s->alive_count_max) {
        give_up_silent_peer(s);
        return;
    }
    s->alive_unanswered++;
    s->asked_ms = s->transport.now_ms;
    ask_for_life(s);
}

/* Those of the interval go on as if nothing had been asked. */
void adit_session_ask_alive(struct adit_session *s, uint64_t within_ms)
{
    const uint64_t due_ms = later(s->transport.now_ms, within_ms);

    if (s->err || !s->authenticated || s->transport.kex.step != ADIT_KEX_IDLE)
        return; /* an exchange has a deadline of its own, and the login its grace */
    if (due_ms < s->alive_due_ms)
        s->alive_due_ms = due_ms;
    ask_for_life(s);
}

void adit_session_found_alive(struct adit_session *s)
{
    s->alive_unanswered = 0;
    s->alive_due_ms = UINT64_MAX;
}

/* A sign from before a question answers nothing. */
void adit_session_heard(struct adit_session *s, uint64_t at_ms)
{
    if (at_ms <= s->heard_ms)
        return;
    s->heard_ms = at_ms < s->transport.now_ms ? at_ms : s->transport.now_ms;
    if (at_ms >= s->life_asked_ms)
        adit_session_found_alive(s);
}

bool adit_session_is_exchanging(const struct adit_session *s)
{
    return s->transport.kex.step != ADIT_KEX_IDLE;
}

static void exchange_due(struct adit_session *s)
{
    enum adit_err err;

    if (s->transport.kex.step != ADIT_KEX_IDLE) {
        adit_session_fail(s, ADIT_ERR_TIMEOUT, "the key exchange was not finished in time");
        return;
    }
    err = adit_kex_offer(&s->transport);
    if (err)
        adit_session_fail(s, err, NULL);
}

void adit_session_advance(struct adit_session *s, uint64_t now_ms)
{
    if (now_ms > s->transport.now_ms)
        s->transport.now_ms = now_ms;
    now_ms = s->transport.now_ms;
    if (s->err)
        return;
    if (now_ms >= login_deadline(s))
        adit_session_fail(s, ADIT_ERR_TIMEOUT, "no login within the time that is given for it");
    if (!s->err && now_ms >= exchange_deadline(s))
        exchange_due(s);
    if (!s->err && now_ms >= alive_deadline(s))
        alive_due(s);
    if (!s->err && now_ms >= s->alive_due_ms)
        give_up_silent_peer(s);
}

void adit_session_rekey(struct adit_session *s)
{
    enum adit_err err;

    if (s->err || !s->authenticated)
        return;
    err = adit_kex_offer(&s->transport);
    if (err)
        adit_session_fail(s, err, NULL);
}

/* ---- round trips ---- */

uint64_t adit_session_round_trip_ms(const struct adit_session *s)
{
    return s->connection.round_trip_ms;
}

uint64_t adit_session_round_trip_us(const struct adit_session *s)
{
    return s->connection.round_trip_us;
}

bool adit_session_measures(const struct adit_session *s)
{
    return adit_connection_measures(&s->connection);
}

void adit_session_tell_us(struct adit_session *s, uint64_t now_us)
{
    adit_connection_tell_us(&s->connection, now_us);
}
