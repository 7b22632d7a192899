/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands inside a struct adit_key, for keys/ and the engine. */
#ifndef ADIT_KEYS_KEY_H
#define ADIT_KEYS_KEY_H

#include "adit/key.h"
#include "crypto/pkey.h"

/* A key file longer than this is none. */
#define ADIT_KEY_TEXT_MAX ((size_t)1024 * 1024)

struct adit_key {
    struct adit_pkey *pkey;
    uint8_t *blob;
    size_t blob_len;
    char *comment; /* never NULL */
};

/* Takes the pkey over, also on error. `comment` is copied. */
ADIT_MUST_USE enum adit_err adit_key_adopt(struct adit_pkey *pkey, struct adit_span comment,
                                           struct adit_key **out);

#endif
