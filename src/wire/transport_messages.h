/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of RFC 4253, 4252's services, RFC 8308, and ping@openssh.com.
 *
 * For every message here and in the other *_messages.h: `adit_parse_<message>`
 * reads a whole payload, its number included (the dispatcher has judged that
 * byte), refuses what is left over, and on error leaves *msg unusable;
 * `adit_write_<message>` appends the whole payload. Spans borrow from the payload.
 */
#ifndef ADIT_WIRE_TRANSPORT_MESSAGES_H
#define ADIT_WIRE_TRANSPORT_MESSAGES_H

#include "wire/reader.h"
#include "wire/writer.h"

/* RFC 4253, 11.1 */
struct adit_msg_disconnect {
    uint32_t reason_code;
    struct adit_span description;
    struct adit_span language_tag;
};
ADIT_MUST_USE enum adit_err adit_parse_disconnect(struct adit_span payload,
                                                  struct adit_msg_disconnect *msg);
void adit_write_disconnect(struct adit_writer *w, const struct adit_msg_disconnect *msg);

/* RFC 4253, 11.3 */
struct adit_msg_debug {
    bool always_display;
    struct adit_span message;
    struct adit_span language_tag;
};
ADIT_MUST_USE enum adit_err adit_parse_debug(struct adit_span payload, struct adit_msg_debug *msg);
void adit_write_debug(struct adit_writer *w, const struct adit_msg_debug *msg);

/* RFC 4253, 11.4 */
ADIT_MUST_USE enum adit_err adit_parse_unimplemented(struct adit_span payload,
                                                     uint32_t *sequence_number);
void adit_write_unimplemented(struct adit_writer *w, uint32_t sequence_number);

/* RFC 4253, 10: SERVICE_REQUEST and SERVICE_ACCEPT. */
ADIT_MUST_USE enum adit_err adit_parse_service(struct adit_span payload,
                                               struct adit_span *service_name);
void adit_write_service_request(struct adit_writer *w, const char *service_name);
void adit_write_service_accept(struct adit_writer *w, const char *service_name);

/* RFC 4253, 7.1. The order of the lists is that of the message. */
enum adit_kexinit_list {
    ADIT_KEXINIT_KEX,
    ADIT_KEXINIT_HOST_KEY,
    ADIT_KEXINIT_CIPHER_C2S,
    ADIT_KEXINIT_CIPHER_S2C,
    ADIT_KEXINIT_MAC_C2S,
    ADIT_KEXINIT_MAC_S2C,
    ADIT_KEXINIT_COMPRESSION_C2S,
    ADIT_KEXINIT_COMPRESSION_S2C,
    ADIT_KEXINIT_LANGUAGES_C2S,
    ADIT_KEXINIT_LANGUAGES_S2C,
    ADIT_KEXINIT_LISTS,
};
#define ADIT_KEXINIT_COOKIE_SIZE 16

struct adit_msg_kexinit {
    struct adit_span cookie;
    struct adit_span lists[ADIT_KEXINIT_LISTS];
    bool first_kex_packet_follows;
};
/* The reserved uint32 may have any value (it is for future extension). */
ADIT_MUST_USE enum adit_err adit_parse_kexinit(struct adit_span payload,
                                               struct adit_msg_kexinit *msg);
void adit_write_kexinit(struct adit_writer *w, const struct adit_msg_kexinit *msg);

/* NEWKEYS: a number and nothing else. */
ADIT_MUST_USE enum adit_err adit_parse_newkeys(struct adit_span payload);
void adit_write_newkeys(struct adit_writer *w);

/*
 * RFC 5656, 4; RFC 8731; RFC 4253, 8 (there e is an mpint, with the same bytes).
 * RFC 4419 has the same two messages under other numbers.
 */
ADIT_MUST_USE enum adit_err adit_parse_kex_init(struct adit_span payload, struct adit_span *init);
void adit_write_kex_init(struct adit_writer *w, uint8_t number, struct adit_span init);

struct adit_msg_kex_reply {
    struct adit_span host_key;
    struct adit_span reply; /* Q_S, f or S_REPLY */
    struct adit_span signature;
};
ADIT_MUST_USE enum adit_err adit_parse_kex_reply(struct adit_span payload,
                                                 struct adit_msg_kex_reply *msg);
void adit_write_kex_reply(struct adit_writer *w, uint8_t number,
                          const struct adit_msg_kex_reply *msg);

/* RFC 4419, 3: bits of the modulus that the client takes, and would like to have. */
struct adit_msg_kex_group_request {
    uint32_t min, n, max;
};
ADIT_MUST_USE enum adit_err adit_parse_kex_group_request(struct adit_span payload,
                                                         struct adit_msg_kex_group_request *msg);
void adit_write_kex_group_request(struct adit_writer *w,
                                  const struct adit_msg_kex_group_request *msg);

/* The group; magnitudes without leading zeros. */
struct adit_msg_kex_group {
    struct adit_span p, g;
};
ADIT_MUST_USE enum adit_err adit_parse_kex_group(struct adit_span payload,
                                                 struct adit_msg_kex_group *msg);

/*
 * RFC 8308, 2.3: the count, then that many pairs, which stay encoded:
 * adit_read_extension() takes them one by one. A count over 1024 is MALFORMED.
 */
struct adit_msg_ext_info {
    uint32_t extension_count;
    struct adit_span extensions;
};
struct adit_extension {
    struct adit_span name;
    struct adit_span value;
};
/* Checks every pair and that nothing is left over. */
ADIT_MUST_USE enum adit_err adit_parse_ext_info(struct adit_span payload,
                                                struct adit_msg_ext_info *msg);
/* The next pair, taken off `*extensions`; false at the end. */
bool adit_ext_info_next(struct adit_span *extensions, struct adit_extension *extension);
void adit_write_ext_info(struct adit_writer *w, const struct adit_extension *extensions,
                         uint32_t count);

/* ping@openssh.com: `data` of a PING comes back in the PONG. */
ADIT_MUST_USE enum adit_err adit_parse_ping(struct adit_span payload, struct adit_span *data);
void adit_write_pong(struct adit_writer *w, struct adit_span data);

#endif
