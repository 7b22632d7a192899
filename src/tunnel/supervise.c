/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/supervise.h"

enum {
    GAP_MS = 500, /* from the beginning of a try to the next one's, at least */
    LONGEST_MS = 60 * 1000,
    STEPS = 7, /* GAP_MS, doubled so often, is more than LONGEST_MS */
    STEP_BACK_MS = 1000,

    WANTED_MIN_MS = 1000, /* while somebody waits */
    WANTED_MAX_MS = 2000,

    REFUSED_MIN_MS = 45 * 1000,
    REFUSED_MAX_MS = 75 * 1000,
    REFUSED_GAP_MS = 10 * 1000, /* even when the world has changed */

    ASK_QUICKLY_MS = 10 * 1000,
    ASK_FOR_MS = 2 * 60 * 1000,
    ASK_PAUSE_MS = 2000,
};

static uint64_t later_of(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t between(uint64_t min, uint64_t max, uint32_t random)
{
    return min + random % (max - min + 1);
}

static uint64_t pause_of(unsigned step, uint32_t random)
{
    const uint64_t longest = (uint64_t)GAP_MS << step;
    const uint64_t max = longest < LONGEST_MS ? longest : LONGEST_MS;

    /* The first one is short at best: most losses are not the gateway's. */
    return between(step == 0 ? 0 : max / 2, max, random);
}

void adit_supervisor_start(struct adit_supervisor *s, uint64_t now_ms)
{
    s->state = ADIT_SUPERVISOR_TRYING;
    s->started_ms = now_ms;
}

void adit_supervisor_up(struct adit_supervisor *s, uint64_t now_ms)
{
    s->state = ADIT_SUPERVISOR_UP;
    s->up_ms = now_ms;
    s->refused = false;
}

void adit_supervisor_fail(struct adit_supervisor *s, uint64_t now_ms, bool refused, uint32_t random)
{
    const uint64_t steps_back = (now_ms - s->up_ms) / STEP_BACK_MS;
    uint64_t pause_ms;

    if (s->state == ADIT_SUPERVISOR_UP)
        s->step -= steps_back < s->step ? (unsigned)steps_back : s->step;
    if (refused) {
        pause_ms = between(REFUSED_MIN_MS, REFUSED_MAX_MS, random);
    } else {
        pause_ms = pause_of(s->step, random);
        s->step += s->step < STEPS;
    }
    s->refused = refused;
    s->state = ADIT_SUPERVISOR_WAITING;
    s->due_ms = later_of(now_ms + pause_ms, s->started_ms + GAP_MS);
}

void adit_supervisor_hurry(struct adit_supervisor *s, uint64_t now_ms)
{
    const uint64_t gap_ms = s->refused ? REFUSED_GAP_MS : GAP_MS;
    const uint64_t soonest_ms = later_of(now_ms, s->started_ms + gap_ms);

    if (s->state == ADIT_SUPERVISOR_WAITING && soonest_ms < s->due_ms)
        s->due_ms = soonest_ms;
}

void adit_supervisor_arrival(struct adit_supervisor *s, uint64_t now_ms)
{
    if (!s->refused)
        adit_supervisor_hurry(s, now_ms);
}

void adit_supervisor_wanted(struct adit_supervisor *s, uint64_t now_ms, uint32_t random)
{
    const uint64_t latest_ms = now_ms + between(WANTED_MIN_MS, WANTED_MAX_MS, random);

    if (s->state == ADIT_SUPERVISOR_WAITING && !s->refused && latest_ms < s->due_ms)
        s->due_ms = latest_ms;
}

bool adit_supervisor_is_refusal(enum adit_err err)
{
    return err == ADIT_ERR_HOST_KEY || err == ADIT_ERR_AUTH || err == ADIT_ERR_NO_AGREEMENT ||
           err == ADIT_ERR_USAGE || err == ADIT_ERR_FORMAT || err == ADIT_ERR_PASSPHRASE;
}

uint64_t adit_supervisor_ask_pause(uint64_t asking_ms)
{
    if (asking_ms < ASK_QUICKLY_MS)
        return GAP_MS;
    return asking_ms < ASK_FOR_MS ? ASK_PAUSE_MS : LONGEST_MS;
}
