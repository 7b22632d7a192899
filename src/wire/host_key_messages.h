/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes with hostkeys-00@openssh.com and the proofs for it (OpenSSH's PROTOCOL, 2.5). */
#ifndef ADIT_WIRE_HOST_KEY_MESSAGES_H
#define ADIT_WIRE_HOST_KEY_MESSAGES_H

#include "adit/ssh.h"
#include "wire/reader.h"
#include "wire/writer.h"

#define ADIT_HOST_KEYS_REQUEST      "hostkeys-00@openssh.com"
#define ADIT_PROVE_HOST_KEY_REQUEST "hostkeys-prove-00@openssh.com"

/* Public key blobs, or as many signatures; they fill the data to its end. */
struct adit_host_key_list {
    struct adit_span items[ADIT_HOST_KEY_LIST_MAX];
    size_t count;
};

/* LIMIT: there are more of them. MALFORMED: also when there is none, or an empty one. */
ADIT_MUST_USE enum adit_err adit_parse_host_key_list(struct adit_span data,
                                                     struct adit_host_key_list *out);

/* What a proof is signed over. */
void adit_write_host_key_proof(struct adit_writer *w, struct adit_span session_id,
                               struct adit_span key_blob);

#endif
