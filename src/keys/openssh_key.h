/* SPDX-License-Identifier: BSD-2-Clause */
/* The format "openssh-key-v1" that ssh-keygen writes (OpenSSH's PROTOCOL.key). */
#ifndef ADIT_KEYS_OPENSSH_KEY_H
#define ADIT_KEYS_OPENSSH_KEY_H

#include "keys/key.h"

#define ADIT_OPENSSH_KEY_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"

/*
 * `body` is what stands behind the BEGIN line; `passphrase` may be NULL. FORMAT,
 * PASSPHRASE (encrypted, and it is missing or wrong), UNSUPPORTED, LIMIT.
 */
ADIT_MUST_USE enum adit_err adit_openssh_key_read(struct adit_span body, const char *passphrase,
                                                  struct adit_key **out);

/* Appends the file of a private key, unencrypted; `out` is to be a secret buffer. */
ADIT_MUST_USE enum adit_err adit_openssh_key_write(const struct adit_key *key,
                                                   struct adit_buffer *out);

#endif
