/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/kex_group.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/kex_agreement.h"
#include "crypto/key_import.h"
#include "wire/writer.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <stdlib.h>

enum { MODULUS_MAX = ADIT_KEX_GROUP_BITS_MAX / 8 };

struct adit_kex_group {
    EVP_PKEY *parameters;
};

static const struct {
    uint32_t bits;
    const char *name; /* libcrypto's */
} known[] = {
    { 2048, "modp_2048" }, { 3072, "modp_3072" }, { 4096, "modp_4096" },
    { 6144, "modp_6144" }, { 8192, "modp_8192" },
};

static enum adit_err import(OSSL_PARAM_BLD *fields, struct adit_kex_group **out)
{
    struct adit_kex_group *group = adit_new(sizeof *group);

    if (group == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (!adit_key_import("DH", EVP_PKEY_KEY_PARAMETERS, fields, &group->parameters)) {
        free(group);
        return ADIT_ERR_CRYPTO;
    }
    *out = group;
    return ADIT_OK;
}

/* p odd and of a size that we take, g in [2, p-2]. */
static enum adit_err check(const BIGNUM *p, const BIGNUM *g)
{
    const int bits = BN_num_bits(p);
    BIGNUM *limit;
    enum adit_err err = ADIT_ERR_CRYPTO;

    if (bits < ADIT_KEX_GROUP_BITS_MIN || bits > ADIT_KEX_GROUP_BITS_MAX || !BN_is_odd(p))
        return ADIT_ERR_PROTOCOL;
    limit = BN_dup(p);
    if (limit != NULL && BN_sub_word(limit, 1) == 1) {
        const bool inside = BN_cmp(g, BN_value_one()) > 0 && BN_cmp(g, limit) < 0;
        err = inside ? ADIT_OK : ADIT_ERR_PROTOCOL;
    }
    BN_free(limit);
    return err;
}

static enum adit_err import_numbers(const BIGNUM *p, const BIGNUM *g, struct adit_kex_group **out)
{
    OSSL_PARAM_BLD *fields = OSSL_PARAM_BLD_new();
    enum adit_err err = ADIT_ERR_CRYPTO;

    if (fields != NULL && OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
        OSSL_PARAM_BLD_push_BN(fields, OSSL_PKEY_PARAM_FFC_G, g) == 1)
        err = import(fields, out);
    OSSL_PARAM_BLD_free(fields);
    return err;
}

enum adit_err adit_kex_group_import(struct adit_span p, struct adit_span g,
                                    struct adit_kex_group **out)
{
    enum adit_err err = ADIT_ERR_CRYPTO;
    BIGNUM *p_number = NULL;
    BIGNUM *g_number = NULL;

    *out = NULL;
    if (p.len > MODULUS_MAX || g.len > MODULUS_MAX)
        return ADIT_ERR_PROTOCOL;
    (void)ERR_set_mark();
    p_number = BN_bin2bn(p.data, (int)p.len, NULL);
    g_number = BN_bin2bn(g.data, (int)g.len, NULL);
    if (p_number != NULL && g_number != NULL)
        err = check(p_number, g_number);
    if (!err)
        err = import_numbers(p_number, g_number, out);
    BN_free(p_number);
    BN_free(g_number);
    (void)ERR_pop_to_mark();
    return err;
}

static enum adit_err import_known(const char *name, struct adit_kex_group **out)
{
    OSSL_PARAM_BLD *fields = OSSL_PARAM_BLD_new();
    enum adit_err err = ADIT_ERR_CRYPTO;

    if (fields != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(fields, OSSL_PKEY_PARAM_GROUP_NAME, name, 0) == 1)
        err = import(fields, out);
    OSSL_PARAM_BLD_free(fields);
    return err;
}

enum adit_err adit_kex_group_choose(uint32_t min, uint32_t n, uint32_t max,
                                    struct adit_kex_group **out)
{
    const char *name = NULL;

    *out = NULL;
    if (min > n || n > max)
        return ADIT_ERR_PROTOCOL;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(known); i++) {
        if (known[i].bits < min || known[i].bits > max)
            continue;
        name = known[i].name;
        if (known[i].bits >= n)
            break;
    }
    return name ? import_known(name, out) : ADIT_ERR_PROTOCOL;
}

static enum adit_err write_number(const EVP_PKEY *parameters, const char *field,
                                  struct adit_writer *w)
{
    uint8_t bytes[MODULUS_MAX];
    BIGNUM *number = NULL;
    enum adit_err err = ADIT_ERR_CRYPTO;

    if (EVP_PKEY_get_bn_param(parameters, field, &number) == 1 &&
        BN_num_bits(number) <= ADIT_KEX_GROUP_BITS_MAX) {
        adit_write_mpint(w, adit_span_of(bytes, (size_t)BN_bn2bin(number, bytes)));
        err = adit_writer_finish(w);
    }
    BN_free(number);
    return err;
}

enum adit_err adit_kex_group_write(const struct adit_kex_group *group, struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);
    const enum adit_err err = write_number(group->parameters, OSSL_PKEY_PARAM_FFC_P, &w);

    return err ? err : write_number(group->parameters, OSSL_PKEY_PARAM_FFC_G, &w);
}

enum adit_err adit_kex_group_generate(const struct adit_kex_group *group, EVP_PKEY **out)
{
    *out = NULL;
    if (group == NULL)
        return ADIT_ERR_USAGE;
    return adit_kex_generate_like(group->parameters, ADIT_DH_PRIVATE_BITS, out) ? ADIT_OK
                                                                                : ADIT_ERR_CRYPTO;
}

void adit_kex_group_free(struct adit_kex_group *group)
{
    if (group == NULL)
        return;
    EVP_PKEY_free(group->parameters);
    free(group);
}
