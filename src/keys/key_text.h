/* SPDX-License-Identifier: BSD-2-Clause */
/* What a private key file is. */
#ifndef ADIT_KEYS_KEY_TEXT_H
#define ADIT_KEYS_KEY_TEXT_H

#include "keys/key.h"

struct adit_key_text {
    enum adit_key_format format;
    struct adit_span from; /* the line that begins the key, and all behind it */
    struct adit_span body; /* what is behind that line */
};

/*
 * What a file is, its lines tell: the first one that is the beginning of a
 * private key counts. Whatever stands before it is passed over: blank lines,
 * remarks, "Bag Attributes", the EC PARAMETERS of openssl. FORMAT: no line is
 * one. UNSUPPORTED: a format that is known by name only. LIMIT: over 1 MiB.
 */
ADIT_MUST_USE enum adit_err adit_key_text_find(struct adit_span text, struct adit_key_text *out);

#endif
