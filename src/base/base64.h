/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64 (RFC 4648, 4). */
#ifndef ADIT_BASE_BASE64_H
#define ADIT_BASE_BASE64_H

#include "base/buffer.h"

/* Appends the encoded text, padded, without line breaks or NUL. */
ADIT_MUST_USE enum adit_err adit_base64_encode(struct adit_span bytes, struct adit_buffer *out);

/*
 * Appends the decoded bytes. White space is passed over; anything else outside
 * the alphabet, wrong padding or set bits after the end is FORMAT.
 */
ADIT_MUST_USE enum adit_err adit_base64_decode(struct adit_span text, struct adit_buffer *out);

#endif
