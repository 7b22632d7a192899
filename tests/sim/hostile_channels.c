/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/hostile_channels.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void hostile_open(struct side *from, const char *type, uint32_t id, uint32_t window,
                  uint32_t packet_max)
{
    const struct adit_tcpip_channel fields = { adit_span_text("db"), 3306,
                                               adit_span_text("127.0.0.1"), 4000 };
    struct adit_buffer data = adit_buffer_init(1024);
    struct adit_writer d = adit_writer_init(&data);
    struct adit_writer w = hostile_message(from);

    adit_write_tcpip_channel(&d, &fields);
    adit_write_channel_open(&w,
                            &(struct adit_msg_channel_open){ adit_span_text(type), id, window,
                                                             packet_max, adit_buffer_span(&data) });
    hostile_send_written(from, &w);
    adit_buffer_clear(&data);
}

void hostile_channel(struct side *from, uint8_t number, uint32_t channel, uint32_t value)
{
    static const uint8_t values[256] = {
        [SSH_MSG_CHANNEL_OPEN_CONFIRMATION] = 3, [SSH_MSG_CHANNEL_OPEN_FAILURE] = 3,
        [SSH_MSG_CHANNEL_WINDOW_ADJUST] = 1,     [SSH_MSG_CHANNEL_DATA] = 1,
        [SSH_MSG_CHANNEL_EXTENDED_DATA] = 2,
    };
    struct adit_writer w = hostile_message(from);

    adit_write_byte(&w, number);
    adit_write_uint32(&w, channel);
    for (unsigned i = 0; i < values[number]; i++)
        adit_write_uint32(&w, value);
    hostile_send_written(from, &w);
}

void hostile_data(struct side *from, uint8_t number, uint32_t channel, size_t len)
{
    static const uint8_t text[100000];
    struct adit_writer w = hostile_message(from);

    adit_write_byte(&w, number);
    adit_write_uint32(&w, channel);
    if (number == SSH_MSG_CHANNEL_EXTENDED_DATA)
        adit_write_uint32(&w, 1);
    adit_write_string(&w, adit_span_of(text, len));
    hostile_send_written(from, &w);
}

void hostile_global_request(struct side *from, const char *name, bool want_reply)
{
    const struct adit_msg_global_request msg = { adit_span_text(name), want_reply,
                                                 ADIT_SPAN_EMPTY };
    struct adit_writer w = hostile_message(from);

    adit_write_global_request(&w, &msg);
    hostile_send_written(from, &w);
}

void hostile_channel_request(struct side *from, uint32_t channel, const char *type, bool want_reply)
{
    struct adit_writer w = hostile_message(from);

    adit_write_byte(&w, SSH_MSG_CHANNEL_REQUEST);
    adit_write_uint32(&w, channel);
    adit_write_text(&w, type);
    adit_write_bool(&w, want_reply);
    hostile_send_written(from, &w);
}
