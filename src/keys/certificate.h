/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSH certificates (its PROTOCOL.certkeys): a public key with what it may be
 * used for, signed by a certificate authority. Parsed here, and judged: nothing
 * of a certificate counts before adit_certificate_check() said yes.
 */
#ifndef ADIT_KEYS_CERTIFICATE_H
#define ADIT_KEYS_CERTIFICATE_H

#include "adit/public_key.h"
#include "base/buffer.h"

/* Whether a blob says of itself that it is a certificate. */
bool adit_blob_is_certificate(struct adit_span blob);

/* MALFORMED; UNSUPPORTED: a blob of another kind. */
ADIT_MUST_USE enum adit_err adit_certificate_parse(struct adit_span blob,
                                                   struct adit_certificate *out);

/* Appends the blob of the plain key. */
ADIT_MUST_USE enum adit_err adit_certificate_key_blob(const struct adit_certificate *certificate,
                                                      struct adit_buffer *out);
/*
 * The same of any blob: a plain key's is its own. To compare keys, and to verify
 * what they signed.
 */
ADIT_MUST_USE enum adit_err adit_blob_plain(struct adit_span blob, struct adit_buffer *out);

/* Whether the blob is a certificate for the key. */
bool adit_certificate_is_for(struct adit_span blob, struct adit_span key_blob);

/* Whether the extensions have this one. */
bool adit_certificate_has_extension(const struct adit_certificate *certificate, const char *name);

/*
 * Whether the authority's key made the signature; nothing more is judged.
 * SIGNATURE: it did not. UNSUPPORTED: a key or an algorithm that is not known
 * here, or a key that is broken.
 */
ADIT_MUST_USE enum adit_err adit_certificate_verify(const struct adit_certificate *certificate);

/* What a certificate is to be good for. */
struct adit_certificate_use {
    enum adit_certificate_type type;
    uint64_t now; /* seconds since 1970 */
    /*
     * One of these is to be among the principals; of a host's certificate those
     * are patterns. A certificate without principals is good for nobody.
     */
    const char *const *names;
    size_t name_count;
    const char *address;       /* of the peer, numeric, for source-address; NULL: a host's */
    const char *ca_algorithms; /* of the authority's signature; comma-separated */
};

/*
 * Whether the authority signed it and it is good for this use. SIGNATURE when
 * not, and `why` says what forbids it. That the authority is to be trusted is
 * the caller's to know.
 */
ADIT_MUST_USE enum adit_err adit_certificate_check(const struct adit_certificate *certificate,
                                                   const struct adit_certificate_use *use,
                                                   char *why, size_t size);

#endif
