/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/hostile.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct pair *hostile_pair(bool with_channel)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    pair = pair_new(&settings);
    pair_log_in(pair);
    if (with_channel)
        pair_open_channel(pair);
    return pair;
}

struct adit_writer hostile_message(struct side *from)
{
    return adit_transport_message(&from->session->transport);
}

void hostile_send_written(struct side *from, const struct adit_writer *message)
{
    struct adit_transport *t = &from->session->transport;
    const enum adit_kex_step step = t->kex.step;

    t->kex.step = ADIT_KEX_IDLE; /* so that nothing is held back */
    assert_int_equal(adit_transport_send(t, message), ADIT_OK);
    t->kex.step = step;
}

void hostile_send(struct side *from, const uint8_t *payload, size_t len)
{
    struct adit_writer w = hostile_message(from);

    adit_write_bytes(&w, adit_span_of(payload, len));
    hostile_send_written(from, &w);
}

void hostile_send_number(struct side *from, uint8_t number)
{
    hostile_send(from, &number, 1);
}

void hostile_send_text(struct side *from, uint8_t number, const char *text)
{
    struct adit_writer w = hostile_message(from);

    adit_write_byte(&w, number);
    adit_write_text(&w, text);
    hostile_send_written(from, &w);
}

void hostile_deafen(struct side *side)
{
    side->session->host_key_unjudged = true; /* nothing is read before a verdict */
}

void hostile_undeafen(struct side *side)
{
    side->session->host_key_unjudged = false;
}

void hostile_let_speak(struct pair *pair, struct side *side)
{
    hostile_undeafen(side);
    hostile_deafen(side == &pair->client ? &pair->server : &pair->client);
    pair_run(pair);
}

bool hostile_next(struct side *side, struct adit_span *payload)
{
    struct adit_transport *t = &side->session->transport;
    uint8_t *room;
    size_t cap;

    assert_int_equal(adit_transport_next_payload(t, payload), ADIT_OK);
    if (payload->len || side->inbox.len == side->inbox_at)
        return payload->len != 0;
    adit_transport_input_buffer(t, &room, &cap);
    assert_true(side->inbox.len - side->inbox_at <= cap);
    memcpy(room, side->inbox.data + side->inbox_at, side->inbox.len - side->inbox_at);
    adit_transport_input_filled(t, side->inbox.len - side->inbox_at);
    side->inbox.len = side->inbox_at = 0;
    assert_int_equal(adit_transport_next_payload(t, payload), ADIT_OK);
    return payload->len != 0;
}

size_t hostile_numbers(struct side *side, uint8_t *numbers, size_t max)
{
    struct adit_span payload;
    size_t count = 0;

    while (hostile_next(side, &payload)) {
        assert_true(count < max);
        numbers[count++] = payload.data[0];
    }
    return count;
}

size_t hostile_take(struct side *side, uint8_t *bytes, size_t size)
{
    struct adit_span spans[16];
    const size_t count = adit_session_output(side->session, spans, ADIT_ARRAY_LEN(spans));
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        assert_true(spans[i].len <= size - len);
        memcpy(bytes + len, spans[i].data, spans[i].len);
        len += spans[i].len;
    }
    adit_session_output_sent(side->session, len);
    return len;
}

void hostile_deliver(struct side *to, const uint8_t *bytes, size_t len)
{
    assert_int_equal(adit_buffer_append(&to->inbox, adit_span_of(bytes, len)), ADIT_OK);
}

size_t hostile_plain_packet(const uint8_t *payload, size_t len, uint8_t *packet)
{
    const size_t padding = 8 + (8 - (5 + len) % 8) % 8;

    memset(packet, 0, 5 + len + padding);
    adit_put_uint32(packet, (uint32_t)(1 + len + padding));
    packet[4] = (uint8_t)padding;
    memcpy(packet + 5, payload, len);
    return 5 + len + padding;
}

/* The first letter of the mark is changed, so that all lengths stay. */
static unsigned spoil(uint8_t *bytes, size_t len, const char *mark)
{
    const size_t mark_len = strlen(mark);
    unsigned found = 0;

    for (size_t i = 0; i + mark_len <= len; i++)
        if (memcmp(bytes + i, mark, mark_len) == 0) {
            bytes[i] = 'x';
            found++;
        }
    return found;
}

void hostile_forget_mark(struct pair *pair, const char *mark)
{
    struct side *const sides[] = { &pair->client, &pair->server };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(sides); i++) {
        struct adit_kex *kex = &sides[i]->session->transport.kex;
        uint8_t bytes[8192];
        const size_t len = hostile_take(sides[i], bytes, sizeof bytes);

        assert_int_equal(spoil(bytes, len, mark), 1);
        assert_int_equal(spoil(kex->own_kexinit, kex->own_kexinit_len, mark), 1);
        hostile_deliver(sides[1 - i], bytes, len);
    }
}
