/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a public key file, of whichever format. */
#ifndef ADIT_KEYS_PUBLIC_TEXT_H
#define ADIT_KEYS_PUBLIC_TEXT_H

#include "keys/key.h"

/* What a text that is no private key is taken for. */
enum adit_key_format adit_public_text_format(struct adit_span text);

/*
 * Puts the key's bytes into `blob`, of whatever type they say they are, and its
 * comment into `comment`; both are empty buffers. FORMAT, LIMIT; of PEM, whose
 * keys have a type before they have a blob, UNSUPPORTED.
 */
ADIT_MUST_USE enum adit_err adit_public_text_read(struct adit_span text, struct adit_buffer *blob,
                                                  struct adit_buffer *comment);

#endif
