/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#8 (RFC 5958) with a passphrase: what pkey_pem.c needs to open it. */
#ifndef ADIT_CRYPTO_PKCS8_H
#define ADIT_CRYPTO_PKCS8_H

#include "adit/err.h"

#include <openssl/x509.h>

/*
 * Judges what it costs to try a passphrase, which is libcrypto's to pay. LIMIT:
 * too much. FORMAT: no such parameters. UNSUPPORTED: another derivation.
 */
ADIT_MUST_USE enum adit_err adit_pkcs8_judge_cost(const X509_SIG *encrypted);

#endif
