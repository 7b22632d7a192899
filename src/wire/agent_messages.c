/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/agent_messages.h"

void adit_write_agent_request_identities(struct adit_writer *w)
{
    adit_write_byte(w, SSH_AGENTC_REQUEST_IDENTITIES);
}

void adit_write_agent_sign_request(struct adit_writer *w,
                                   const struct adit_msg_agent_sign_request *msg)
{
    adit_write_byte(w, SSH_AGENTC_SIGN_REQUEST);
    adit_write_string(w, msg->key_blob);
    adit_write_string(w, msg->data);
    adit_write_uint32(w, msg->flags);
}

void adit_write_agent_add(struct adit_writer *w, const struct adit_msg_agent_add *msg)
{
    const bool constrained = msg->lifetime_s > 0 || msg->confirm;

    adit_write_byte(w, constrained ? SSH_AGENTC_ADD_ID_CONSTRAINED : SSH_AGENTC_ADD_IDENTITY);
    adit_write_bytes(w, msg->private_key);
    if (msg->lifetime_s > 0) {
        adit_write_byte(w, SSH_AGENT_CONSTRAIN_LIFETIME);
        adit_write_uint32(w, msg->lifetime_s);
    }
    if (msg->confirm)
        adit_write_byte(w, SSH_AGENT_CONSTRAIN_CONFIRM);
}

enum adit_err adit_parse_agent_success(struct adit_span message)
{
    struct adit_reader r = adit_reader_init(message);

    if (adit_read_byte(&r) != SSH_AGENT_SUCCESS)
        adit_reader_fail(&r);
    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

static struct adit_agent_identity read_identity(struct adit_reader *r)
{
    struct adit_agent_identity identity;

    identity.key_blob = adit_read_string(r);
    identity.comment = adit_read_string(r);
    return identity;
}

enum adit_err adit_parse_agent_identities(struct adit_span message,
                                          struct adit_msg_agent_identities *msg)
{
    struct adit_reader r = adit_reader_init(message);
    struct adit_reader all;

    if (adit_read_byte(&r) != SSH_AGENT_IDENTITIES_ANSWER)
        adit_reader_fail(&r);
    msg->count = adit_read_uint32(&r);
    all = r;
    msg->identities = adit_read_rest(&all);
    for (uint32_t i = 0; i < msg->count && adit_reader_ok(&r); i++)
        read_identity(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

bool adit_agent_identity_next(struct adit_span *identities, struct adit_agent_identity *identity)
{
    struct adit_reader r = adit_reader_init(*identities);

    *identity = read_identity(&r);
    *identities = adit_read_rest(&r);
    return adit_reader_ok(&r);
}

enum adit_err adit_parse_agent_signature(struct adit_span message, struct adit_span *signature)
{
    struct adit_reader r = adit_reader_init(message);

    if (adit_read_byte(&r) != SSH_AGENT_SIGN_RESPONSE)
        adit_reader_fail(&r);
    *signature = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}
