/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/pkey.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/pkey_type.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>

enum { RSA_BITS_DEFAULT = 3072 };

/* clang-format off */
static const struct adit_pkey_type types[] = {
    [ADIT_KEY_ED25519]    = { "ssh-ed25519",         "ED25519", NULL,       NULL,    256 },
    [ADIT_KEY_ECDSA_P256] = { "ecdsa-sha2-nistp256", "EC",      "nistp256", "P-256", 256 },
    [ADIT_KEY_ECDSA_P384] = { "ecdsa-sha2-nistp384", "EC",      "nistp384", "P-384", 384 },
    [ADIT_KEY_ECDSA_P521] = { "ecdsa-sha2-nistp521", "EC",      "nistp521", "P-521", 521 },
    [ADIT_KEY_RSA]        = { "ssh-rsa",             "RSA",     NULL,       NULL,    0 },
};
/* clang-format on */

const struct adit_pkey_type *adit_pkey_type_row(enum adit_key_type type)
{
    return &types[type];
}

bool adit_key_type_is_ecdsa(enum adit_key_type type)
{
    return types[type].curve != NULL;
}

static int bit_count(const EVP_PKEY *evp, enum adit_key_type type)
{
    return types[type].bits ? (int)types[type].bits : EVP_PKEY_get_bits(evp);
}

enum adit_err adit_pkey_adopt(EVP_PKEY *evp, enum adit_key_type type, bool is_private,
                              struct adit_pkey **out)
{
    const int bits = evp ? bit_count(evp, type) : 0;
    struct adit_pkey *pkey = bits > 0 ? adit_new(sizeof *pkey) : NULL;

    *out = pkey;
    if (pkey == NULL) {
        EVP_PKEY_free(evp);
        return bits > 0 ? ADIT_ERR_NO_MEMORY : ADIT_ERR_CRYPTO;
    }
    pkey->evp = evp;
    pkey->type = type;
    pkey->bits = (unsigned)bits;
    pkey->is_private = is_private;
    return ADIT_OK;
}

void adit_pkey_free(struct adit_pkey *pkey)
{
    if (pkey == NULL)
        return;
    EVP_PKEY_free(pkey->evp); /* wipes the private half */
    free(pkey);
}

static bool set_size(EVP_PKEY_CTX *ctx, const char *group, unsigned bits)
{
    if (group)
        return EVP_PKEY_CTX_set_group_name(ctx, group) == 1;
    return bits == 0 || EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) == 1;
}

enum adit_err adit_pkey_generate(enum adit_key_type type, unsigned bits, struct adit_pkey **out)
{
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *evp = NULL;

    *out = NULL;
    if ((size_t)type >= ADIT_ARRAY_LEN(types))
        return ADIT_ERR_UNSUPPORTED; /* a token makes its keys itself */
    if (type != ADIT_KEY_RSA)
        bits = 0;
    else if (bits == 0)
        bits = RSA_BITS_DEFAULT;
    else if (bits < ADIT_RSA_BITS_MIN || bits > ADIT_RSA_BITS_MAX)
        return ADIT_ERR_LIMIT;

    ctx = EVP_PKEY_CTX_new_from_name(NULL, types[type].libcrypto, NULL);
    if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 || !set_size(ctx, types[type].group, bits) ||
        EVP_PKEY_generate(ctx, &evp) != 1) {
        EVP_PKEY_free(evp);
        evp = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    return adit_pkey_adopt(evp, type, true, out);
}

enum adit_key_type adit_pkey_type(const struct adit_pkey *pkey)
{
    return pkey->type;
}

unsigned adit_pkey_bits(const struct adit_pkey *pkey)
{
    return pkey->bits;
}

bool adit_pkey_is_private(const struct adit_pkey *pkey)
{
    return pkey->is_private;
}

const char *adit_key_type_name(enum adit_key_type type)
{
    return types[type].name;
}
