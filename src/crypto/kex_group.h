/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups of diffie-hellman-group-exchange-sha256 (RFC 4419): those that a server
 * may send us, and those that we have to give: 14 to 18 of RFC 3526.
 */
#ifndef ADIT_CRYPTO_KEX_GROUP_H
#define ADIT_CRYPTO_KEX_GROUP_H

#include "crypto/kex_method.h"

#define ADIT_KEX_GROUP_BITS_MIN 2048
#define ADIT_KEX_GROUP_BITS_MAX 8192

/*
 * From the magnitudes that the server sent. PROTOCOL unless p is odd and has
 * from 2048 to 8192 bits, and g lies in [2, p-2]. Whether p is a safe prime is
 * not looked at: that costs more than the whole exchange, and a server that
 * signs a bad group could give K away without it.
 */
ADIT_MUST_USE enum adit_err adit_kex_group_import(struct adit_span p, struct adit_span g,
                                                  struct adit_kex_group **out);

/* The smallest of ours with `n` bits or more; else the largest. PROTOCOL if none is in range. */
ADIT_MUST_USE enum adit_err adit_kex_group_choose(uint32_t min, uint32_t n, uint32_t max,
                                                  struct adit_kex_group **out);

/* Appends p and g, as mpints with their lengths. */
ADIT_MUST_USE enum adit_err adit_kex_group_write(const struct adit_kex_group *group,
                                                 struct adit_buffer *out);

void adit_kex_group_free(struct adit_kex_group *group);

#endif
