/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/key_import.h"

#include <limits.h>

bool adit_key_import(const char *key_type, int selection, OSSL_PARAM_BLD *fields, EVP_PKEY **out)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(fields);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, key_type, NULL);
    EVP_PKEY *key = NULL;
    const bool ok = params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
                    EVP_PKEY_fromdata(ctx, &key, selection, params) == 1;

    if (!ok) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    *out = key;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return ok;
}

BIGNUM *adit_secret_number(struct adit_span magnitude)
{
    /* The flag makes OSSL_PARAM_BLD wipe its copies too. */
    BIGNUM *number = BN_secure_new();

    if (number == NULL || magnitude.len > INT_MAX ||
        BN_bin2bn(magnitude.data, (int)magnitude.len, number) == NULL) {
        BN_clear_free(number);
        return NULL;
    }
    BN_set_flags(number, BN_FLG_CONSTTIME);
    return number;
}
