/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the key exchange do for each other; kex.h is what others may call. */
#ifndef ADIT_TRANSPORT_KEX_STEPS_H
#define ADIT_TRANSPORT_KEX_STEPS_H

#include "transport/transport.h"

/* A copy in place of what was there. */
ADIT_MUST_USE enum adit_err adit_kex_keep(struct adit_span payload, uint8_t **data, size_t *len);

/* Client: the method's first message. */
ADIT_MUST_USE enum adit_err adit_kex_send_first(struct adit_transport *t);

/* Our NEWKEYS, and what was held back until then. */
ADIT_MUST_USE enum adit_err adit_kex_send_newkeys(struct adit_transport *t);

/* What both sides have said in an exchange, as the exchange hash needs it. */
struct adit_kex_transcript {
    struct adit_span host_key;
    struct adit_span init;
    struct adit_span reply;
    struct adit_span shared; /* K, its length included */
};

/* H (RFC 4253, 8; RFC 5656, 4; RFC 4419, 3). */
ADIT_MUST_USE enum adit_err adit_kex_hash(const struct adit_transport *t,
                                          const struct adit_kex_transcript *transcript,
                                          uint8_t h[static ADIT_HASH_MAX]);

/* The new keys of both directions, made and not in use; the session's id if it has none. */
ADIT_MUST_USE enum adit_err adit_kex_make_keys(struct adit_transport *t, struct adit_span shared,
                                               const uint8_t *h, size_t h_len);

#endif
