/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether questions and answers go by on a link, short messages that are not to
 * wait behind a transfer. One alone is no talk: a transfer may begin with a
 * short request. Nor are the short pieces in which a network brings a dump.
 */
#ifndef ADIT_NET_TALK_H
#define ADIT_NET_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* After so long without a question, all is done for throughput again. */
enum { ADIT_TALK_MS = 100 };

/* All zero: nobody has asked anything. */
struct adit_talk {
    uint64_t heard_ms; /* the last question; 0: none */
    bool on;
};

/* A question went by. True: with it the talk begins. */
bool adit_talk_hear(struct adit_talk *talk, uint64_t now_ms);
/* True: there was talk, and it is over. */
bool adit_talk_ends(struct adit_talk *talk, uint64_t now_ms);

/* What one socket gave of late; half of it is forgotten in each millisecond. */
struct adit_pace {
    uint64_t at_ms;
    size_t bytes;
};

/* The socket gave `len` bytes and had no more. Whether they are a question. */
bool adit_pace_is_question(const struct adit_pace *pace, size_t len);
void adit_pace_note(struct adit_pace *pace, size_t len, uint64_t now_ms);

#endif
