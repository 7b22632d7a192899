/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages to and from an ssh-agent (draft-ietf-sshm-ssh-agent), without the
 * uint32 length that goes before each. See transport_messages.h for the conventions.
 */
#ifndef ADIT_WIRE_AGENT_MESSAGES_H
#define ADIT_WIRE_AGENT_MESSAGES_H

#include "wire/reader.h"
#include "wire/writer.h"

enum {
    SSH_AGENT_FAILURE = 5,
    SSH_AGENT_SUCCESS = 6,
    SSH_AGENTC_REQUEST_IDENTITIES = 11,
    SSH_AGENT_IDENTITIES_ANSWER = 12,
    SSH_AGENTC_SIGN_REQUEST = 13,
    SSH_AGENT_SIGN_RESPONSE = 14,
    SSH_AGENTC_ADD_IDENTITY = 17,
    SSH_AGENTC_ADD_ID_CONSTRAINED = 25,
};

/* Flags of a SIGN_REQUEST. */
enum {
    SSH_AGENT_RSA_SHA2_256 = 2,
    SSH_AGENT_RSA_SHA2_512 = 4,
};

/* Constraints of an ADD_ID_CONSTRAINED. */
enum {
    SSH_AGENT_CONSTRAIN_LIFETIME = 1,
    SSH_AGENT_CONSTRAIN_CONFIRM = 2,
};

void adit_write_agent_request_identities(struct adit_writer *w);

struct adit_msg_agent_sign_request {
    struct adit_span key_blob;
    struct adit_span data;
    uint32_t flags;
};
void adit_write_agent_sign_request(struct adit_writer *w,
                                   const struct adit_msg_agent_sign_request *msg);

struct adit_msg_agent_add {
    struct adit_span private_key; /* its type, its numbers and a comment, encoded */
    uint32_t lifetime_s;          /* 0: for as long as the agent lives */
    bool confirm;                 /* the agent asks its user before each signature */
};
void adit_write_agent_add(struct adit_writer *w, const struct adit_msg_agent_add *msg);
ADIT_MUST_USE enum adit_err adit_parse_agent_success(struct adit_span message);

struct adit_agent_identity {
    struct adit_span key_blob;
    struct adit_span comment;
};
struct adit_msg_agent_identities {
    uint32_t count;
    struct adit_span identities; /* taken by adit_agent_identity_next() */
};
ADIT_MUST_USE enum adit_err adit_parse_agent_identities(struct adit_span message,
                                                        struct adit_msg_agent_identities *msg);
/* The next of a message that was parsed; false at the end. */
bool adit_agent_identity_next(struct adit_span *identities, struct adit_agent_identity *identity);

ADIT_MUST_USE enum adit_err adit_parse_agent_signature(struct adit_span message,
                                                       struct adit_span *signature);

#endif
