/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binary packet (RFC 4253, 6), both ways, in place.
 *
 *     packet_length(4) padding_length(1) payload padding | tag
 *
 * A length is hostile even after its tag was found right: the peer holds the
 * keys. So it is checked before anything is waited for, and the padding after.
 */
#include "transport/transport.h"

#include "base/memory.h"
#include "base/span.h"
#include "transport/identification.h"

#include <stdlib.h>

enum {
    HEADER = 5,      /* packet_length and padding_length */
    PADDING_MIN = 4, /* RFC 4253, 6 */
    DATA_HEADER = 9, /* message number, recipient channel, length */
};

/* No key protects more packets than this, whatever the peer does about rekeying (T40). */
static const uint64_t packets_hard_limit = UINT64_C(1) << 31;
static const uint64_t packets_soft_limit = UINT64_C(1) << 28;
/* 2^32 blocks of 16 bytes (RFC 4344, 3.2). */
static const uint64_t bytes_hard_limit = UINT64_C(1) << 36;

void adit_direction_switch(struct adit_direction *d, struct adit_cipher *next, bool reset_sequence)
{
    adit_cipher_free(d->cipher);
    d->cipher = next;
    d->packets = 0;
    d->bytes = 0;
    if (reset_sequence)
        d->sequence_number = 0;
}

/*
 * Counts a packet that has passed. LIMIT: these keys are used up; PROTOCOL: all
 * numbers are, before there were any.
 */
static enum adit_err count_packet(struct adit_transport *t, struct adit_direction *d, size_t len)
{
    d->bytes += len;
    if (++d->sequence_number == 0 && !t->kex.first_done)
        return adit_transport_fault(t, ADIT_ERR_PROTOCOL, "too many packets before the first keys");
    if (++d->packets >= packets_hard_limit || d->bytes >= bytes_hard_limit)
        return adit_transport_fault(t, ADIT_ERR_LIMIT,
                                    "too much under one key: the rekey never came");
    return ADIT_OK;
}

bool adit_transport_rekey_due(const struct adit_transport *t)
{
    const struct adit_direction *const ways[] = { &t->in, &t->out };

    if (t->kex.step != ADIT_KEX_IDLE || !t->kex.first_done)
        return false;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ways); i++)
        if (ways[i]->packets &&
            (ways[i]->bytes >= t->rekey_bytes || ways[i]->packets >= packets_soft_limit))
            return true;
    return t->now_ms - t->kex.done_ms >= t->rekey_ms;
}

/* ---- compression ---- */

static enum adit_compression way_out(const struct adit_transport *t)
{
    const struct adit_negotiated *chosen = &t->kex.chosen;

    return t->role == ADIT_CLIENT ? chosen->compression_c2s : chosen->compression_s2c;
}

static enum adit_compression way_in(const struct adit_transport *t)
{
    const struct adit_negotiated *chosen = &t->kex.chosen;

    return t->role == ADIT_CLIENT ? chosen->compression_s2c : chosen->compression_c2s;
}

static bool is_due(const struct adit_transport *t, enum adit_compression compression)
{
    return compression == ADIT_COMPRESS_AT_ONCE ||
           (compression == ADIT_COMPRESS_AFTER_LOGIN && t->logged_in);
}

enum adit_err adit_transport_renew_deflate(struct adit_transport *t)
{
    adit_deflate_free(t->deflate);
    t->deflate = NULL;
    return is_due(t, way_out(t)) ? adit_deflate_new(&t->deflate) : ADIT_OK;
}

enum adit_err adit_transport_renew_inflate(struct adit_transport *t)
{
    adit_inflate_free(t->inflate);
    t->inflate = NULL;
    return is_due(t, way_in(t)) ? adit_inflate_new(&t->inflate) : ADIT_OK;
}

/*
 * After SSH_MSG_USERAUTH_SUCCESS, which is the last message that is not
 * compressed, where compression waits for it.
 */
static enum adit_err note_login(struct adit_transport *t)
{
    enum adit_err err = ADIT_OK;

    t->logged_in = true;
    if (way_out(t) == ADIT_COMPRESS_AFTER_LOGIN)
        err = adit_transport_renew_deflate(t);
    if (!err && way_in(t) == ADIT_COMPRESS_AFTER_LOGIN)
        err = adit_transport_renew_inflate(t);
    return err;
}

/* ---- out ---- */

static size_t padding_for(const struct adit_cipher *cipher, size_t payload_len)
{
    const size_t block = adit_cipher_block_size(cipher);
    const size_t unpadded = HEADER + payload_len - adit_cipher_clear_size(cipher);
    const size_t padding = block - unpadded % block;

    return padding < PADDING_MIN ? padding + block : padding;
}

static size_t sealed_size(const struct adit_cipher *cipher, size_t payload_len)
{
    return HEADER + payload_len + padding_for(cipher, payload_len) + adit_cipher_tag_size(cipher);
}

/* The payload stands at packet + HEADER; everything else is filled in here. */
static enum adit_err seal(struct adit_transport *t, uint8_t *packet, size_t payload_len)
{
    struct adit_cipher *cipher = t->out.cipher;
    enum adit_err err = ADIT_OK;
    size_t padding;
    size_t len;
    uint8_t *pad;

    if (t->deflate) {
        err = adit_deflate_payload(t->deflate, t->buffers, packet + HEADER, &payload_len);
        if (err)
            return adit_transport_fault(t, err, "a packet could not be compressed");
    }
    padding = padding_for(cipher, payload_len);
    len = HEADER + payload_len + padding;
    pad = packet + HEADER + payload_len;
    adit_put_uint32(packet, (uint32_t)(len - 4));
    packet[4] = (uint8_t)padding;
    if (adit_cipher_is_none(cipher))
        memset(pad, 0, padding);
    else
        err = adit_random_padding(&t->buffers->padding, pad, padding);
    if (!err)
        err = adit_cipher_seal(cipher, t->out.sequence_number, packet, len);
    if (err)
        return adit_transport_fault(t, err, "a packet could not be sealed");
    adit_output_filled(&t->output, len + adit_cipher_tag_size(cipher));
    return count_packet(t, &t->out, len);
}

/* Room that a packet may need beyond its payload. */
static size_t growth(const struct adit_transport *t, size_t payload_len)
{
    return t->deflate ? adit_deflate_growth(payload_len) : 0;
}

static enum adit_err send_payload(struct adit_transport *t, struct adit_span payload)
{
    const size_t room = payload.len + growth(t, payload.len);
    uint8_t *packet = adit_output_room(&t->output, t->buffers, sealed_size(t->out.cipher, room));
    enum adit_err err;

    if (packet == NULL)
        return ADIT_ERR_NO_MEMORY;
    memcpy(packet + HEADER, payload.data, payload.len);
    err = seal(t, packet, payload.len);
    if (!err && payload.data[0] == SSH_MSG_USERAUTH_SUCCESS && t->role == ADIT_SERVER)
        err = note_login(t);
    return err;
}

struct adit_writer adit_transport_message(struct adit_transport *t)
{
    adit_buffer_empty(&t->buffers->scratch);
    return adit_writer_init(&t->buffers->scratch);
}

bool adit_transport_is_held(const struct adit_transport *t)
{
    return t->kex.step == ADIT_KEX_OFFERED || t->kex.step == ADIT_KEX_EXCHANGING ||
           t->kex.step == ADIT_KEX_KEY_UNJUDGED;
}

/* RFC 4253, 7.1: what may be sent between our KEXINIT and our NEWKEYS. */
static bool is_free_during_kex(uint8_t number)
{
    return number <= SSH_MSG_DEBUG || (number >= SSH_MSG_KEXINIT && number < 50);
}

enum adit_err adit_transport_send(struct adit_transport *t, const struct adit_writer *message)
{
    const struct adit_span payload = adit_buffer_span(message->out);
    enum adit_err err = adit_writer_finish(message);
    struct adit_writer held;

    if (err)
        return err;
    /* Nothing of the login or after it ever goes out unprotected. */
    if (payload.data[0] >= SSH_MSG_USERAUTH_REQUEST && adit_cipher_is_none(t->out.cipher))
        return adit_transport_fault(t, ADIT_ERR_USAGE, "a message before the first keys");
    if (!adit_transport_is_held(t) || is_free_during_kex(payload.data[0]))
        return send_payload(t, payload);
    held = adit_writer_init(&t->held);
    adit_write_string(&held, payload);
    err = adit_writer_finish(&held);
    return err ? adit_transport_fault(t, err, "too many messages wait for the key exchange") : err;
}

enum adit_err adit_transport_release_held(struct adit_transport *t)
{
    struct adit_reader r = adit_reader_init(adit_buffer_span(&t->held));
    enum adit_err err = ADIT_OK;

    while (!err && r.left)
        err = send_payload(t, adit_read_string(&r));
    adit_buffer_clear(&t->held);
    if (!err && t->kex.first_done)
        adit_events_add(t->events, ADIT_EVENT_SENDING_RESUMED);
    return err;
}

enum adit_err adit_transport_reserve_data(struct adit_transport *t, size_t want, size_t per_packet,
                                          struct adit_room *rooms, size_t max, size_t *count)
{
    const struct adit_cipher *cipher = t->out.cipher;
    const size_t stride = sealed_size(cipher, DATA_HEADER + per_packet);
    const size_t first = want < per_packet ? want : per_packet;
    const size_t spare = growth(t, DATA_HEADER + first);
    uint8_t *at;
    size_t left;

    *count = 0;
    if (t->output.size >= ADIT_OUTPUT_FULL)
        return ADIT_OK;
    at = adit_output_room(&t->output, t->buffers, sealed_size(cipher, DATA_HEADER + first + spare));
    if (at == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (t->deflate)
        max = 1; /* nobody knows yet where the next packet will begin */
    left = adit_output_left(&t->output);
    while (*count < max && want) {
        const size_t len = want < per_packet ? want : per_packet;

        if (sealed_size(cipher, DATA_HEADER + len) > left)
            break;
        rooms[(*count)++] = (struct adit_room){ at + HEADER + DATA_HEADER, len };
        want -= len;
        at += stride;
        left -= left < stride ? left : stride;
    }
    t->reserved_per_packet = per_packet;
    return ADIT_OK;
}

enum adit_err adit_transport_commit_data(struct adit_transport *t, uint32_t recipient_channel,
                                         size_t len)
{
    uint8_t *packet;

    if (len == 0) {
        if (t->output.size == 0)
            adit_output_clear(&t->output, t->buffers);
        return ADIT_OK;
    }
    while (len) {
        const size_t here = len < t->reserved_per_packet ? len : t->reserved_per_packet;
        enum adit_err err;

        packet = t->output.last->bytes + t->output.last->tail;
        packet[HEADER] = SSH_MSG_CHANNEL_DATA;
        adit_put_uint32(packet + HEADER + 1, recipient_channel);
        adit_put_uint32(packet + HEADER + 5, (uint32_t)here);
        err = seal(t, packet, DATA_HEADER + here);
        if (err)
            return err;
        len -= here;
    }
    return ADIT_OK;
}

/* ---- in ---- */

/*
 * What is left of a packet is copied with each read, so whoever sends a large one byte by byte
 * lets us work for him. Before his login nobody needs more than every peer must take (RFC 4253, 6.1).
 */
static uint32_t length_max(const struct adit_transport *t)
{
    return t->role == ADIT_SERVER && !t->logged_in ? ADIT_PACKET_SENT_MAX : ADIT_PACKET_LENGTH_MAX;
}

static enum adit_err read_length(struct adit_transport *t)
{
    struct adit_cipher *cipher = t->in.cipher;
    const size_t clear = adit_cipher_clear_size(cipher);
    uint32_t len;
    const enum adit_err err =
        adit_cipher_open_length(cipher, t->in.sequence_number, t->bytes + t->at, &len);

    if (err)
        return err;
    if (len < 1 + PADDING_MIN || len > length_max(t) ||
        (4 + len - clear) % adit_cipher_block_size(cipher) != 0)
        return adit_transport_fault(
            t, adit_cipher_is_none(cipher) ? ADIT_ERR_MALFORMED : ADIT_ERR_INTEGRITY,
            "a packet's length is not valid");
    t->packet_length = len;
    t->have_length = true;
    return ADIT_OK;
}

static enum adit_err inflate_payload(struct adit_transport *t, struct adit_span *payload)
{
    const enum adit_err err = adit_inflate_payload(t->inflate, t->buffers, payload);

    if (err == ADIT_ERR_LIMIT)
        return adit_transport_fault(t, err, "a compressed packet is larger than it may be");
    return err ? adit_transport_fault(t, err, "a compressed packet is not valid") : ADIT_OK;
}

void adit_transport_keep_data(struct adit_transport *t)
{
    if (t->inflate)
        adit_inflate_keep(t->buffers);
}

static enum adit_err open_packet(struct adit_transport *t, struct adit_span *payload)
{
    uint8_t *packet = t->bytes + t->at;
    const size_t len = 4 + (size_t)t->packet_length;
    enum adit_err err = adit_cipher_open(t->in.cipher, t->in.sequence_number, packet, len);
    size_t padding;

    if (err)
        return adit_transport_fault(t, err, "a packet's authentication code is wrong");
    padding = packet[4];
    if (padding < PADDING_MIN || padding + 2 > t->packet_length)
        return adit_transport_fault(t, ADIT_ERR_MALFORMED, "a packet's padding is not valid");
    *payload = adit_span_of(packet + HEADER, t->packet_length - 1 - padding);
    t->at += len + adit_cipher_tag_size(t->in.cipher);
    t->have_length = false;
    err = count_packet(t, &t->in, len);
    return err || t->inflate == NULL ? err : inflate_payload(t, payload);
}

/* Where no identification follows, it tells what else is there. */
static void keep_prelude(struct adit_transport *t, struct adit_span line)
{
    enum { KEPT_MAX = 80 };

    if (line.len > KEPT_MAX)
        line.len = KEPT_MAX;
    if (t->prelude == NULL && line.len > 0)
        t->prelude = adit_text_copy(line); /* without memory we know less, and that is all */
}

static enum adit_err read_identification(struct adit_transport *t)
{
    struct adit_span line;
    size_t consumed;

    for (;;) {
        const struct adit_span rest = adit_span_of(t->bytes + t->at, t->len - t->at);

        switch (adit_identification_judge(rest, t->role == ADIT_CLIENT, &line, &consumed)) {
        case ADIT_LINE_NEEDS_MORE:
            return ADIT_OK;
        case ADIT_LINE_PRELUDE:
            t->at += consumed;
            keep_prelude(t, line);
            if (++t->prelude_lines > ADIT_PRELUDE_LINES_MAX)
                return adit_transport_fault(t, ADIT_ERR_PROTOCOL,
                                            "too many lines before the identification");
            break;
        case ADIT_LINE_NOT_SSH:
            return adit_transport_fault(t, ADIT_ERR_MALFORMED, ADIT_WHY_NOT_SSH);
        case ADIT_LINE_OLD_VERSION:
            return adit_transport_fault(t, ADIT_ERR_PROTOCOL, "the peer does not speak SSH 2.0");
        case ADIT_LINE_IDENTIFICATION:
            t->at += consumed;
            t->peer_identification = adit_text_copy(line);
            if (t->peer_identification == NULL)
                return ADIT_ERR_NO_MEMORY;
            adit_events_add(t->events, ADIT_EVENT_IDENTIFIED)->text =
                adit_span_text(t->peer_identification);
            return ADIT_OK;
        }
    }
}

enum adit_err adit_transport_next_payload(struct adit_transport *t, struct adit_span *payload)
{
    enum adit_err err;

    *payload = ADIT_SPAN_EMPTY;
    if (t->len == t->at)
        return ADIT_OK;
    if (t->peer_identification == NULL)
        return read_identification(t);
    if (!t->have_length) {
        if (t->len - t->at < adit_cipher_head_size(t->in.cipher))
            return ADIT_OK;
        err = read_length(t);
        if (err)
            return err;
    }
    if (t->len - t->at < 4 + (size_t)t->packet_length + adit_cipher_tag_size(t->in.cipher))
        return ADIT_OK;
    err = open_packet(t, payload);
    if (!err && t->role == ADIT_CLIENT && !t->logged_in && payload->len &&
        payload->data[0] == SSH_MSG_USERAUTH_SUCCESS)
        err = note_login(t);
    return err;
}

void adit_transport_input_buffer(struct adit_transport *t, uint8_t **buf, size_t *cap)
{
    const size_t left = t->len - t->at;

    if (left)
        memmove(t->buffers->input, t->bytes + t->at, left);
    *buf = t->buffers->input + left;
    *cap = ADIT_INPUT_SIZE - left < ADIT_READ_SIZE ? ADIT_INPUT_SIZE - left : ADIT_READ_SIZE;
}

void adit_transport_input_filled(struct adit_transport *t, size_t len)
{
    if (len == 0)
        return;
    t->len = t->len - t->at + len;
    t->at = 0;
    t->bytes = t->buffers->input;
    free(t->kept);
    t->kept = NULL;
}

enum adit_err adit_transport_keep_rest(struct adit_transport *t)
{
    const size_t left = t->len - t->at;

    if (left == 0) {
        adit_transport_forget_spent(t);
        t->spent = t->kept;
        t->kept = NULL;
        t->bytes = NULL;
        t->at = t->len = 0;
        return ADIT_OK;
    }
    if (t->kept)
        return ADIT_OK;
    t->kept = malloc(left);
    if (t->kept == NULL)
        return ADIT_ERR_NO_MEMORY;
    memcpy(t->kept, t->bytes + t->at, left);
    t->bytes = t->kept;
    t->at = 0;
    t->len = left;
    return ADIT_OK;
}

void adit_transport_forget_spent(struct adit_transport *t)
{
    free(t->spent);
    t->spent = NULL;
}
