/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a tunnel tries again. Pure: time and randomness are passed in.
 *
 *     trying ──up──▶ up ──fail──▶ waiting ──start──▶ trying
 *        └────────────fail───────────▲
 *
 * The pauses double from half a second to a minute. A try that fails takes the
 * next longer one; every second of being up takes one back, so a gateway
 * that comes and goes is not pestered, and one that was restarted is found at
 * once. A connection that comes makes the next try due, and while it waits the
 * pauses are two seconds at most. A refusal that only people can undo (a key, a
 * host key) is not asked about again for a minute. No two tries begin within
 * half a second.
 */
#ifndef ADIT_TUNNEL_SUPERVISE_H
#define ADIT_TUNNEL_SUPERVISE_H

#include "adit/err.h"

enum adit_supervisor_state {
    ADIT_SUPERVISOR_TRYING,
    ADIT_SUPERVISOR_UP,
    ADIT_SUPERVISOR_WAITING,
};

/* All zero: the first try, begun at 0. */
struct adit_supervisor {
    enum adit_supervisor_state state;
    uint64_t started_ms; /* the latest try */
    uint64_t up_ms;      /* the latest success */
    uint64_t due_ms;     /* the next try; while waiting */
    unsigned step;       /* of the pauses */
    bool refused;        /* the latest failure was a refusal */
};

void adit_supervisor_start(struct adit_supervisor *s, uint64_t now_ms);
void adit_supervisor_up(struct adit_supervisor *s, uint64_t now_ms);
/* `random` decides where in its range the pause falls. */
void adit_supervisor_fail(struct adit_supervisor *s, uint64_t now_ms, bool refused,
                          uint32_t random);
/* The next try may succeed now: it is due as soon as one may be. */
void adit_supervisor_hurry(struct adit_supervisor *s, uint64_t now_ms);

/* Somebody has come who needs the tunnel: the same, but for a refusal, which he cannot mend. */
void adit_supervisor_arrival(struct adit_supervisor *s, uint64_t now_ms);
/* A try has failed that somebody waits for: he does not wait for long. */
void adit_supervisor_wanted(struct adit_supervisor *s, uint64_t now_ms, uint32_t random);

/* Whether trying again soon is of no use: somebody must change something first. */
bool adit_supervisor_is_refusal(enum adit_err err);

/*
 * A gateway may hold a port for our own dead session until it notices: the
 * pause before it is asked for the port again, after asking for `asking_ms`.
 */
uint64_t adit_supervisor_ask_pause(uint64_t asking_ms);

#endif
