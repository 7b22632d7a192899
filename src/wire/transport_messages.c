/* SPDX-License-Identifier: BSD-2-Clause */
/* Each function reads like the drawing of its message in the RFC. */
#include "wire/transport_messages.h"

#include "wire/numbers.h"

enum {
    NAMELIST_MAX = 16 * 1024, /* of KEXINIT, each */
    EXTENSIONS_MAX = 1024,
};

enum adit_err adit_parse_disconnect(struct adit_span payload, struct adit_msg_disconnect *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->reason_code = adit_read_uint32(&r);
    msg->description = adit_read_string(&r);
    msg->language_tag = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_disconnect(struct adit_writer *w, const struct adit_msg_disconnect *msg)
{
    adit_write_byte(w, SSH_MSG_DISCONNECT);
    adit_write_uint32(w, msg->reason_code);
    adit_write_string(w, msg->description);
    adit_write_string(w, msg->language_tag);
}

enum adit_err adit_parse_debug(struct adit_span payload, struct adit_msg_debug *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->always_display = adit_read_bool(&r);
    msg->message = adit_read_string(&r);
    msg->language_tag = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_debug(struct adit_writer *w, const struct adit_msg_debug *msg)
{
    adit_write_byte(w, SSH_MSG_DEBUG);
    adit_write_bool(w, msg->always_display);
    adit_write_string(w, msg->message);
    adit_write_string(w, msg->language_tag);
}

enum adit_err adit_parse_unimplemented(struct adit_span payload, uint32_t *sequence_number)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    *sequence_number = adit_read_uint32(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_unimplemented(struct adit_writer *w, uint32_t sequence_number)
{
    adit_write_byte(w, SSH_MSG_UNIMPLEMENTED);
    adit_write_uint32(w, sequence_number);
}

enum adit_err adit_parse_service(struct adit_span payload, struct adit_span *service_name)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    *service_name = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_service_request(struct adit_writer *w, const char *service_name)
{
    adit_write_byte(w, SSH_MSG_SERVICE_REQUEST);
    adit_write_text(w, service_name);
}

void adit_write_service_accept(struct adit_writer *w, const char *service_name)
{
    adit_write_byte(w, SSH_MSG_SERVICE_ACCEPT);
    adit_write_text(w, service_name);
}

enum adit_err adit_parse_kexinit(struct adit_span payload, struct adit_msg_kexinit *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->cookie = adit_read_bytes(&r, ADIT_KEXINIT_COOKIE_SIZE);
    for (size_t i = 0; i < ADIT_KEXINIT_LISTS; i++) {
        msg->lists[i] = adit_read_namelist(&r);
        if (msg->lists[i].len > NAMELIST_MAX)
            adit_reader_fail(&r);
    }
    msg->first_kex_packet_follows = adit_read_bool(&r);
    adit_read_uint32(&r); /* reserved */

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_kexinit(struct adit_writer *w, const struct adit_msg_kexinit *msg)
{
    adit_write_byte(w, SSH_MSG_KEXINIT);
    adit_write_bytes(w, msg->cookie);
    for (size_t i = 0; i < ADIT_KEXINIT_LISTS; i++)
        adit_write_string(w, msg->lists[i]);
    adit_write_bool(w, msg->first_kex_packet_follows);
    adit_write_uint32(w, 0); /* reserved */
}

enum adit_err adit_parse_newkeys(struct adit_span payload)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_newkeys(struct adit_writer *w)
{
    adit_write_byte(w, SSH_MSG_NEWKEYS);
}

enum adit_err adit_parse_kex_init(struct adit_span payload, struct adit_span *init)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    *init = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_kex_init(struct adit_writer *w, uint8_t number, struct adit_span init)
{
    adit_write_byte(w, number);
    adit_write_string(w, init);
}

enum adit_err adit_parse_kex_reply(struct adit_span payload, struct adit_msg_kex_reply *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->host_key = adit_read_string(&r);
    msg->reply = adit_read_string(&r);
    msg->signature = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_kex_reply(struct adit_writer *w, uint8_t number,
                          const struct adit_msg_kex_reply *msg)
{
    adit_write_byte(w, number);
    adit_write_string(w, msg->host_key);
    adit_write_string(w, msg->reply);
    adit_write_string(w, msg->signature);
}

enum adit_err adit_parse_kex_group_request(struct adit_span payload,
                                           struct adit_msg_kex_group_request *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->min = adit_read_uint32(&r);
    msg->n = adit_read_uint32(&r);
    msg->max = adit_read_uint32(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_kex_group_request(struct adit_writer *w,
                                  const struct adit_msg_kex_group_request *msg)
{
    adit_write_byte(w, SSH_MSG_KEX_DH_GEX_REQUEST);
    adit_write_uint32(w, msg->min);
    adit_write_uint32(w, msg->n);
    adit_write_uint32(w, msg->max);
}

enum adit_err adit_parse_kex_group(struct adit_span payload, struct adit_msg_kex_group *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->p = adit_read_mpint(&r);
    msg->g = adit_read_mpint(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

static struct adit_extension read_extension(struct adit_reader *r)
{
    struct adit_extension extension;

    extension.name = adit_read_string(r);
    extension.value = adit_read_string(r);
    return extension;
}

enum adit_err adit_parse_ext_info(struct adit_span payload, struct adit_msg_ext_info *msg)
{
    struct adit_reader r = adit_reader_init(payload);
    struct adit_reader pairs;

    adit_read_byte(&r);
    msg->extension_count = adit_read_uint32(&r);
    pairs = r;
    msg->extensions = adit_read_rest(&pairs);
    if (msg->extension_count > EXTENSIONS_MAX)
        adit_reader_fail(&r);
    for (uint32_t i = 0; i < msg->extension_count && adit_reader_ok(&r); i++)
        read_extension(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

bool adit_ext_info_next(struct adit_span *extensions, struct adit_extension *extension)
{
    struct adit_reader r = adit_reader_init(*extensions);

    *extension = read_extension(&r);
    *extensions = adit_read_rest(&r);
    return adit_reader_ok(&r);
}

void adit_write_ext_info(struct adit_writer *w, const struct adit_extension *extensions,
                         uint32_t count)
{
    adit_write_byte(w, SSH_MSG_EXT_INFO);
    adit_write_uint32(w, count);
    for (uint32_t i = 0; i < count; i++) {
        adit_write_string(w, extensions[i].name);
        adit_write_string(w, extensions[i].value);
    }
}

enum adit_err adit_parse_ping(struct adit_span payload, struct adit_span *data)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    *data = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_pong(struct adit_writer *w, struct adit_span data)
{
    adit_write_byte(w, SSH_MSG_PONG);
    adit_write_string(w, data);
}
