/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One side of a pair in hands that know its keys: it sends payloads past every
 * check of the sender's, and reads what comes to it payload by payload.
 */
#ifndef SIM_HOSTILE_H
#define SIM_HOSTILE_H

#include "session/session.h"
#include "sim/pair.h"

/* A pair with the default settings, logged in. */
struct pair *hostile_pair(bool with_channel);

/* Sends one payload as it is, also in the middle of a key exchange. */
void hostile_send(struct side *from, const uint8_t *payload, size_t len);
void hostile_send_number(struct side *from, uint8_t number);
/* The same for what was written into the side's own message writer. */
void hostile_send_written(struct side *from, const struct adit_writer *message);
struct adit_writer hostile_message(struct side *from);
/* Any number with a string behind it, such as PING or SERVICE_REQUEST. */
void hostile_send_text(struct side *from, uint8_t number, const char *text);

/* From now on the side reads nothing: what comes waits for hostile_next(). */
void hostile_deafen(struct side *side);
void hostile_undeafen(struct side *side);
/* One side reads and answers; the other gets it and is deaf from then on. */
void hostile_let_speak(struct pair *pair, struct side *side);
/* The next payload that came to a deaf side; false: there is none. */
bool hostile_next(struct side *side, struct adit_span *payload);
/* The numbers of all that came to it; returns how many. */
size_t hostile_numbers(struct side *side, uint8_t *numbers, size_t max);

/* What the side has sent so far, taken from it. */
size_t hostile_take(struct side *side, uint8_t *bytes, size_t size);
void hostile_deliver(struct side *to, const uint8_t *bytes, size_t len);
/* An unprotected packet around one payload; returns its size. */
size_t hostile_plain_packet(const uint8_t *payload, size_t len, uint8_t *packet);

/* Before the first bytes have moved: takes a mark such as "kex-strict-" out of both KEXINITs. */
void hostile_forget_mark(struct pair *pair, const char *mark);

#endif
