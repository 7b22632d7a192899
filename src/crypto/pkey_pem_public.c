/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys as OpenSSL writes them. The blob that is made of one is still to be checked. */
#include "crypto/pkey.h"

#include "base/span.h"
#include "crypto/pkey_type.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* What stands in a block, by its name. */
static enum adit_err read_block(const char *name, struct adit_span der, EVP_PKEY **out)
{
    const uint8_t *at = der.data;

    *out = NULL;
    if (strcmp(name, PEM_STRING_PUBLIC) == 0)
        *out = d2i_PUBKEY(NULL, &at, (long)der.len);
    else if (strcmp(name, PEM_STRING_RSA_PUBLIC) == 0)
        *out = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len);
    return *out ? ADIT_OK : ADIT_ERR_FORMAT;
}

/* Takes `evp` over. */
static enum adit_err write_blob(EVP_PKEY *evp, struct adit_buffer *out)
{
    struct adit_pkey *pkey = NULL;
    enum adit_key_type type;
    enum adit_err err;

    if (!adit_pkey_type_of(evp, &type)) {
        EVP_PKEY_free(evp);
        return ADIT_ERR_UNSUPPORTED;
    }
    err = adit_pkey_adopt(evp, type, false, &pkey);
    if (err == ADIT_OK && type == ADIT_KEY_RSA && adit_pkey_bits(pkey) > ADIT_RSA_BITS_MAX)
        err = ADIT_ERR_LIMIT;
    if (err == ADIT_OK)
        err = adit_pkey_write_blob(pkey, out);
    adit_pkey_free(pkey);
    return err;
}

static enum adit_err read_pem(BIO *bio, struct adit_buffer *out)
{
    enum adit_err err = ADIT_ERR_FORMAT;
    EVP_PKEY *evp = NULL;
    char *headers = NULL;
    uint8_t *der = NULL;
    char *name = NULL;
    long len = 0;

    if (PEM_read_bio(bio, &name, &headers, &der, &len) == 1)
        err = read_block(name, adit_span_of(der, (size_t)len), &evp);
    OPENSSL_free(name);
    OPENSSL_free(headers);
    OPENSSL_free(der);
    return err ? err : write_blob(evp, out);
}

enum adit_err adit_public_pem_blob(struct adit_span text, struct adit_buffer *out)
{
    enum adit_err err;
    BIO *bio;

    if (text.len == 0 || text.len > INT_MAX)
        return ADIT_ERR_FORMAT;
    bio = BIO_new_mem_buf(text.data, (int)text.len);
    if (bio == NULL)
        return ADIT_ERR_NO_MEMORY;
    (void)ERR_set_mark();
    err = read_pem(bio, out);
    (void)ERR_pop_to_mark();
    (void)BIO_free(bio);
    return err;
}
