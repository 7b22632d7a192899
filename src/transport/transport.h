/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 4253 for one session: bytes in, payloads out of them; payloads in, sealed
 * packets out. What a payload means is said in session/.
 */
#ifndef ADIT_TRANSPORT_TRANSPORT_H
#define ADIT_TRANSPORT_TRANSPORT_H

#include "base/list.h"
#include "transport/compress.h"
#include "transport/events.h"
#include "transport/kex.h"
#include "transport/output.h"
#include "wire/numbers.h"

enum {
    ADIT_PACKET_LENGTH_MAX = 256 * 1024, /* accepted… */
    ADIT_PACKET_SENT_MAX = 35000,        /* sent; and accepted by a server before the login */
    ADIT_DATA_PER_PACKET = 32768,
    /* What a channel takes in one packet. More than we send: see docs/decisions/0025. */
    ADIT_DATA_TAKEN_MAX = 240 * 1024,
    ADIT_OUTPUT_FULL = 1024 * 1024, /* more waiting output than this stops all input */
    ADIT_HELD_MAX = 1024 * 1024,    /* messages kept back during a key exchange */
};

/* What may be asked for at the most, well before the hard end of a key's life. */
#define ADIT_REKEY_BYTES_MAX (UINT64_C(1) << 35)

#define ADIT_WHY_NOT_SSH "the peer does not speak SSH"

/* The packets of one direction (RFC 4253, 6). */
struct adit_direction {
    struct adit_cipher *cipher;
    uint32_t sequence_number; /* of the next packet */
    uint64_t packets;         /* since NEWKEYS */
    uint64_t bytes;
};

struct adit_transport {
    enum adit_role role;
    struct adit_buffers *buffers;
    struct adit_events *events;
    const char *why; /* a static sentence for the error that was returned last */
    uint64_t now_ms;

    /* What came: [at, len) of `bytes`, which is the shared area, or `kept` between turns. */
    uint8_t *bytes;
    size_t at;
    size_t len;
    uint8_t *kept;
    uint8_t *spent;   /* was `kept`: data that was told of may still be read there */
    bool have_length; /* packet_length of the packet at the front is known */
    unsigned prelude_lines;
    uint32_t packet_length;

    struct adit_output output;
    struct adit_direction in;
    struct adit_direction out;
    struct adit_deflate *deflate; /* NULL: what goes out is not compressed; likewise… */
    struct adit_inflate *inflate;
    bool logged_in;          /* SSH_MSG_USERAUTH_SUCCESS has gone or come: compression may begin */
    struct adit_buffer held; /* uint32 length and payload, one after the other */

    size_t reserved_per_packet; /* of the reservation under way */

    struct adit_kex kex;
    char *own_identification;
    char *prelude;             /* the first line that came before it, cut; or NULL */
    char *peer_identification; /* NULL before it came */

    /* Settings. */
    const char *kexinit_lists[ADIT_KEXINIT_LISTS]; /* our proposal, without the marks */
    const struct adit_key *const *host_keys;
    size_t host_key_count;
    const struct adit_span *host_certificates; /* server: for these keys */
    size_t host_certificate_count;
    uint64_t rekey_bytes;
    uint64_t rekey_ms;
    uint64_t kex_timeout_ms;
    bool require_strict_kex;
    const char *server_sig_algs; /* server: what users' keys may sign with (RFC 8308, 3.1) */
};

/* Sends identification and KEXINIT. `own_identification` is taken over, without CR LF. */
ADIT_MUST_USE enum adit_err adit_transport_start(struct adit_transport *t);
void adit_transport_clear(struct adit_transport *t);

/* Notes a static sentence for `err` and returns it. */
enum adit_err adit_transport_fault(struct adit_transport *t, enum adit_err err, const char *why);

/* ---- in ---- */

void adit_transport_input_buffer(struct adit_transport *t, uint8_t **buf, size_t *cap);
void adit_transport_input_filled(struct adit_transport *t, size_t len);
/*
 * The next payload, opened in place; `*payload` is empty when more bytes are
 * needed. Never an empty payload otherwise. The identification, when it comes,
 * is told as an event, with an empty payload.
 */
ADIT_MUST_USE enum adit_err adit_transport_next_payload(struct adit_transport *t,
                                                        struct adit_span *payload);
/* The payload that came last is data that is told of: it stays while more is gathered. */
void adit_transport_keep_data(struct adit_transport *t);
/*
 * Moves what is left of the shared area into memory of the session's own. What
 * was opened stays where it is until adit_transport_forget_spent().
 */
ADIT_MUST_USE enum adit_err adit_transport_keep_rest(struct adit_transport *t);
void adit_transport_forget_spent(struct adit_transport *t);

/* ---- out ---- */

/* A writer for one message, over the shared scratch buffer. To be sent before the next is begun. */
struct adit_writer adit_transport_message(struct adit_transport *t);
/*
 * Seals the message and queues it; during a key exchange of ours all but
 * transport messages are held back until NEWKEYS (RFC 4253, 7.1).
 */
ADIT_MUST_USE enum adit_err adit_transport_send(struct adit_transport *t,
                                                const struct adit_writer *message);

/* A key exchange of ours is under way: nothing but its messages may be sent. */
bool adit_transport_is_held(const struct adit_transport *t);

/*
 * Gaps for `want` bytes of CHANNEL_DATA at the end of the output, `per_packet`
 * bytes in each packet; see adit_channel_reserve(). None while the output is full.
 */
ADIT_MUST_USE enum adit_err adit_transport_reserve_data(struct adit_transport *t, size_t want,
                                                        size_t per_packet, struct adit_room *rooms,
                                                        size_t max, size_t *count);
/*
 * Seals the first `len` bytes of the reservation as CHANNEL_DATA packets to
 * `recipient_channel` (RFC 4254, 5.2).
 */
ADIT_MUST_USE enum adit_err adit_transport_commit_data(struct adit_transport *t,
                                                       uint32_t recipient_channel, size_t len);

/* The limits of the keys in use ask for a new exchange (RFC 4253, 9; RFC 4344, 3). */
bool adit_transport_rekey_due(const struct adit_transport *t);
uint64_t adit_transport_deadline(const struct adit_transport *t);

/* ---- for kex.c ---- */

/* Puts `next` in place of the direction's cipher; resets its counts. */
void adit_direction_switch(struct adit_direction *d, struct adit_cipher *next, bool reset_sequence);
/* With the keys of a direction: its compression begins anew, or ends, or waits for the login. */
ADIT_MUST_USE enum adit_err adit_transport_renew_deflate(struct adit_transport *t);
ADIT_MUST_USE enum adit_err adit_transport_renew_inflate(struct adit_transport *t);
/* Sends what was held back. */
ADIT_MUST_USE enum adit_err adit_transport_release_held(struct adit_transport *t);

#endif
