/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ssh-agent at its socket (draft-ietf-sshm-ssh-agent). These block, for so
 * long and no longer, or until they are interrupted: not for a loop's thread.
 * Each call makes a connection of its own, so nothing of one can be taken for an
 * answer to another.
 */
#ifndef ADIT_NET_AGENT_H
#define ADIT_NET_AGENT_H

#include "base/buffer.h"
#include "net/interrupt.h"

#define ADIT_AGENT_MESSAGE_MAX ((size_t)256 * 1024)

struct adit_agent_call {
    const char *path;
    uint64_t timeout_ms;
    struct adit_interrupt *interrupt; /* borrowed; when it is fired, the call ends: DISCONNECTED */
};

/*
 * The agent's answer with its identities, whole, into `answer` (whose limit is
 * ADIT_AGENT_MESSAGE_MAX): to be taken apart by adit_parse_agent_identities(),
 * which has judged it already. NOT_FOUND: nobody is at the path; SYSTEM, TIMEOUT,
 * DISCONNECTED, LIMIT, MALFORMED, REFUSED.
 */
ADIT_MUST_USE enum adit_err adit_agent_list(const struct adit_agent_call *call,
                                            struct adit_buffer *answer);

/*
 * A signature blob over `data` by the key `key_blob`, appended to `signature`;
 * `algorithm` is the name that it is to bear. The agent may ask its user first.
 * Errors as above; REFUSED: the agent will not.
 */
ADIT_MUST_USE enum adit_err adit_agent_sign(const struct adit_agent_call *call,
                                            struct adit_span key_blob, const char *algorithm,
                                            struct adit_span data, struct adit_buffer *signature);

/* Gives the agent a private key; `key` is encoded as in struct adit_msg_agent_add. Errors as above. */
ADIT_MUST_USE enum adit_err adit_agent_give(const struct adit_agent_call *call,
                                            struct adit_span key, uint32_t lifetime_s,
                                            bool confirm);

#endif
