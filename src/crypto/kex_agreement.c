/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/kex_agreement.h"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/params.h>

enum { OCTETS_MAX = 133 }; /* an uncompressed point of P-521 */

static bool set_group(EVP_PKEY_CTX *ctx, const char *group, int private_bits)
{
    OSSL_PARAM params[2] = { OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };

    if (group != NULL && EVP_PKEY_CTX_set_group_name(ctx, group) <= 0)
        return false;
    if (private_bits == 0)
        return true;
    params[0] = OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_DH_PRIV_LEN, &private_bits);
    return EVP_PKEY_CTX_set_params(ctx, params) == 1;
}

/* Takes `ctx` over; it may be NULL. */
static bool generate(EVP_PKEY_CTX *ctx, const char *group, int private_bits, EVP_PKEY **out)
{
    EVP_PKEY *key = NULL;
    const bool ok = ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 &&
                    set_group(ctx, group, private_bits) && EVP_PKEY_generate(ctx, &key) == 1;

    if (!ok) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    *out = key;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

bool adit_kex_generate(const char *key_type, const char *group, int private_bits, EVP_PKEY **out)
{
    return generate(EVP_PKEY_CTX_new_from_name(NULL, key_type, NULL), group, private_bits, out);
}

bool adit_kex_generate_like(EVP_PKEY *parameters, int private_bits, EVP_PKEY **out)
{
    return generate(EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL), NULL, private_bits, out);
}

enum adit_err adit_kex_write_octets(const EVP_PKEY *own, struct adit_buffer *out)
{
    uint8_t octets[OCTETS_MAX];
    size_t len = 0;

    if (EVP_PKEY_get_octet_string_param(own, OSSL_PKEY_PARAM_PUB_KEY, octets, sizeof octets,
                                        &len) != 1)
        return ADIT_ERR_CRYPTO;
    return adit_buffer_append(out, (struct adit_span){ octets, len });
}

bool adit_kex_derive(EVP_PKEY *own, EVP_PKEY *peer, bool validate, uint8_t *out, size_t *len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    const bool ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
                    EVP_PKEY_derive_set_peer_ex(ctx, peer, validate ? 1 : 0) == 1 &&
                    EVP_PKEY_derive(ctx, out, len) == 1;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}
