/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each function reads like the drawing of its message in the RFC. Ports are a
 * uint32 on the wire; what does not fit 16 bits is refused, never cut (F1, F2).
 */
#include "wire/connection_messages.h"

#include "wire/numbers.h"

static uint16_t read_port(struct adit_reader *r)
{
    const uint32_t port = adit_read_uint32(r);

    if (port > UINT16_MAX)
        adit_reader_fail(r);
    return (uint16_t)port;
}

enum adit_err adit_parse_global_request(struct adit_span payload,
                                        struct adit_msg_global_request *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->request_name = adit_read_string(&r);
    msg->want_reply = adit_read_bool(&r);
    msg->data = adit_read_rest(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_global_request(struct adit_writer *w, const struct adit_msg_global_request *msg)
{
    adit_write_byte(w, SSH_MSG_GLOBAL_REQUEST);
    adit_write_string(w, msg->request_name);
    adit_write_bool(w, msg->want_reply);
    adit_write_bytes(w, msg->data);
}

enum adit_err adit_parse_request_success(struct adit_span payload, struct adit_span *data)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    *data = adit_read_rest(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_request_success(struct adit_writer *w, struct adit_span data)
{
    adit_write_byte(w, SSH_MSG_REQUEST_SUCCESS);
    adit_write_bytes(w, data);
}

void adit_write_request_failure(struct adit_writer *w)
{
    adit_write_byte(w, SSH_MSG_REQUEST_FAILURE);
}

enum adit_err adit_parse_tcpip_forward(struct adit_span data, struct adit_tcpip_forward *msg)
{
    struct adit_reader r = adit_reader_init(data);

    msg->address_to_bind = adit_read_string(&r);
    msg->port_to_bind = read_port(&r);
    adit_read_rest(&r); /* tolerated, as the header says */

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_tcpip_forward(struct adit_writer *w, const struct adit_tcpip_forward *msg)
{
    adit_write_string(w, msg->address_to_bind);
    adit_write_uint32(w, msg->port_to_bind);
}

enum adit_err adit_parse_streamlocal_forward(struct adit_span data, struct adit_span *path)
{
    struct adit_reader r = adit_reader_init(data);

    *path = adit_read_string(&r);
    adit_read_rest(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_streamlocal_forward(struct adit_writer *w, struct adit_span path)
{
    adit_write_string(w, path);
}

enum adit_err adit_parse_channel_open(struct adit_span payload, struct adit_msg_channel_open *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->channel_type = adit_read_string(&r);
    msg->sender_channel = adit_read_uint32(&r);
    msg->initial_window_size = adit_read_uint32(&r);
    msg->maximum_packet_size = adit_read_uint32(&r);
    msg->type_data = adit_read_rest(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_channel_open(struct adit_writer *w, const struct adit_msg_channel_open *msg)
{
    adit_write_byte(w, SSH_MSG_CHANNEL_OPEN);
    adit_write_string(w, msg->channel_type);
    adit_write_uint32(w, msg->sender_channel);
    adit_write_uint32(w, msg->initial_window_size);
    adit_write_uint32(w, msg->maximum_packet_size);
    adit_write_bytes(w, msg->type_data);
}

enum adit_err adit_parse_tcpip_channel(struct adit_span type_data, struct adit_tcpip_channel *msg)
{
    struct adit_reader r = adit_reader_init(type_data);
    uint32_t originator_port;

    msg->host = adit_read_string(&r);
    msg->port = read_port(&r);
    msg->originator = adit_read_string(&r);
    originator_port = adit_read_uint32(&r);
    msg->originator_port = originator_port > UINT16_MAX ? 0 : (uint16_t)originator_port;

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_tcpip_channel(struct adit_writer *w, const struct adit_tcpip_channel *msg)
{
    adit_write_string(w, msg->host);
    adit_write_uint32(w, msg->port);
    adit_write_string(w, msg->originator);
    adit_write_uint32(w, msg->originator_port);
}

enum adit_err adit_parse_streamlocal_channel(struct adit_span type_data, bool direct,
                                             struct adit_span *path)
{
    struct adit_reader r = adit_reader_init(type_data);

    *path = adit_read_string(&r);
    (void)adit_read_string(&r); /* reserved */
    if (direct)
        (void)adit_read_uint32(&r); /* reserved */

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_streamlocal_channel(struct adit_writer *w, bool direct, struct adit_span path)
{
    adit_write_string(w, path);
    adit_write_string(w, ADIT_SPAN_EMPTY);
    if (direct)
        adit_write_uint32(w, 0);
}

enum adit_err adit_parse_channel_open_confirmation(struct adit_span payload,
                                                   struct adit_msg_channel_open_confirmation *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->recipient_channel = adit_read_uint32(&r);
    msg->sender_channel = adit_read_uint32(&r);
    msg->initial_window_size = adit_read_uint32(&r);
    msg->maximum_packet_size = adit_read_uint32(&r);
    adit_read_rest(&r); /* type_data */

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_channel_open_confirmation(struct adit_writer *w,
                                          const struct adit_msg_channel_open_confirmation *msg)
{
    adit_write_byte(w, SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
    adit_write_uint32(w, msg->recipient_channel);
    adit_write_uint32(w, msg->sender_channel);
    adit_write_uint32(w, msg->initial_window_size);
    adit_write_uint32(w, msg->maximum_packet_size);
}

enum adit_err adit_parse_channel_open_failure(struct adit_span payload,
                                              struct adit_msg_channel_open_failure *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->recipient_channel = adit_read_uint32(&r);
    msg->reason_code = adit_read_uint32(&r);
    msg->description = adit_read_string(&r);
    msg->language_tag = r.left ? adit_read_string(&r) : ADIT_SPAN_EMPTY;

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_channel_open_failure(struct adit_writer *w,
                                     const struct adit_msg_channel_open_failure *msg)
{
    adit_write_byte(w, SSH_MSG_CHANNEL_OPEN_FAILURE);
    adit_write_uint32(w, msg->recipient_channel);
    adit_write_uint32(w, msg->reason_code);
    adit_write_string(w, msg->description);
    adit_write_string(w, msg->language_tag);
}

enum adit_err adit_parse_channel_window_adjust(struct adit_span payload,
                                               struct adit_msg_channel_window_adjust *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->recipient_channel = adit_read_uint32(&r);
    msg->bytes_to_add = adit_read_uint32(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_channel_window_adjust(struct adit_writer *w,
                                      const struct adit_msg_channel_window_adjust *msg)
{
    adit_write_byte(w, SSH_MSG_CHANNEL_WINDOW_ADJUST);
    adit_write_uint32(w, msg->recipient_channel);
    adit_write_uint32(w, msg->bytes_to_add);
}

enum adit_err adit_parse_channel_data(struct adit_span payload, struct adit_msg_channel_data *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->recipient_channel = adit_read_uint32(&r);
    msg->data = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

enum adit_err adit_parse_channel_extended_data(struct adit_span payload,
                                               struct adit_msg_channel_extended_data *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->recipient_channel = adit_read_uint32(&r);
    msg->data_type_code = adit_read_uint32(&r);
    msg->data = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

enum adit_err adit_parse_channel_only(struct adit_span payload, uint32_t *recipient_channel)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    *recipient_channel = adit_read_uint32(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_channel_only(struct adit_writer *w, uint8_t message_number,
                             uint32_t recipient_channel)
{
    adit_write_byte(w, message_number);
    adit_write_uint32(w, recipient_channel);
}

enum adit_err adit_parse_channel_request(struct adit_span payload,
                                         struct adit_msg_channel_request *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->recipient_channel = adit_read_uint32(&r);
    msg->request_type = adit_read_string(&r);
    msg->want_reply = adit_read_bool(&r);
    msg->data = adit_read_rest(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}
