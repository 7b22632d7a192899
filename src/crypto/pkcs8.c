/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the cost stands (RFC 8018, A; RFC 7914, 7):
 *
 *     PBES2        SEQUENCE { derivation, cipher }, where the derivation is
 *                  PBKDF2 { salt, rounds, … } or scrypt { salt, N, r, p, … }
 *     all others   SEQUENCE { salt, rounds }
 */
#include "crypto/pkcs8.h"

#include "crypto/passphrase_cost.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>

/* A number that does not fit is more than any limit. */
static uint64_t number_of(const ASN1_INTEGER *integer)
{
    uint64_t value = 0;

    return ASN1_INTEGER_get_uint64(&value, integer) == 1 ? value : UINT64_MAX;
}

static enum adit_err judge_rounds(const ASN1_INTEGER *integer)
{
    const uint64_t rounds = number_of(integer);

    if (rounds == 0)
        return ADIT_ERR_FORMAT;
    return adit_pbkdf2_is_affordable(rounds) ? ADIT_OK : ADIT_ERR_LIMIT;
}

static enum adit_err judge_pbkdf2(const ASN1_TYPE *parameter)
{
    PBKDF2PARAM *pbkdf2 = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), parameter);
    const enum adit_err err = pbkdf2 ? judge_rounds(pbkdf2->iter) : ADIT_ERR_FORMAT;

    PBKDF2PARAM_free(pbkdf2);
    return err;
}

static enum adit_err judge_scrypt(const ASN1_TYPE *parameter)
{
    SCRYPT_PARAMS *scrypt = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), parameter);
    enum adit_err err = ADIT_ERR_FORMAT;
    struct adit_scrypt_cost cost;

    if (scrypt == NULL)
        return err;
    cost =
        (struct adit_scrypt_cost){ number_of(scrypt->costParameter), number_of(scrypt->blockSize),
                                   number_of(scrypt->parallelizationParameter) };
    if (cost.n > 0 && cost.r > 0 && cost.p > 0)
        err = adit_scrypt_is_affordable(&cost) ? ADIT_OK : ADIT_ERR_LIMIT;
    SCRYPT_PARAMS_free(scrypt);
    return err;
}

static enum adit_err judge_pbes2(const ASN1_TYPE *parameter)
{
    PBE2PARAM *pbes2 = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), parameter);
    enum adit_err err = ADIT_ERR_UNSUPPORTED;

    if (pbes2 == NULL)
        return ADIT_ERR_FORMAT;
    switch (OBJ_obj2nid(pbes2->keyfunc->algorithm)) {
    case NID_id_pbkdf2:
        err = judge_pbkdf2(pbes2->keyfunc->parameter);
        break;
    case NID_id_scrypt:
        err = judge_scrypt(pbes2->keyfunc->parameter);
        break;
    default:
        break;
    }
    PBE2PARAM_free(pbes2);
    return err;
}

/* PBES1 and the encryptions of PKCS#12. */
static enum adit_err judge_pbes1(const ASN1_TYPE *parameter)
{
    PBEPARAM *pbes1 = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), parameter);
    const enum adit_err err = pbes1 ? judge_rounds(pbes1->iter) : ADIT_ERR_UNSUPPORTED;

    PBEPARAM_free(pbes1);
    return err;
}

enum adit_err adit_pkcs8_judge_cost(const X509_SIG *encrypted)
{
    const X509_ALGOR *algorithm = NULL;

    X509_SIG_get0(encrypted, &algorithm, NULL);
    return OBJ_obj2nid(algorithm->algorithm) == NID_pbes2 ? judge_pbes2(algorithm->parameter)
                                                          : judge_pbes1(algorithm->parameter);
}
