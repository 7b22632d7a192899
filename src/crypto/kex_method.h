/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mathematics of key exchange, without its messages. Every method is three
 * steps, so that Diffie-Hellman, ECDH and KEM hybrids look alike:
 *
 *     client: adit_kex_start()   -> init bytes      (Q_C, e, C_INIT)
 *     server: adit_kex_respond() -> reply bytes, K  (Q_S, f, S_REPLY)
 *     client: adit_kex_finish()  -> K
 *
 * Init and reply are the content of the "string" (or "mpint") in the message
 * and in the exchange hash. K comes out as it stands in the exchange hash and
 * the key derivation, its length included: an mpint, or a string for hybrids.
 */
#ifndef ADIT_CRYPTO_KEX_METHOD_H
#define ADIT_CRYPTO_KEX_METHOD_H

#include "base/buffer.h"
#include "crypto/hash.h"

struct adit_kex_algorithm {
    const char *name;
    enum adit_hash hash;
    uint8_t kind;               /* enum kex_kind of kex_method.c */
    const char *group;          /* libcrypto's name of the curve or group; NULL: it is asked for */
    const struct adit_kem *kem; /* of a hybrid */
};

struct adit_kex_group;  /* of the group exchange (kex_group.h) */
struct adit_kex_secret; /* the client's ephemeral secret */

#define ADIT_KEX_PUBLIC_MAX 4096 /* limit for the buffers of init and reply */
#define ADIT_KEX_SHARED_MAX 1100 /* limit for the buffer of K */

const struct adit_kex_algorithm *adit_kex_find(struct adit_span name);

/* `group` is NULL but for a method that asks for one. */
ADIT_MUST_USE enum adit_err adit_kex_start(const struct adit_kex_algorithm *algorithm,
                                           const struct adit_kex_group *group,
                                           struct adit_buffer *init, struct adit_kex_secret **out);

/* PROTOCOL when the peer's value is none that the method allows. `shared` is a secret buffer. */
ADIT_MUST_USE enum adit_err adit_kex_respond(const struct adit_kex_algorithm *algorithm,
                                             const struct adit_kex_group *group,
                                             struct adit_span init, struct adit_buffer *reply,
                                             struct adit_buffer *shared);

ADIT_MUST_USE enum adit_err adit_kex_finish(const struct adit_kex_secret *secret,
                                            struct adit_span reply, struct adit_buffer *shared);

void adit_kex_secret_free(struct adit_kex_secret *secret);

#endif
