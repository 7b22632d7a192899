/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcrypto writes into memory of its own, which it wipes when that goes back.
 * PKCS#8's PBKDF2 gets as many rounds as make a guess cost what it costs with
 * the other formats; libcrypto by itself would take 2048.
 */
#include "crypto/pkey.h"

#include "base/span.h"
#include "crypto/pkey_type.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

enum { PBKDF2_ROUNDS = 600000, SALT_SIZE = 16, PBES2 = -1 };

static bool write_traditional(BIO *bio, const EVP_PKEY *evp, struct adit_span passphrase)
{
    const EVP_CIPHER *cipher = passphrase.len ? EVP_aes_128_cbc() : NULL; /* PuTTY reads it too */

    return PEM_write_bio_PrivateKey_traditional(bio, evp, cipher,
                                                passphrase.len ? passphrase.data : NULL,
                                                (int)passphrase.len, NULL, NULL) == 1;
}

static bool write_encrypted(BIO *bio, PKCS8_PRIV_KEY_INFO *plain, struct adit_span passphrase)
{
    X509_SIG *encrypted = PKCS8_encrypt(PBES2, EVP_aes_256_cbc(), (const char *)passphrase.data,
                                        (int)passphrase.len, NULL, SALT_SIZE, PBKDF2_ROUNDS, plain);
    const bool ok = encrypted != NULL && PEM_write_bio_PKCS8(bio, encrypted) == 1;

    X509_SIG_free(encrypted);
    return ok;
}

static bool write_pkcs8(BIO *bio, const EVP_PKEY *evp, struct adit_span passphrase)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(evp);
    bool ok = plain != NULL;

    if (ok)
        ok = passphrase.len ? write_encrypted(bio, plain, passphrase)
                            : PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, plain) == 1;
    PKCS8_PRIV_KEY_INFO_free(plain);
    return ok;
}

static enum adit_err append_written(BIO *bio, struct adit_buffer *out)
{
    const char *data = NULL;
    const long len = BIO_get_mem_data(bio, &data);

    return len > 0 && data != NULL ? adit_buffer_append(out, adit_span_of(data, (size_t)len))
                                   : ADIT_ERR_CRYPTO;
}

enum adit_err adit_pkey_write_pem(const struct adit_pkey *pkey, enum adit_pem form,
                                  const char *passphrase, struct adit_buffer *out)
{
    const struct adit_span secret = adit_span_text(passphrase);
    enum adit_err err = ADIT_ERR_CRYPTO;
    bool written;
    BIO *bio;

    if (!pkey->is_private || secret.len > INT_MAX)
        return ADIT_ERR_USAGE;
    if (form == ADIT_PEM_TRADITIONAL && pkey->type == ADIT_KEY_ED25519)
        return ADIT_ERR_UNSUPPORTED;
    bio = BIO_new(BIO_s_mem());
    if (bio == NULL)
        return err;
    (void)ERR_set_mark();
    written = form == ADIT_PEM_PKCS8 ? write_pkcs8(bio, pkey->evp, secret)
                                     : write_traditional(bio, pkey->evp, secret);
    if (written)
        err = append_written(bio, out);
    (void)ERR_pop_to_mark();
    (void)BIO_free(bio);
    return err;
}
