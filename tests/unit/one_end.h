/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a session below session/: a transport that has its keys, and a
 * reader of what it sends. Messages to it are written with the functions of
 * wire/ and handed to a handler in heap blocks of their size.
 */
#ifndef ADIT_TESTS_ONE_END_H
#define ADIT_TESTS_ONE_END_H

#include "exact.h"

#include "base/memory.h"
#include "transport/transport.h"
#include "wire/reader.h"

/* How packets are protected, and what RFC 4253, 6 and its kin make of their lengths. */
struct protection {
    const char *cipher; /* NULL: none yet */
    const char *mac;
    size_t block;        /* what the padded part is a multiple of */
    bool length_counted; /* packet_length is part of that */
};

/* clang-format off */
static const struct protection protections[] = {
    { NULL,                            NULL,                            8,  true },
    { "aes128-gcm@openssh.com",        NULL,                            16, false },
    { "aes256-gcm@openssh.com",        NULL,                            16, false },
    { "chacha20-poly1305@openssh.com", NULL,                            8,  false },
    { "aes128-ctr",                    "hmac-sha2-256",                 16, true },
    { "aes256-ctr",                    "hmac-sha2-512-etm@openssh.com", 16, false },
};
/* clang-format on */

/* The lower end of what is legal, from the RFCs, and one of our limits at the upper one. */
static inline bool is_legal_length(const struct protection *p, uint32_t length, uint32_t most)
{
    return length >= 5 && length <= most && (length + (p->length_counted ? 4 : 0)) % p->block == 0;
}

struct one_end {
    struct adit_buffers *buffers;
    struct adit_events events;
    struct adit_transport transport;
    struct adit_direction reader; /* of what the transport sends */
    uint8_t *packet;              /* that was read last */
};

static inline struct adit_cipher *new_cipher(const struct protection *p, bool seals)
{
    static const uint8_t key[64] = { 1, 2, 3 };
    struct adit_cipher *cipher;

    if (p->cipher == NULL)
        assert_int_equal(adit_cipher_new_none(&cipher), ADIT_OK);
    else
        assert_int_equal(adit_cipher_new(adit_cipher_find(adit_span_text(p->cipher)),
                                         adit_mac_find(adit_span_text(p->mac)), seals, key, key,
                                         key, &cipher),
                         ADIT_OK);
    return cipher;
}

static inline void one_end_init(struct one_end *e, enum adit_role role, const struct protection *p)
{
    static const uint8_t session_id[] = "the session's id";

    memset(e, 0, sizeof *e);
    assert_int_equal(adit_buffers_new(&e->buffers), ADIT_OK);
    e->transport.role = role;
    e->transport.buffers = e->buffers;
    e->transport.events = &e->events;
    e->transport.held = adit_buffer_init(ADIT_HELD_MAX);
    e->transport.peer_identification = adit_text_copy(adit_span_text("SSH-2.0-peer"));
    e->transport.in.cipher = new_cipher(p, false);
    e->transport.out.cipher = new_cipher(p, true);
    e->transport.rekey_bytes = UINT64_C(1) << 30;
    e->transport.rekey_ms = 3600 * 1000;
    e->transport.kex.first_done = p->cipher != NULL;
    memcpy(e->transport.kex.session_id, session_id, sizeof session_id);
    e->transport.kex.session_id_len = sizeof session_id;
    e->reader.cipher = new_cipher(p, false);
}

static inline void one_end_clear(struct one_end *e)
{
    free(e->packet);
    adit_cipher_free(e->reader.cipher);
    adit_transport_clear(&e->transport);
    adit_buffers_free(e->buffers);
}

/* Sends a message of `len` bytes, its number included. */
static inline void send_number(struct one_end *e, uint8_t number, size_t len, enum adit_err wanted)
{
    struct adit_writer w = adit_transport_message(&e->transport);

    adit_write_byte(&w, number);
    for (size_t i = 1; i < len; i++)
        adit_write_byte(&w, (uint8_t)i);
    assert_int_equal(adit_transport_send(&e->transport, &w), wanted);
}

/* The next message that was sent, good until the next call; empty when there is none. */
static inline struct adit_span one_end_sent(struct one_end *e)
{
    struct adit_output *output = &e->transport.output;
    struct adit_cipher *cipher = e->reader.cipher;
    struct adit_span spans[64];
    uint32_t len;
    size_t total;
    size_t have = 0;

    free(e->packet);
    e->packet = NULL;
    if (output->size == 0)
        return ADIT_SPAN_EMPTY;
    e->packet = malloc(output->size);
    assert_non_null(e->packet);
    for (size_t i = 0, n = adit_output_spans(output, spans, ADIT_ARRAY_LEN(spans)); i < n; i++) {
        memcpy(e->packet + have, spans[i].data, spans[i].len);
        have += spans[i].len;
    }
    assert_int_equal(adit_cipher_open_length(cipher, e->reader.sequence_number, e->packet, &len),
                     ADIT_OK);
    total = 4 + (size_t)len;
    assert_true(total + adit_cipher_tag_size(cipher) <= have);
    assert_int_equal(adit_cipher_open(cipher, e->reader.sequence_number++, e->packet, total),
                     ADIT_OK);
    adit_output_sent(output, e->buffers, total + adit_cipher_tag_size(cipher));
    return adit_span_of(e->packet + 5, len - 1 - e->packet[4]);
}

static inline void assert_nothing_sent(struct one_end *e)
{
    assert_int_equal(e->transport.output.size, 0);
}

/* The next message is `number` alone, or begins with it. */
static inline struct adit_span assert_sent(struct one_end *e, uint8_t number)
{
    const struct adit_span payload = one_end_sent(e);

    if (payload.len == 0)
        fail_msg("nothing was sent, not %u", number);
    else
        assert_int_equal(payload.data[0], number);
    return payload;
}

/* The next event, of this type. */
static inline struct adit_event assert_told(struct one_end *e, enum adit_event_type type)
{
    struct adit_event event;

    assert_true(adit_events_take(&e->events, &event));
    assert_int_equal(event.type, type);
    return event;
}

static inline void assert_nothing_told(const struct one_end *e)
{
    assert_true(adit_events_is_empty(&e->events));
}

#endif
