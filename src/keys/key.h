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

/* What a private key file says without its passphrase. Nothing vouches for it. */
struct adit_key_outside {
    char encryption[ADIT_KEY_ENCRYPTION_SIZE]; /* safe to show; "" when it is not encrypted */
    struct adit_key *public_half;              /* the caller's */
};

/* Notes "cipher, kdf". */
void adit_key_outside_encrypted(struct adit_key_outside *outside, struct adit_span cipher,
                                struct adit_span kdf);

/* The type that is called so; false when there is none. */
bool adit_key_type_of_name(struct adit_span name, enum adit_key_type *out);

/* "nistp256" of "ecdsa-sha2-nistp256" (RFC 5656, 3.1); for the ECDSA types only. */
const char *adit_key_curve_name(enum adit_key_type type);

/* As adit_key_from_blob(), with a comment, of a blob that stood in a file: FORMAT, not MALFORMED. */
ADIT_MUST_USE enum adit_err adit_key_from_file_blob(struct adit_span blob, struct adit_span comment,
                                                    struct adit_key **out);

/* As adit_key_fingerprint_md5(), of a blob that need not be a key that is known here. */
void adit_blob_fingerprint_md5(struct adit_span blob, char out[ADIT_FINGERPRINT_MD5_SIZE]);

/* Takes the pkey over, also on error. `comment` is copied. */
ADIT_MUST_USE enum adit_err adit_key_adopt(struct adit_pkey *pkey, struct adit_span comment,
                                           struct adit_key **out);

#endif
