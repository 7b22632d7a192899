/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 4252 and 4256, the server's side: reads requests, verifies signatures, counts
 * tries. Who may come in is the driver's to say: one request at a time is
 * put to it, and the next is read after its verdict.
 */
#ifndef ADIT_AUTH_AUTH_SERVER_H
#define ADIT_AUTH_AUTH_SERVER_H

#include "auth/methods.h"
#include "crypto/hash.h"
#include "transport/transport.h"

struct adit_auth_server {
    struct adit_transport *transport;
    const char *accepted; /* signature algorithms of users' keys */
    const char *banner;   /* NULL: none */
    unsigned tries_max;
    struct adit_methods methods;

    bool service_accepted;
    bool authenticated;
    bool pending; /* a request waits for its verdict */
    bool none_seen;
    enum adit_auth_method pending_method;
    unsigned failures;
    unsigned requests;
    uint8_t *user; /* must stay the same in every request (U4) */
    size_t user_len;
    bool asking; /* a round of prompts waits for its answers */
    uint32_t prompt_count;
    uint8_t key_digest[ADIT_HASH_MAX]; /* of the key of the pending request */
    uint8_t used_keys[ADIT_METHODS_DONE_MAX][ADIT_HASH_MAX];
    size_t used_key_count;
    uint8_t *probe; /* algorithm and key of a probe, as PK_OK gives them back */
    size_t probe_len;
};

void adit_auth_server_clear(struct adit_auth_server *a);

ADIT_MUST_USE enum adit_err adit_auth_server_handle_service_request(struct adit_auth_server *a,
                                                                    struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_auth_server_handle_request(struct adit_auth_server *a,
                                                            struct adit_span payload);
/* The driver's answer to the pending request. USAGE when there is none. */
ADIT_MUST_USE enum adit_err adit_auth_server_verdict(struct adit_auth_server *a,
                                                     enum adit_verdict verdict,
                                                     const char *can_continue);
/* Instead of a verdict: prompts. */
ADIT_MUST_USE enum adit_err adit_auth_server_ask(struct adit_auth_server *a, const char *name,
                                                 const char *instruction,
                                                 const struct adit_auth_prompt *prompts,
                                                 uint32_t count);
ADIT_MUST_USE enum adit_err adit_auth_server_handle_info_response(struct adit_auth_server *a,
                                                                  struct adit_span payload);

#endif
