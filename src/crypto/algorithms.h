/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that are offered, in order of preference, and the ones that are
 * known: one table for each of the lists of KEXINIT (RFC 4253, 7.1),
 * one for users' keys, and one for who certifies keys. To add an algorithm is
 * to add its row in crypto/ and its name here.
 */
#ifndef ADIT_CRYPTO_ALGORITHMS_H
#define ADIT_CRYPTO_ALGORITHMS_H

#include "adit/err.h"

enum adit_algorithm_kind {
    ADIT_ALGORITHM_KEX,
    ADIT_ALGORITHM_HOST_KEY,
    ADIT_ALGORITHM_USER_KEY, /* what a client logs in with; a server takes those it can verify */
    ADIT_ALGORITHM_CIPHER,
    ADIT_ALGORITHM_MAC,
    ADIT_ALGORITHM_COMPRESSION,
    ADIT_ALGORITHM_CA_SIGNATURE, /* of certificates: what can be verified here */
    ADIT_ALGORITHM_SERVER_KEX,   /* KEX, with what a server offers by default */
};

#define ADIT_ALGORITHM_KINDS 8

/* All names of a kind, comma-separated, best first. Static. */
const char *adit_algorithms_supported(enum adit_algorithm_kind kind);

/*
 * The default proposal; AES first where `has_aes` (the processor does AES by
 * itself), ChaCha20 first where not. Static.
 */
const char *adit_algorithms_default(enum adit_algorithm_kind kind, bool has_aes);

/* Whether this processor has AES instructions. */
bool adit_processor_has_aes(void);

#endif
