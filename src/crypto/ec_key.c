/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Points are uncompressed and nothing else. Size and first byte are checked
 * here, that the point is on the curve by libcrypto; infinity has a size of its
 * own and is refused by that. The curves have cofactor 1: on the curve is in
 * the group.
 */
#include "crypto/key_import.h"

#include "base/span.h"

#include <openssl/core_names.h>

enum { UNCOMPRESSED = 4 };

size_t adit_ec_coordinate_size(const char *group)
{
    static const struct {
        const char *group;
        size_t size;
    } curves[] = { { "P-256", 32 }, { "P-384", 48 }, { "P-521", 66 } };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(curves); i++) {
        if (strcmp(group, curves[i].group) == 0)
            return curves[i].size;
    }
    return 0;
}

enum adit_err adit_ec_key_import(const char *group, struct adit_span point, const BIGNUM *scalar,
                                 EVP_PKEY **out)
{
    const size_t size = adit_ec_coordinate_size(group);
    const int selection = scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    enum adit_err err = ADIT_ERR_CRYPTO;
    OSSL_PARAM_BLD *fields;

    *out = NULL;
    if (size == 0 || point.len != 1 + 2 * size || point.data[0] != UNCOMPRESSED)
        return ADIT_ERR_MALFORMED;
    fields = OSSL_PARAM_BLD_new();
    if (fields == NULL)
        return ADIT_ERR_CRYPTO;
    if (OSSL_PARAM_BLD_push_utf8_string(fields, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(fields, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.len) !=
            1)
        goto done;
    if (scalar && OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_PRIV_KEY, scalar) != 1)
        goto done;
    err = adit_key_import("EC", selection, fields, out) ? ADIT_OK : ADIT_ERR_MALFORMED;
done:
    OSSL_PARAM_BLD_free(fields);
    return err;
}

enum adit_err adit_ec_key_point(const EVP_PKEY *key, size_t coordinate_size,
                                uint8_t out[static ADIT_EC_POINT_MAX])
{
    const int size = (int)coordinate_size;
    BIGNUM *x = NULL;
    BIGNUM *y = NULL;
    const bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
                    BN_bn2binpad(x, out + 1, size) == size &&
                    BN_bn2binpad(y, out + 1 + size, size) == size;

    out[0] = UNCOMPRESSED;
    BN_free(x);
    BN_free(y);
    return ok ? ADIT_OK : ADIT_ERR_CRYPTO;
}
