/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/talk.h"

enum {
    QUESTION_MAX = 4096,
    /* A socket that gave more of late, be it in small pieces, is at a transfer: 100 Mbit/s. */
    PACE_MAX = 16 * 1024,
    FORGOTTEN_MS = 32,
};

bool adit_talk_hear(struct adit_talk *talk, uint64_t now_ms)
{
    const bool begins = !talk->on && talk->heard_ms && now_ms - talk->heard_ms <= ADIT_TALK_MS;

    talk->heard_ms = now_ms;
    talk->on = talk->on || begins;
    return begins;
}

bool adit_talk_ends(struct adit_talk *talk, uint64_t now_ms)
{
    if (!talk->on || now_ms - talk->heard_ms < ADIT_TALK_MS)
        return false;
    talk->on = false;
    return true;
}

bool adit_pace_is_question(const struct adit_pace *pace, size_t len)
{
    return len <= QUESTION_MAX && pace->bytes <= PACE_MAX;
}

void adit_pace_note(struct adit_pace *pace, size_t len, uint64_t now_ms)
{
    const uint64_t passed_ms = now_ms - pace->at_ms;

    pace->bytes = (passed_ms < FORGOTTEN_MS ? pace->bytes >> passed_ms : 0) + len;
    pace->at_ms = now_ms;
}
