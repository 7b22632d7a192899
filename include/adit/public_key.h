/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the file of a public key says, to be shown: of keys that can be used here,
 * of those of hardware tokens, and of OpenSSH's certificates. Only the signature
 * of a certificate is checked; that its authority is to be trusted is not known.
 */
#ifndef ADIT_PUBLIC_KEY_H
#define ADIT_PUBLIC_KEY_H

#include "adit/key.h"

#ifdef __cplusplus
extern "C" {
#endif

enum adit_certificate_type { ADIT_CERTIFICATE_USER = 1, ADIT_CERTIFICATE_HOST = 2 };

/* OpenSSH's PROTOCOL.certkeys. The spans borrow from the blob. */
struct adit_certificate {
    const char *key_name;        /* of the plain key: "ssh-ed25519"; static */
    struct adit_span key_fields; /* what follows the name in the plain key's blob */
    uint64_t serial;
    uint32_t type; /* an enum adit_certificate_type, or a number that is none */
    struct adit_span key_id;
    struct adit_span principals;       /* strings; taken by adit_string_next() */
    uint64_t valid_after;              /* seconds since 1970 */
    uint64_t valid_before;             /* UINT64_MAX: for ever */
    struct adit_span critical_options; /* pairs of strings, as are the extensions */
    struct adit_span extensions;
    struct adit_span ca_blob;
    struct adit_span signed_part;
    struct adit_span signature; /* strings: the algorithm, and what it gave */
};

enum adit_signature_verdict {
    ADIT_SIGNATURE_GOOD,
    ADIT_SIGNATURE_WRONG,
    ADIT_SIGNATURE_UNCHECKED, /* by a key or an algorithm that is not known here */
};

/* The spans borrow from it. */
struct adit_public_key {
    struct adit_span name; /* as the file has it: "ssh-ed25519-cert-v01@openssh.com" */
    unsigned bits;
    char fingerprint[ADIT_FINGERPRINT_SIZE]; /* of the key, without a certificate around it */
    char fingerprint_md5[ADIT_FINGERPRINT_MD5_SIZE];
    struct adit_span application; /* that a token's key is for: "ssh:" */
    struct adit_span comment;
    bool is_certificate; /* and then: */
    struct adit_certificate certificate;
    enum adit_signature_verdict signature;
};

/*
 * Reads a public key file of any format. FORMAT, LIMIT; UNSUPPORTED: a type of
 * key that is not known even by name.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_public_key_read(struct adit_span text,
                                                          struct adit_public_key **out);
ADIT_API void adit_public_key_free(struct adit_public_key *key);

/* Takes the next string (RFC 4251, 5) off a list of them; false at the end. */
ADIT_API bool adit_string_next(struct adit_span *list, struct adit_span *string);

/* The bytes in a form that is safe on a terminal and in a log; returns `out`, cut to `size`. */
ADIT_API const char *adit_printable(struct adit_span bytes, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
