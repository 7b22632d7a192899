/* SPDX-License-Identifier: BSD-2-Clause */
/* "type base64 comment", as it stands in .pub files, known_hosts and authorized_keys. */
#ifndef ADIT_KEYS_PUBLIC_LINE_H
#define ADIT_KEYS_PUBLIC_LINE_H

#include "base/buffer.h"

struct adit_public_line {
    struct adit_span type;
    struct adit_span base64;
    struct adit_span comment;
};

/* False when there are not two words at least. The spans borrow from `line`. */
bool adit_public_line_split(struct adit_span line, struct adit_public_line *out);

/*
 * Puts the key's bytes into `blob`, which is emptied first. FORMAT: no base64,
 * or a key of another type than the line declares.
 */
ADIT_MUST_USE enum adit_err adit_public_line_decode(const struct adit_public_line *line,
                                                    struct adit_buffer *blob);

/* Appends "type base64", without a comment. MALFORMED: the blob begins with no type name. */
ADIT_MUST_USE enum adit_err adit_public_line_encode(struct adit_span blob, struct adit_buffer *out);

/* Appends the whole line with its newline; `comment` is one line, and may be "". MALFORMED. */
ADIT_MUST_USE enum adit_err adit_public_line_append(struct adit_span blob, const char *comment,
                                                    struct adit_buffer *out);

/* The type name that a public key blob begins with; empty when it begins with none. */
struct adit_span adit_blob_type(struct adit_span blob);

#endif
