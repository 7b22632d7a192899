/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 4252, the client's side: one try is outstanding at a time, and what the
 * server answers is read as the answer to that try or refused.
 */
#ifndef ADIT_AUTH_AUTH_CLIENT_H
#define ADIT_AUTH_AUTH_CLIENT_H

#include "transport/transport.h"

enum adit_auth_try {
    ADIT_TRY_NOTHING, /* nothing is outstanding: the driver is asked */
    ADIT_TRY_NONE,
    ADIT_TRY_PROBE,
    ADIT_TRY_PUBLICKEY,
    ADIT_TRY_PASSWORD,
    ADIT_TRY_INTERACTIVE,
};

struct adit_auth_client {
    struct adit_transport *transport;
    const char *user;
    const char *accepted; /* signature algorithms that we use, best first */
    bool service_accepted;
    bool asked; /* a try may be made: the driver was told */
    enum adit_auth_try outstanding;
    bool prompted; /* a round of prompts waits for its answers */
    uint32_t prompt_count;
    unsigned rounds;
    unsigned failures;
    unsigned banners;
    char *server_sig_algs; /* RFC 8308, 3.1; NULL: the server did not say */
    bool unbound;          /* logins are not bound to the host key… */
    bool takes_host_bound; /* …though the server could */
    const struct adit_signature_algorithm *offered; /* of the last probe or challenge */
    struct adit_buffer offered_blob;
    /* What is to be signed: the session's id as a string, and the request. Empty: nothing is. */
    struct adit_buffer challenge;
    uint8_t *can_continue; /* of the last failure, for the event */
};

/* Asks for the service and, in the same breath, for the list of methods (by "none"). */
ADIT_MUST_USE enum adit_err adit_auth_client_start(struct adit_auth_client *a);
void adit_auth_client_clear(struct adit_auth_client *a);

/* What the server takes for users' signatures, from its EXT_INFO. */
ADIT_MUST_USE enum adit_err adit_auth_client_sig_algs(struct adit_auth_client *a,
                                                      struct adit_span names);

/* `blob` is a public key or a certificate. */
ADIT_MUST_USE enum adit_err adit_auth_client_probe(struct adit_auth_client *a,
                                                   struct adit_span blob);
/* What is to be signed for the blob; the try is made by _signature(), or not at all. */
ADIT_MUST_USE enum adit_err adit_auth_client_challenge(struct adit_auth_client *a,
                                                       struct adit_span blob,
                                                       struct adit_auth_challenge *out);
ADIT_MUST_USE enum adit_err adit_auth_client_signature(struct adit_auth_client *a,
                                                       struct adit_span signature);
/* Both at once, with a private key. */
ADIT_MUST_USE enum adit_err adit_auth_client_try_key(struct adit_auth_client *a,
                                                     const struct adit_key *key,
                                                     struct adit_span blob);
ADIT_MUST_USE enum adit_err adit_auth_client_try_password(struct adit_auth_client *a,
                                                          const char *password);

ADIT_MUST_USE enum adit_err adit_auth_client_try_interactive(struct adit_auth_client *a);
ADIT_MUST_USE enum adit_err adit_auth_client_answers(struct adit_auth_client *a,
                                                     const char *const *answers, uint32_t count);

ADIT_MUST_USE enum adit_err adit_auth_client_handle_service_accept(struct adit_auth_client *a,
                                                                   struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_auth_client_handle_failure(struct adit_auth_client *a,
                                                            struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_auth_client_handle_success(struct adit_auth_client *a,
                                                            struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_auth_client_handle_banner(struct adit_auth_client *a,
                                                           struct adit_span payload);
/* 60 to 79: what the method that is outstanding makes of them. */
ADIT_MUST_USE enum adit_err adit_auth_client_handle_method(struct adit_auth_client *a,
                                                           struct adit_span payload);

#endif
