/* SPDX-License-Identifier: BSD-2-Clause */
/* Public key files as RFC 4716 has them: "---- BEGIN SSH2 PUBLIC KEY ----". */
#ifndef ADIT_KEYS_RFC4716_H
#define ADIT_KEYS_RFC4716_H

#include "keys/key.h"

#define ADIT_RFC4716_BEGIN "---- BEGIN SSH2 PUBLIC KEY ----"

/* Whether the text begins with it, behind white space. */
bool adit_rfc4716_begins(struct adit_span text);

/* Appends what stands in it; a comment may have 1024 bytes. FORMAT. */
ADIT_MUST_USE enum adit_err adit_rfc4716_read(struct adit_span text, struct adit_buffer *blob,
                                              struct adit_buffer *comment);

/* Appends the file of the public half. A comment of more than 1024 bytes is LIMIT. */
ADIT_MUST_USE enum adit_err adit_rfc4716_write(const struct adit_key *key, struct adit_span comment,
                                               struct adit_buffer *out);

#endif
