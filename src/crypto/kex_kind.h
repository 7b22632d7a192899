/* SPDX-License-Identifier: BSD-2-Clause */
/* The two shapes that a method has: agreements of public keys, and hybrids with a KEM. */
#ifndef ADIT_CRYPTO_KEX_KIND_H
#define ADIT_CRYPTO_KEX_KIND_H

#include "crypto/kex_method.h"

#include <openssl/evp.h>

/* The client's private halves; the second is the KEM's, where there is one. */
struct adit_kex_secret {
    const struct adit_kex_algorithm *algorithm;
    EVP_PKEY *own;
    uint8_t *kem_key;
};

/* The three steps of kex_method.h. What `start` leaves in `*secret` the caller frees. */
struct adit_kex_kind {
    enum adit_err (*start)(struct adit_kex_secret *secret, const struct adit_kex_group *group,
                           struct adit_buffer *init);
    enum adit_err (*respond)(const struct adit_kex_algorithm *algorithm,
                             const struct adit_kex_group *group, struct adit_span init,
                             struct adit_buffer *reply, struct adit_buffer *shared);
    enum adit_err (*finish)(const struct adit_kex_secret *secret, struct adit_span reply,
                            struct adit_buffer *shared);
};

extern const struct adit_kex_kind adit_kex_kind_hybrid;

#endif
