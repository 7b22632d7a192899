/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numeric addresses and networks, read from text. The engine has no inet_pton;
 * and this reader takes one spelling of each part only: no octal, no short form.
 */
#ifndef ADIT_KEYS_ADDRESS_H
#define ADIT_KEYS_ADDRESS_H

#include "adit/adit.h"

struct adit_address {
    uint8_t bytes[16];
    uint8_t len; /* 4 or 16 */
};

struct adit_network {
    struct adit_address base;
    uint8_t bits;
};

/* "192.0.2.1" or "2001:db8::1" (RFC 4291, 2.2), without brackets or zone. */
bool adit_address_parse(struct adit_span text, struct adit_address *out);

/* "192.0.2.0/24". False also when bits beyond the prefix are set. */
bool adit_network_parse(struct adit_span text, struct adit_network *out);

bool adit_network_has(const struct adit_network *network, const struct adit_address *address);

#endif
