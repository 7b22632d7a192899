/* SPDX-License-Identifier: BSD-2-Clause */
/* The format "openssh-key-v1" that ssh-keygen writes (OpenSSH's PROTOCOL.key). */
#ifndef ADIT_KEYS_OPENSSH_KEY_H
#define ADIT_KEYS_OPENSSH_KEY_H

#include "keys/key.h"

#define ADIT_OPENSSH_KEY_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define ADIT_OPENSSH_KEY_END   "-----END OPENSSH PRIVATE KEY-----"
#define ADIT_OPENSSH_KEY_MAGIC "openssh-key-v1" /* its NUL belongs to it */

/*
 * `body` is what stands behind the BEGIN line; `passphrase` may be NULL. FORMAT,
 * PASSPHRASE (encrypted, and it is missing or wrong), UNSUPPORTED, LIMIT.
 */
ADIT_MUST_USE enum adit_err adit_openssh_key_read(struct adit_span body, const char *passphrase,
                                                  struct adit_key **out);

/* The comment is inside, so the public half has none. FORMAT, UNSUPPORTED, LIMIT. */
ADIT_MUST_USE enum adit_err adit_openssh_key_outside(struct adit_span body,
                                                     struct adit_key_outside *out);

/*
 * Appends the file of a private key; `out` is to be a secret buffer. With a
 * passphrase it is under aes256-ctr and 24 rounds of bcrypt, as OpenSSH's are.
 */
ADIT_MUST_USE enum adit_err adit_openssh_key_write(const struct adit_key *key, const char *comment,
                                                   const char *passphrase, struct adit_buffer *out);

/*
 * Appends its type, its numbers and the comment, as they stand in such a file and
 * as an agent takes them; `out` is to be a secret buffer.
 */
ADIT_MUST_USE enum adit_err adit_openssh_key_write_private(const struct adit_key *key,
                                                           const char *comment,
                                                           struct adit_buffer *out);

#endif
