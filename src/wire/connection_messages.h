/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of RFC 4254. See transport_messages.h for the conventions. */
#ifndef ADIT_WIRE_CONNECTION_MESSAGES_H
#define ADIT_WIRE_CONNECTION_MESSAGES_H

#include "wire/reader.h"
#include "wire/writer.h"

/* RFC 4254, 4. `data` is request-specific, still encoded. */
struct adit_msg_global_request {
    struct adit_span request_name;
    bool want_reply;
    struct adit_span data;
};
ADIT_MUST_USE enum adit_err adit_parse_global_request(struct adit_span payload,
                                                      struct adit_msg_global_request *msg);
void adit_write_global_request(struct adit_writer *w, const struct adit_msg_global_request *msg);

/* `data` is response-specific, still encoded. */
ADIT_MUST_USE enum adit_err adit_parse_request_success(struct adit_span payload,
                                                       struct adit_span *data);
void adit_write_request_success(struct adit_writer *w, struct adit_span data);
void adit_write_request_failure(struct adit_writer *w);

/*
 * RFC 4254, 7.1: data of tcpip-forward and cancel-tcpip-forward. Bytes left over are
 * tolerated, as OpenSSH does; a port over 65535 is MALFORMED.
 */
struct adit_tcpip_forward {
    struct adit_span address_to_bind;
    uint16_t port_to_bind;
};
ADIT_MUST_USE enum adit_err adit_parse_tcpip_forward(struct adit_span data,
                                                     struct adit_tcpip_forward *msg);
void adit_write_tcpip_forward(struct adit_writer *w, const struct adit_tcpip_forward *msg);

/*
 * OpenSSH's PROTOCOL, 2.4: data of streamlocal-forward@openssh.com and
 * cancel-streamlocal-forward@openssh.com, with what is left over tolerated likewise.
 */
ADIT_MUST_USE enum adit_err adit_parse_streamlocal_forward(struct adit_span data,
                                                           struct adit_span *path);
void adit_write_streamlocal_forward(struct adit_writer *w, struct adit_span path);

/* RFC 4254, 5.1. `type_data` is channel type specific data, still encoded. */
struct adit_msg_channel_open {
    struct adit_span channel_type;
    uint32_t sender_channel;
    uint32_t initial_window_size;
    uint32_t maximum_packet_size;
    struct adit_span type_data;
};
ADIT_MUST_USE enum adit_err adit_parse_channel_open(struct adit_span payload,
                                                    struct adit_msg_channel_open *msg);
void adit_write_channel_open(struct adit_writer *w, const struct adit_msg_channel_open *msg);

/*
 * RFC 4254, 7.2: type_data of direct-tcpip (host and port to connect to) and
 * forwarded-tcpip (address and port that were connected). A port to connect to
 * over 65535 is MALFORMED; an originator's port over it is read as 0.
 */
struct adit_tcpip_channel {
    struct adit_span host;
    uint16_t port;
    struct adit_span originator;
    uint16_t originator_port;
};
ADIT_MUST_USE enum adit_err adit_parse_tcpip_channel(struct adit_span type_data,
                                                     struct adit_tcpip_channel *msg);
void adit_write_tcpip_channel(struct adit_writer *w, const struct adit_tcpip_channel *msg);

/*
 * OpenSSH's PROTOCOL, 2.4: type_data of direct-streamlocal@openssh.com (`direct`,
 * which has a reserved string and a reserved uint32) and of
 * forwarded-streamlocal@openssh.com (a reserved string): the path of a socket in
 * the file system.
 */
ADIT_MUST_USE enum adit_err adit_parse_streamlocal_channel(struct adit_span type_data, bool direct,
                                                           struct adit_span *path);
void adit_write_streamlocal_channel(struct adit_writer *w, bool direct, struct adit_span path);

/* `type_data` is passed over: none of our channel types has any. */
struct adit_msg_channel_open_confirmation {
    uint32_t recipient_channel;
    uint32_t sender_channel;
    uint32_t initial_window_size;
    uint32_t maximum_packet_size;
};
ADIT_MUST_USE enum adit_err adit_parse_channel_open_confirmation(
    struct adit_span payload, struct adit_msg_channel_open_confirmation *msg);
void adit_write_channel_open_confirmation(struct adit_writer *w,
                                          const struct adit_msg_channel_open_confirmation *msg);

/* `language_tag` may be missing: some peers leave it out. */
struct adit_msg_channel_open_failure {
    uint32_t recipient_channel;
    uint32_t reason_code;
    struct adit_span description;
    struct adit_span language_tag;
};
ADIT_MUST_USE enum adit_err adit_parse_channel_open_failure(
    struct adit_span payload, struct adit_msg_channel_open_failure *msg);
void adit_write_channel_open_failure(struct adit_writer *w,
                                     const struct adit_msg_channel_open_failure *msg);

/* RFC 4254, 5.2 */
struct adit_msg_channel_window_adjust {
    uint32_t recipient_channel;
    uint32_t bytes_to_add;
};
ADIT_MUST_USE enum adit_err adit_parse_channel_window_adjust(
    struct adit_span payload, struct adit_msg_channel_window_adjust *msg);
void adit_write_channel_window_adjust(struct adit_writer *w,
                                      const struct adit_msg_channel_window_adjust *msg);

/* Written by connection/ in place: only the parser stands here. */
struct adit_msg_channel_data {
    uint32_t recipient_channel;
    struct adit_span data;
};
ADIT_MUST_USE enum adit_err adit_parse_channel_data(struct adit_span payload,
                                                    struct adit_msg_channel_data *msg);

struct adit_msg_channel_extended_data {
    uint32_t recipient_channel;
    uint32_t data_type_code;
    struct adit_span data;
};
ADIT_MUST_USE enum adit_err adit_parse_channel_extended_data(
    struct adit_span payload, struct adit_msg_channel_extended_data *msg);

/* EOF, CLOSE, CHANNEL_SUCCESS and CHANNEL_FAILURE: a number and a channel. */
ADIT_MUST_USE enum adit_err adit_parse_channel_only(struct adit_span payload,
                                                    uint32_t *recipient_channel);
void adit_write_channel_only(struct adit_writer *w, uint8_t message_number,
                             uint32_t recipient_channel);

/* RFC 4254, 5.4. `data` is type-specific, still encoded. */
struct adit_msg_channel_request {
    uint32_t recipient_channel;
    struct adit_span request_type;
    bool want_reply;
    struct adit_span data;
};
ADIT_MUST_USE enum adit_err adit_parse_channel_request(struct adit_span payload,
                                                       struct adit_msg_channel_request *msg);

#endif
