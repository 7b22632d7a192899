/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of pkey.h share. */
#ifndef ADIT_CRYPTO_PKEY_TYPE_H
#define ADIT_CRYPTO_PKEY_TYPE_H

#include "crypto/pkey.h"

#include <openssl/evp.h>

enum {
    ADIT_ED25519_KEY_SIZE = 32,
    ADIT_ED25519_SIGNATURE_SIZE = 64,
};

/* Immutable once made. */
struct adit_pkey {
    EVP_PKEY *evp;
    enum adit_key_type type;
    unsigned bits;
    bool is_private;
};

/* One row for each enum adit_key_type. */
struct adit_pkey_type {
    const char *name;      /* in public key blobs */
    const char *libcrypto; /* libcrypto's key type */
    const char *curve;     /* SSH's name of the curve; NULL where there is none */
    const char *group;     /* libcrypto's */
    unsigned bits;         /* 0: each key has its own */
};

const struct adit_pkey_type *adit_pkey_type_row(enum adit_key_type type);

/* Whether the type is one of the ECDSA types. */
bool adit_key_type_is_ecdsa(enum adit_key_type type);

/* False: it is a key of no type that is known here. */
bool adit_pkey_type_of(const EVP_PKEY *evp, enum adit_key_type *type);

/* Takes `evp` over, also on error. NULL is CRYPTO, for the sake of the callers. */
ADIT_MUST_USE enum adit_err adit_pkey_adopt(EVP_PKEY *evp, enum adit_key_type type, bool is_private,
                                            struct adit_pkey **out);

#endif
