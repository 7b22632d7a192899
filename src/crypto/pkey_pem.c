/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PEM by libcrypto. What it read is taken apart into its numbers and put
 * together again, so that a key from PEM has passed the same checks as any
 * other.
 */
#include "crypto/pkey.h"

#include "base/span.h"
#include "crypto/pkcs8.h"
#include "crypto/pkey_type.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

enum { NUMBERS_MAX = 16384 };

struct passphrase {
    const char *text;
    bool asked;
};

/* Never prompts: what is not given is not there. */
static int give_passphrase(char *buf, int size, int writing, void *user)
{
    struct passphrase *passphrase = user;
    const size_t len = passphrase->text ? strlen(passphrase->text) : 0;

    (void)writing;
    passphrase->asked = true;
    if (passphrase->text == NULL || len > (size_t)size)
        return -1;
    memcpy(buf, passphrase->text, len);
    return (int)len;
}

bool adit_pkey_type_of(const EVP_PKEY *evp, enum adit_key_type *type)
{
    static const struct {
        const char *group;
        enum adit_key_type type;
    } curves[] = {
        { "prime256v1", ADIT_KEY_ECDSA_P256 },
        { "secp384r1", ADIT_KEY_ECDSA_P384 },
        { "secp521r1", ADIT_KEY_ECDSA_P521 },
    };
    char group[32];

    *type = EVP_PKEY_is_a(evp, "ED25519") ? ADIT_KEY_ED25519 : ADIT_KEY_RSA;
    if (EVP_PKEY_is_a(evp, "ED25519") || EVP_PKEY_is_a(evp, "RSA"))
        return true;
    if (!EVP_PKEY_is_a(evp, "EC") || EVP_PKEY_get_group_name(evp, group, sizeof group, NULL) != 1)
        return false;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(curves); i++) {
        *type = curves[i].type;
        if (strcmp(group, curves[i].group) == 0)
            return true;
    }
    return false;
}

/* Takes `evp` over. */
static enum adit_err rebuild(EVP_PKEY *evp, enum adit_key_type type, struct adit_pkey **out)
{
    struct adit_buffer storage = adit_buffer_init_secret(NUMBERS_MAX);
    struct adit_private_numbers numbers;
    struct adit_pkey *read = NULL;
    enum adit_err err = adit_pkey_adopt(evp, type, true, &read);

    if (err)
        goto done;
    err = adit_pkey_numbers(read, &storage, &numbers);
    if (err == ADIT_ERR_CRYPTO)
        err = ADIT_ERR_UNSUPPORTED; /* such as an RSA key without its primes */
    if (err)
        goto done;
    err = adit_pkey_from_numbers(type, &numbers, out);
done:
    adit_buffer_clear(&storage);
    adit_pkey_free(read);
    return err;
}

/* ---- what stands in a block, by its name ---------------------------------------- */

/* Takes `info` over. */
static EVP_PKEY *key_of(PKCS8_PRIV_KEY_INFO *info)
{
    EVP_PKEY *evp = info ? EVP_PKCS82PKEY(info) : NULL;

    PKCS8_PRIV_KEY_INFO_free(info);
    return evp;
}

static enum adit_err read_plain(struct adit_span der, EVP_PKEY **out)
{
    const uint8_t *at = der.data;

    *out = key_of(d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len));
    return *out ? ADIT_OK : ADIT_ERR_FORMAT;
}

/* A cipher that libcrypto has no more (DES, RC2) is no fault of the passphrase. */
static bool cipher_was_missing(void)
{
    bool missing = false;
    unsigned long error;

    while ((error = ERR_get_error()) != 0)
        missing = missing ||
                  (ERR_GET_LIB(error) == ERR_LIB_EVP && ERR_GET_REASON(error) == ERR_R_UNSUPPORTED);
    return missing;
}

static enum adit_err read_encrypted(struct adit_span der, const char *passphrase, EVP_PKEY **out)
{
    const uint8_t *at = der.data;
    const size_t len = passphrase ? strlen(passphrase) : 0;
    X509_SIG *encrypted = d2i_X509_SIG(NULL, &at, (long)der.len);
    enum adit_err err = encrypted ? adit_pkcs8_judge_cost(encrypted) : ADIT_ERR_FORMAT;

    if (err == ADIT_OK) {
        ERR_clear_error();
        if (passphrase != NULL && len <= INT_MAX)
            *out = key_of(PKCS8_decrypt(encrypted, passphrase, (int)len));
        if (*out == NULL)
            err = cipher_was_missing() ? ADIT_ERR_UNSUPPORTED : ADIT_ERR_PASSPHRASE;
    }
    X509_SIG_free(encrypted);
    return err;
}

static enum adit_err read_traditional(struct adit_span der, int type, EVP_PKEY **out)
{
    const uint8_t *at = der.data;

    *out = d2i_PrivateKey(type, NULL, &at, (long)der.len);
    return *out ? ADIT_OK : ADIT_ERR_FORMAT;
}

static enum adit_err read_block(const char *name, struct adit_span der, const char *passphrase,
                                EVP_PKEY **out)
{
    *out = NULL;
    if (strcmp(name, PEM_STRING_PKCS8) == 0)
        return read_encrypted(der, passphrase, out);
    if (strcmp(name, PEM_STRING_PKCS8INF) == 0)
        return read_plain(der, out);
    if (strcmp(name, PEM_STRING_RSA) == 0)
        return read_traditional(der, EVP_PKEY_RSA, out);
    if (strcmp(name, PEM_STRING_ECPRIVATEKEY) == 0)
        return read_traditional(der, EVP_PKEY_EC, out);
    return ADIT_ERR_UNSUPPORTED;
}

/*
 * Block by block and not by PEM_read_bio_PrivateKey(), which would pay what an
 * encrypted block asks for before we have seen it, and look at all that follow.
 */
static enum adit_err read_pem(BIO *bio, const char *text, struct adit_pkey **out)
{
    struct passphrase passphrase = { text, false };
    enum adit_err err = ADIT_ERR_FORMAT;
    enum adit_key_type type;
    EVP_PKEY *evp = NULL;
    uint8_t *der = NULL;
    char *name = NULL;
    long len = 0;

    if (PEM_bytes_read_bio(&der, &len, &name, PEM_STRING_EVP_PKEY, bio, give_passphrase,
                           &passphrase) == 1)
        err = read_block(name, adit_span_of(der, (size_t)len), text, &evp);
    OPENSSL_clear_free(der, (size_t)len);
    OPENSSL_free(name);
    if (err == ADIT_ERR_FORMAT && passphrase.asked)
        return ADIT_ERR_PASSPHRASE; /* which opens the traditional kind, but to nonsense */
    if (err)
        return err;
    if (adit_pkey_type_of(evp, &type))
        return rebuild(evp, type, out);
    EVP_PKEY_free(evp);
    return ADIT_ERR_UNSUPPORTED;
}

enum adit_err adit_pkey_from_pem(struct adit_span text, const char *passphrase,
                                 struct adit_pkey **out)
{
    enum adit_err err;
    BIO *bio;

    *out = NULL;
    if (text.len == 0 || text.len > INT_MAX)
        return ADIT_ERR_FORMAT;
    bio = BIO_new_mem_buf(text.data, (int)text.len);
    if (bio == NULL)
        return ADIT_ERR_NO_MEMORY;
    (void)ERR_set_mark();
    err = read_pem(bio, passphrase, out);
    (void)ERR_pop_to_mark();
    (void)BIO_free(bio);
    return err;
}
