/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/key_import.h"

#include "base/span.h"
#include "crypto/pkey.h"

#include <openssl/core_names.h>

enum { EXPONENT_BITS_MAX = 64 };

static size_t bit_count(struct adit_span magnitude)
{
    size_t at = 0;
    size_t bits;

    while (at < magnitude.len && magnitude.data[at] == 0)
        at++;
    if (at == magnitude.len)
        return 0;
    bits = (magnitude.len - at) * 8;
    for (uint8_t top = magnitude.data[at]; !(top & 0x80); top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

static bool is_odd(struct adit_span magnitude)
{
    return magnitude.len > 0 && magnitude.data[magnitude.len - 1] & 1;
}

enum adit_err adit_rsa_check_public(struct adit_span n, struct adit_span e)
{
    const size_t bits = bit_count(n);

    if (bits < ADIT_RSA_BITS_MIN || bits > ADIT_RSA_BITS_MAX || bit_count(e) > EXPONENT_BITS_MAX)
        return ADIT_ERR_LIMIT;
    /* An odd exponent of two bits or more is at least 3. */
    if (!is_odd(n) || !is_odd(e) || bit_count(e) < 2)
        return ADIT_ERR_MALFORMED;
    return ADIT_OK;
}

static bool push_private(OSSL_PARAM_BLD *fields, const struct adit_rsa_numbers *numbers)
{
    return OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_D, numbers->d) == 1 &&
           OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_FACTOR1, numbers->p) == 1 &&
           OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_FACTOR2, numbers->q) == 1 &&
           OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers->dp) == 1 &&
           OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers->dq) == 1 &&
           OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers->iqmp) == 1;
}

enum adit_err adit_rsa_key_import(const struct adit_rsa_numbers *numbers, EVP_PKEY **out)
{
    const int selection = numbers->d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    OSSL_PARAM_BLD *fields = OSSL_PARAM_BLD_new();
    enum adit_err err = ADIT_ERR_CRYPTO;

    *out = NULL;
    if (fields == NULL)
        return ADIT_ERR_CRYPTO;
    if (OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_N, numbers->n) == 1 &&
        OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_RSA_E, numbers->e) == 1 &&
        (numbers->d == NULL || push_private(fields, numbers)) &&
        adit_key_import("RSA", selection, fields, out))
        err = ADIT_OK;
    OSSL_PARAM_BLD_free(fields);
    return err;
}
