/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which message is legal when, and for whom: this table and nothing else says
 * so. It is constant; the phase is computed from what the layers report, never
 * set by a handler. Order within an exchange is kex.c's, within a login
 * auth/'s, within a channel's life connection/'s.
 */
#include "session/session.h"

#include "base/span.h"

#define STRICT    ADIT_PHASE_INITIAL_STRICT
#define INITIAL   ADIT_PHASE_INITIAL
#define SERVICE   ADIT_PHASE_SERVICE
#define AUTH      ADIT_PHASE_AUTH
#define CONNECTED ADIT_PHASE_CONNECTED
#define REKEY     ADIT_PHASE_REKEY
#define ALL       (STRICT | INITIAL | SERVICE | AUTH | CONNECTED | REKEY)
#define EXCHANGE  (STRICT | INITIAL | REKEY)

#define CLIENT ADIT_CLIENT
#define SERVER ADIT_SERVER
#define BOTH   (ADIT_CLIENT | ADIT_SERVER)

struct msg_rule {
    unsigned phases;        /* when we may receive it… */
    unsigned receiver;      /* …as what */
    unsigned unimplemented; /* when it is answered with UNIMPLEMENTED instead; else it is fatal */
    enum adit_err (*handle)(struct adit_session *s, struct adit_span payload);
};

static enum adit_err ignore(struct adit_session *s, struct adit_span payload)
{
    (void)s;
    (void)payload;
    return ADIT_OK;
}

static enum adit_err kexinit(struct adit_session *s, struct adit_span payload)
{
    return adit_kex_handle_kexinit(&s->transport, payload);
}

static enum adit_err kex_method(struct adit_session *s, struct adit_span payload)
{
    return adit_kex_handle_method(&s->transport, payload);
}

static enum adit_err service_request(struct adit_session *s, struct adit_span payload)
{
    return adit_auth_server_handle_service_request(&s->auth_server, payload);
}

static enum adit_err service_accept(struct adit_session *s, struct adit_span payload)
{
    return adit_auth_client_handle_service_accept(&s->auth_client, payload);
}

static enum adit_err userauth_request(struct adit_session *s, struct adit_span payload)
{
    return adit_auth_server_handle_request(&s->auth_server, payload);
}

static enum adit_err userauth_failure(struct adit_session *s, struct adit_span payload)
{
    return adit_auth_client_handle_failure(&s->auth_client, payload);
}

static enum adit_err userauth_banner(struct adit_session *s, struct adit_span payload)
{
    return adit_auth_client_handle_banner(&s->auth_client, payload);
}

static enum adit_err userauth_method(struct adit_session *s, struct adit_span payload)
{
    return adit_auth_client_handle_method(&s->auth_client, payload);
}

/* Only a client asks for keyboard-interactive, so only a server is answered. */
static enum adit_err userauth_info_response(struct adit_session *s, struct adit_span payload)
{
    return s->role == ADIT_SERVER ? adit_auth_server_handle_info_response(&s->auth_server, payload)
                                  : adit_auth_client_handle_method(&s->auth_client, payload);
}

static enum adit_err global_request(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_global_request(&s->connection, payload);
}

static enum adit_err request_reply(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_reply(&s->connection, payload);
}

static enum adit_err channel_open(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_open(&s->connection, payload);
}

static enum adit_err channel_confirmation(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_confirmation(&s->connection, payload);
}

static enum adit_err channel_failure(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_failure(&s->connection, payload);
}

static enum adit_err channel_window_adjust(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_window_adjust(&s->connection, payload);
}

static enum adit_err channel_data(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_data(&s->connection, payload);
}

static enum adit_err channel_extended_data(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_extended_data(&s->connection, payload);
}

static enum adit_err channel_eof(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_eof(&s->connection, payload);
}

static enum adit_err channel_close(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_close(&s->connection, payload);
}

static enum adit_err channel_request(struct adit_session *s, struct adit_span payload)
{
    return adit_connection_handle_channel_request(&s->connection, payload);
}

/* clang-format off */
static const struct msg_rule rules[256] = {
    /* number                               legal                         to      unimplemented */
    [SSH_MSG_DISCONNECT]                = { ALL,                          BOTH,   0, adit_session_handle_disconnect },
    [SSH_MSG_IGNORE]                    = { ALL & ~STRICT,                BOTH,   0, ignore },
    [SSH_MSG_UNIMPLEMENTED]             = { ALL & ~STRICT,                BOTH,   0, adit_session_handle_unimplemented },
    [SSH_MSG_DEBUG]                     = { ALL & ~STRICT,                BOTH,   0, adit_session_handle_debug },
    [SSH_MSG_SERVICE_REQUEST]           = { SERVICE,                      SERVER, CONNECTED, service_request },
    [SSH_MSG_SERVICE_ACCEPT]            = { SERVICE,                      CLIENT, CONNECTED, service_accept },
    [SSH_MSG_EXT_INFO]                  = { SERVICE | AUTH,               BOTH,   CONNECTED, adit_session_handle_ext_info },
    [SSH_MSG_KEXINIT]                   = { STRICT | INITIAL | CONNECTED | REKEY, BOTH, 0, kexinit },
    [SSH_MSG_NEWKEYS]                   = { EXCHANGE,                     BOTH,   0, adit_session_handle_newkeys },
    [SSH_MSG_USERAUTH_REQUEST]          = { AUTH | CONNECTED,             SERVER, 0, userauth_request },
    [SSH_MSG_USERAUTH_FAILURE]          = { AUTH,                         CLIENT, 0, userauth_failure },
    [SSH_MSG_USERAUTH_SUCCESS]          = { AUTH,                         CLIENT, 0, adit_session_handle_success },
    [SSH_MSG_USERAUTH_BANNER]           = { AUTH,                         CLIENT, 0, userauth_banner },
    [SSH_MSG_USERAUTH_INFO_RESPONSE]    = { AUTH,                         BOTH,   0, userauth_info_response },
    [SSH_MSG_GLOBAL_REQUEST]            = { CONNECTED,                    BOTH,   0, global_request },
    [SSH_MSG_REQUEST_SUCCESS]           = { CONNECTED,                    BOTH,   0, request_reply },
    [SSH_MSG_REQUEST_FAILURE]           = { CONNECTED,                    BOTH,   0, request_reply },
    [SSH_MSG_CHANNEL_OPEN]              = { CONNECTED,                    BOTH,   0, channel_open },
    [SSH_MSG_CHANNEL_OPEN_CONFIRMATION] = { CONNECTED,                    BOTH,   0, channel_confirmation },
    [SSH_MSG_CHANNEL_OPEN_FAILURE]      = { CONNECTED,                    BOTH,   0, channel_failure },
    [SSH_MSG_CHANNEL_WINDOW_ADJUST]     = { CONNECTED,                    BOTH,   0, channel_window_adjust },
    [SSH_MSG_CHANNEL_DATA]              = { CONNECTED,                    BOTH,   0, channel_data },
    [SSH_MSG_CHANNEL_EXTENDED_DATA]     = { CONNECTED,                    BOTH,   0, channel_extended_data },
    [SSH_MSG_CHANNEL_EOF]               = { CONNECTED,                    BOTH,   0, channel_eof },
    [SSH_MSG_CHANNEL_CLOSE]             = { CONNECTED,                    BOTH,   0, channel_close },
    [SSH_MSG_CHANNEL_REQUEST]           = { CONNECTED,                    BOTH,   0, channel_request },
    [SSH_MSG_CHANNEL_SUCCESS]           = { CONNECTED,                    BOTH,   0, ignore },
    [SSH_MSG_CHANNEL_FAILURE]           = { CONNECTED,                    BOTH,   0, ignore },
    [SSH_MSG_PING]                      = { ALL & ~STRICT,                BOTH,   0, adit_session_handle_ping },
    [SSH_MSG_PONG]                      = { ALL & ~STRICT,                BOTH,   0, ignore },
};

/*
 * The numbers without a row of their own. An unrecognised message is answered,
 * not fatal (RFC 4253, 11.4), but for 80 and up before the login is done
 * (RFC 4252, 6), 50 to 79 outside of it, and all that is not the exchange's
 * while one runs (RFC 4253, 7.1).
 */
static const struct {
    uint8_t first, last;
    struct msg_rule rule;
} ranges[] = {
    {   8,  19, { 0,        0,      ALL & ~STRICT, NULL } },
    {  22,  29, { 0,        0,      ALL & ~STRICT, NULL } },
    {  30,  49, { EXCHANGE, BOTH,   CONNECTED,     kex_method } },
    {  54,  59, { 0,        0,      AUTH | CONNECTED, NULL } },
    {  60,  79, { AUTH,     CLIENT, 0,             userauth_method } },
    {  83,  89, { 0,        0,      CONNECTED,     NULL } },
    { 101, 191, { 0,        0,      CONNECTED,     NULL } },
    { 194, 255, { 0,        0,      CONNECTED,     NULL } },
};
/* clang-format on */

static const struct msg_rule *find_rule(uint8_t number)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ranges); i++)
        if (number >= ranges[i].first && number <= ranges[i].last)
            return &ranges[i].rule;
    return &rules[number];
}

enum adit_legality adit_message_legality(uint8_t number, enum adit_phase phase,
                                         enum adit_role receiver)
{
    const struct msg_rule *rule = rules[number].handle ? &rules[number] : find_rule(number);

    if (rule->phases & phase && rule->receiver & receiver)
        return ADIT_LEGAL;
    return rule->unimplemented & phase ? ADIT_UNIMPLEMENTED : ADIT_ILLEGAL;
}

static enum adit_phase phase_of(const struct adit_session *s)
{
    const struct adit_kex *kex = &s->transport.kex;
    const bool service =
        s->role == ADIT_SERVER ? s->auth_server.service_accepted : s->auth_client.service_accepted;

    if (!kex->first_done)
        return kex->strict ? STRICT : INITIAL;
    if (kex->peer_kexinit)
        return REKEY;
    if (s->authenticated)
        return CONNECTED;
    return service ? AUTH : SERVICE;
}

enum adit_err adit_dispatch(struct adit_session *s, struct adit_span payload)
{
    const uint8_t number = payload.data[0]; /* no payload is empty */
    const struct msg_rule *rule = rules[number].handle ? &rules[number] : find_rule(number);

    switch (adit_message_legality(number, phase_of(s), s->role)) {
    case ADIT_LEGAL:
        return rule->handle(s, payload);
    case ADIT_UNIMPLEMENTED:
        return adit_session_send_unimplemented(s);
    case ADIT_ILLEGAL:
        break;
    }
    return adit_transport_fault(&s->transport, ADIT_ERR_PROTOCOL, NULL);
}
