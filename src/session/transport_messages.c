/* SPDX-License-Identifier: BSD-2-Clause */
/* What concerns the session as a whole: its end, its extensions, its phases' turns. */
#include "session/session.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

enum { EXT_INFOS_MAX_CLIENT = 2, EXT_INFOS_MAX_SERVER = 1 }; /* T34 */

enum adit_err adit_session_handle_disconnect(struct adit_session *s, struct adit_span payload)
{
    struct adit_msg_disconnect msg;
    char said[256];
    char text[ADIT_ERROR_TEXT_SIZE];

    if (adit_parse_disconnect(payload, &msg))
        msg = (struct adit_msg_disconnect){ 0 };
    adit_text_printable(msg.description, said, sizeof said);
    (void)snprintf(text, sizeof text, "the peer disconnected: %s (reason %u)",
                   said[0] ? said : "it gave no text", (unsigned)msg.reason_code);
    adit_session_fail(s, ADIT_ERR_DISCONNECTED, text);
    return ADIT_OK;
}

enum adit_err adit_session_handle_debug(struct adit_session *s, struct adit_span payload)
{
    struct adit_msg_debug msg;
    struct adit_event *event;
    const enum adit_err err = adit_parse_debug(payload, &msg);

    if (err)
        return adit_transport_fault(&s->transport, err, "DEBUG is malformed");
    event = adit_events_add(&s->events, ADIT_EVENT_DEBUG);
    event->text = msg.message;
    event->always_display = msg.always_display;
    return ADIT_OK;
}

void adit_session_tell_user(struct adit_session *s, const char *text)
{
    const struct adit_msg_debug msg = { true, adit_span_text(text), ADIT_SPAN_EMPTY };
    struct adit_writer w;
    enum adit_err err;

    if (s->err || !s->authenticated)
        return;
    w = adit_transport_message(&s->transport);
    adit_write_debug(&w, &msg);
    err = adit_transport_send(&s->transport, &w);
    if (err)
        adit_session_fail(s, err, NULL);
}

enum adit_err adit_session_handle_unimplemented(struct adit_session *s, struct adit_span payload)
{
    uint32_t sequence_number;
    const enum adit_err err = adit_parse_unimplemented(payload, &sequence_number);

    return err ? adit_transport_fault(&s->transport, err, "UNIMPLEMENTED is malformed") : err;
}

enum adit_err adit_session_send_unimplemented(struct adit_session *s)
{
    struct adit_writer w = adit_transport_message(&s->transport);

    /* The packet that is answered has been counted already. */
    adit_write_unimplemented(&w, s->transport.in.sequence_number - 1);
    return adit_transport_send(&s->transport, &w);
}

/* RFC 8308, 2.4: a client's comes right after its first NEWKEYS or not at all. */
enum adit_err adit_session_handle_ext_info(struct adit_session *s, struct adit_span payload)
{
    const bool is_server = s->role == ADIT_SERVER;
    struct adit_msg_ext_info msg;
    struct adit_extension extension;
    enum adit_err err = adit_parse_ext_info(payload, &msg);

    if (err)
        return adit_transport_fault(&s->transport, err, "EXT_INFO is malformed");
    if (++s->ext_infos > (is_server ? EXT_INFOS_MAX_SERVER : EXT_INFOS_MAX_CLIENT) ||
        (is_server && s->transport.in.packets != 1))
        return adit_transport_fault(&s->transport, ADIT_ERR_PROTOCOL, "EXT_INFO out of its place");
    while (!err && adit_ext_info_next(&msg.extensions, &extension)) {
        if (!is_server && adit_span_is(extension.name, "server-sig-algs") &&
            (extension.value.len == 0 ||
             memchr(extension.value.data, '\0', extension.value.len) == NULL))
            err = adit_auth_client_sig_algs(&s->auth_client, extension.value);
        else if (!is_server && adit_span_is(extension.name, "publickey-hostbound@openssh.com"))
            s->auth_client.takes_host_bound = adit_span_is(extension.value, "0");
    }
    return err;
}

/* T48: a PONG only after the login, and never in the middle of a key exchange. */
enum adit_err adit_session_handle_ping(struct adit_session *s, struct adit_span payload)
{
    struct adit_span data;
    struct adit_writer w;
    const enum adit_err err = adit_parse_ping(payload, &data);

    if (err)
        return adit_transport_fault(&s->transport, err, "PING is malformed");
    if (!s->authenticated || s->transport.kex.step != ADIT_KEX_IDLE ||
        data.len > ADIT_DATA_PER_PACKET)
        return ADIT_OK;
    w = adit_transport_message(&s->transport);
    adit_write_pong(&w, data);
    return adit_transport_send(&s->transport, &w);
}

static void note_agreement(struct adit_session *s)
{
    const struct adit_negotiated *n = &s->transport.kex.chosen;

    s->agreement = (struct adit_agreement){
        .kex = n->kex->name,
        .host_key = n->host_key->name,
        .cipher_c2s = n->cipher_c2s->name,
        .cipher_s2c = n->cipher_s2c->name,
        .mac_c2s = n->mac_c2s ? n->mac_c2s->name : "<implicit>",
        .mac_s2c = n->mac_s2c ? n->mac_s2c->name : "<implicit>",
        .compression_c2s = adit_compression_name(n->compression_c2s),
        .compression_s2c = adit_compression_name(n->compression_s2c),
        .strict_kex = s->transport.kex.strict,
    };
}

enum adit_err adit_session_handle_newkeys(struct adit_session *s, struct adit_span payload)
{
    const bool is_first = !s->transport.kex.first_done;
    const enum adit_err err = adit_kex_handle_newkeys(&s->transport, payload);

    if (err)
        return err;
    note_agreement(s);
    return is_first && s->role == ADIT_CLIENT ? adit_auth_client_start(&s->auth_client) : ADIT_OK;
}

enum adit_err adit_session_handle_success(struct adit_session *s, struct adit_span payload)
{
    const enum adit_err err = adit_auth_client_handle_success(&s->auth_client, payload);

    if (err)
        return err;
    s->authenticated = true;
    adit_events_add(&s->events, ADIT_EVENT_AUTHENTICATED);
    return ADIT_OK;
}
