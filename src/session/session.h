/* SPDX-License-Identifier: BSD-2-Clause */
/* The engine's one object, for session/ alone. */
#ifndef ADIT_SESSION_SESSION_H
#define ADIT_SESSION_SESSION_H

#include "auth/auth_client.h"
#include "auth/auth_server.h"
#include "connection/connection.h"

#define ADIT_ERROR_TEXT_SIZE 1024

struct adit_session {
    enum adit_role role;
    enum adit_err err; /* ADIT_OK while it lives */
    char *err_text;    /* NULL while it lives, or for want of memory */
    void *user_data;
    struct adit_events events;
    struct adit_transport transport;
    struct adit_auth_client auth_client;
    struct adit_auth_server auth_server;
    struct adit_connection connection;
    struct adit_agreement agreement;
    char *host_key_names; /* server: the algorithms that its keys can do */
    bool authenticated;
    bool host_key_unjudged; /* client: nothing is read before the verdict */
    unsigned ext_infos;
    uint8_t *secret; /* a password in the input, wiped at the next pull */
    size_t secret_len;

    uint64_t started_ms;
    uint64_t heard_ms; /* when the last packet came */
    uint64_t asked_ms; /* when the last sign of life was asked for, of those of the interval… */
    uint64_t life_asked_ms; /* …and of all */
    unsigned alive_unanswered;
    uint64_t alive_due_ms; /* a sign must have come by then; UINT64_MAX: as the count says */
    uint64_t login_grace_ms;
    uint64_t alive_interval_ms;
    unsigned alive_count_max;
};

/*
 * Ends the session because of `err`: the first one counts. Tells the peer unless
 * it was the peer that ended it. With `text` NULL, the sentence is the layers' own.
 */
void adit_session_fail(struct adit_session *s, enum adit_err err, const char *text);

/* What was asked is answered: time.c. */
void adit_session_found_alive(struct adit_session *s);

/* ---- dispatch.c ---- */

/* Where the session stands, as far as the legality of messages goes (protocol of RFC 4253, 7.1). */
enum adit_phase {
    ADIT_PHASE_INITIAL_STRICT = 1, /* first exchange, strict: nothing optional */
    ADIT_PHASE_INITIAL = 2,        /* first exchange, or before it */
    ADIT_PHASE_SERVICE = 4,        /* keys are there, no service yet */
    ADIT_PHASE_AUTH = 8,
    ADIT_PHASE_CONNECTED = 16,
    ADIT_PHASE_REKEY = 32, /* from the peer's KEXINIT to its NEWKEYS */
};

enum adit_legality {
    ADIT_LEGAL,
    ADIT_UNIMPLEMENTED, /* answered with SSH_MSG_UNIMPLEMENTED (RFC 4253, 11.4) */
    ADIT_ILLEGAL,       /* ends the session */
};

enum adit_legality adit_message_legality(uint8_t number, enum adit_phase phase,
                                         enum adit_role receiver);
ADIT_MUST_USE enum adit_err adit_dispatch(struct adit_session *s, struct adit_span payload);

/* ---- handlers that are no layer's own: transport_messages.c ---- */

ADIT_MUST_USE enum adit_err adit_session_handle_disconnect(struct adit_session *s,
                                                           struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_session_handle_debug(struct adit_session *s,
                                                      struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_session_handle_unimplemented(struct adit_session *s,
                                                              struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_session_handle_ext_info(struct adit_session *s,
                                                         struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_session_handle_ping(struct adit_session *s,
                                                     struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_session_handle_newkeys(struct adit_session *s,
                                                        struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_session_handle_success(struct adit_session *s,
                                                        struct adit_span payload);
/* Answers a message that has no meaning here. */
ADIT_MUST_USE enum adit_err adit_session_send_unimplemented(struct adit_session *s);

#endif
