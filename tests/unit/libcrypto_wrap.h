/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes libcrypto and libgcrypt fail, one call at a time. There is a wrapper for each of their
 * functions that src/crypto calls and that can fail. The linker sends the calls of our objects
 * here (--wrap); the names are in tests/libcrypto_wrap.cmake, and
 * tests/lint/libcrypto_wrapped.sh proves that list complete. One without its row
 * here, or the other way round, does not link.
 */
#ifndef ADIT_TESTS_LIBCRYPTO_WRAP_H
#define ADIT_TESTS_LIBCRYPTO_WRAP_H

#include "exact.h"

#include "adit/err.h"

#ifdef ADIT_LIBGCRYPT
#include <gcrypt.h>
#endif
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static unsigned long libcrypto_failing; /* the call that fails; 0: none does */
static unsigned long libcrypto_calls;
static int libcrypto_failure; /* what an int says: 0 and -1 are both in use */

static inline bool libcrypto_fails(void)
{
    return libcrypto_failing != 0 && ++libcrypto_calls == libcrypto_failing;
}

#define WRAP(type, name, params, args, failure)                                                    \
    type __real_##name params;                                                                     \
    type __wrap_##name params;                                                                     \
    type __wrap_##name params                                                                      \
    {                                                                                              \
        return libcrypto_fails() ? (failure) : __real_##name args;                                 \
    }
#define INT(name, params, args)       WRAP(int, name, params, args, libcrypto_failure)
#define GPG(name, params, args)       WRAP(gcry_error_t, name, params, args, gpg_error(GPG_ERR_ENOMEM))
#define PTR(type, name, params, args) WRAP(type, name, params, args, NULL)

/* clang-format off */
INT(ASN1_INTEGER_get_uint64, (uint64_t *pr, const ASN1_INTEGER *a), (pr, a))
PTR(void *, ASN1_TYPE_unpack_sequence, (const ASN1_ITEM *it, const ASN1_TYPE *t), (it, t))
WRAP(long, BIO_ctrl, (BIO *bp, int cmd, long larg, void *parg), (bp, cmd, larg, parg),
     libcrypto_failure)
PTR(BIO *, BIO_new, (const BIO_METHOD *type), (type))
PTR(BIO *, BIO_new_mem_buf, (const void *buf, int len), (buf, len))
PTR(BIGNUM *, BN_CTX_get, (BN_CTX *ctx), (ctx))
PTR(BN_CTX *, BN_CTX_secure_new, (void), ())
PTR(BIGNUM *, BN_bin2bn, (const uint8_t *s, int len, BIGNUM *ret), (s, len, ret))
INT(BN_bn2binpad, (const BIGNUM *a, uint8_t *to, int tolen), (a, to, tolen))
PTR(BIGNUM *, BN_copy, (BIGNUM *a, const BIGNUM *b), (a, b))
INT(BN_div, (BIGNUM *dv, BIGNUM *rem, const BIGNUM *m, const BIGNUM *d, BN_CTX *ctx),
    (dv, rem, m, d, ctx))
PTR(BIGNUM *, BN_dup, (const BIGNUM *a), (a))
INT(BN_mod_mul, (BIGNUM *r, const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BN_CTX *ctx),
    (r, a, b, m, ctx))
INT(BN_mul, (BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx), (r, a, b, ctx))
PTR(BIGNUM *, BN_secure_new, (void), ())
INT(BN_sub_word, (BIGNUM *a, BN_ULONG w), (a, w))
PTR(ECDSA_SIG *, ECDSA_SIG_new, (void), ())
INT(ECDSA_SIG_set0, (ECDSA_SIG *sig, BIGNUM *r, BIGNUM *s), (sig, r, s))
INT(EVP_CIPHER_CTX_ctrl, (EVP_CIPHER_CTX *ctx, int type, int arg, void *ptr), (ctx, type, arg, ptr))
PTR(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, (void), ())
INT(EVP_CIPHER_CTX_set_padding, (EVP_CIPHER_CTX *ctx, int pad), (ctx, pad))
PTR(EVP_CIPHER *, EVP_CIPHER_fetch, (OSSL_LIB_CTX *ctx, const char *algorithm,
                                     const char *properties), (ctx, algorithm, properties))
INT(EVP_CipherFinal_ex, (EVP_CIPHER_CTX *ctx, uint8_t *outm, int *outl), (ctx, outm, outl))
INT(EVP_CipherInit_ex2, (EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, const uint8_t *key,
                         const uint8_t *iv, int enc, const OSSL_PARAM params[]),
    (ctx, cipher, key, iv, enc, params))
INT(EVP_CipherUpdate, (EVP_CIPHER_CTX *ctx, uint8_t *out, int *outl, const uint8_t *in, int inl),
    (ctx, out, outl, in, inl))
INT(EVP_DigestFinal_ex, (EVP_MD_CTX *ctx, uint8_t *md, unsigned int *s), (ctx, md, s))
INT(EVP_DigestInit_ex2, (EVP_MD_CTX *ctx, const EVP_MD *type, const OSSL_PARAM params[]),
    (ctx, type, params))
INT(EVP_DigestSign, (EVP_MD_CTX *ctx, uint8_t *sigret, size_t *siglen, const uint8_t *tbs,
                     size_t tbslen), (ctx, sigret, siglen, tbs, tbslen))
INT(EVP_DigestSignInit_ex, (EVP_MD_CTX *ctx, EVP_PKEY_CTX **pctx, const char *mdname,
                            OSSL_LIB_CTX *libctx, const char *props, EVP_PKEY *pkey,
                            const OSSL_PARAM params[]),
    (ctx, pctx, mdname, libctx, props, pkey, params))
INT(EVP_DigestUpdate, (EVP_MD_CTX *ctx, const void *d, size_t cnt), (ctx, d, cnt))
INT(EVP_DigestVerify, (EVP_MD_CTX *ctx, const uint8_t *sigret, size_t siglen, const uint8_t *tbs,
                       size_t tbslen), (ctx, sigret, siglen, tbs, tbslen))
INT(EVP_DigestVerifyInit_ex, (EVP_MD_CTX *ctx, EVP_PKEY_CTX **pctx, const char *mdname,
                              OSSL_LIB_CTX *libctx, const char *props, EVP_PKEY *pkey,
                              const OSSL_PARAM params[]),
    (ctx, pctx, mdname, libctx, props, pkey, params))
PTR(EVP_MAC_CTX *, EVP_MAC_CTX_new, (EVP_MAC *mac), (mac))
PTR(EVP_MAC *, EVP_MAC_fetch, (OSSL_LIB_CTX *libctx, const char *algorithm,
                               const char *properties), (libctx, algorithm, properties))
INT(EVP_MAC_final, (EVP_MAC_CTX *ctx, uint8_t *out, size_t *outl, size_t outsize),
    (ctx, out, outl, outsize))
INT(EVP_MAC_init, (EVP_MAC_CTX *ctx, const uint8_t *key, size_t keylen,
                   const OSSL_PARAM params[]), (ctx, key, keylen, params))
INT(EVP_MAC_update, (EVP_MAC_CTX *ctx, const uint8_t *data, size_t datalen), (ctx, data, datalen))
PTR(EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
PTR(EVP_MD *, EVP_MD_fetch, (OSSL_LIB_CTX *ctx, const char *algorithm, const char *properties),
    (ctx, algorithm, properties))
PTR(EVP_PKEY *, EVP_PKCS82PKEY, (const PKCS8_PRIV_KEY_INFO *p8), (p8))
PTR(PKCS8_PRIV_KEY_INFO *, EVP_PKEY2PKCS8, (const EVP_PKEY *pkey), (pkey))
PTR(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, (OSSL_LIB_CTX *libctx, const char *name,
                                                 const char *propquery), (libctx, name, propquery))
PTR(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey, (OSSL_LIB_CTX *libctx, EVP_PKEY *pkey,
                                                 const char *propquery), (libctx, pkey, propquery))
INT(EVP_PKEY_CTX_set_group_name, (EVP_PKEY_CTX *ctx, const char *name), (ctx, name))
INT(EVP_PKEY_CTX_set_params, (EVP_PKEY_CTX *ctx, const OSSL_PARAM *params), (ctx, params))
INT(EVP_PKEY_CTX_set_rsa_keygen_bits, (EVP_PKEY_CTX *ctx, int bits), (ctx, bits))
INT(EVP_PKEY_check, (EVP_PKEY_CTX *ctx), (ctx))
INT(EVP_PKEY_derive_init, (EVP_PKEY_CTX *ctx), (ctx))
INT(EVP_PKEY_derive_set_peer_ex, (EVP_PKEY_CTX *ctx, EVP_PKEY *peer, int validate_peer),
    (ctx, peer, validate_peer))
INT(EVP_PKEY_fromdata, (EVP_PKEY_CTX *ctx, EVP_PKEY **ppkey, int selection, OSSL_PARAM param[]),
    (ctx, ppkey, selection, param))
INT(EVP_PKEY_fromdata_init, (EVP_PKEY_CTX *ctx), (ctx))
INT(EVP_PKEY_generate, (EVP_PKEY_CTX *ctx, EVP_PKEY **ppkey), (ctx, ppkey))
INT(EVP_PKEY_get_bits, (const EVP_PKEY *pkey), (pkey))
INT(EVP_PKEY_get_bn_param, (const EVP_PKEY *pkey, const char *key_name, BIGNUM **bn),
    (pkey, key_name, bn))
INT(EVP_PKEY_get_group_name, (const EVP_PKEY *pkey, char *name, size_t name_sz,
                              size_t *gname_len), (pkey, name, name_sz, gname_len))
INT(EVP_PKEY_get_octet_string_param, (const EVP_PKEY *pkey, const char *key_name, uint8_t *buf,
                                      size_t max_buf_sz, size_t *out_sz),
    (pkey, key_name, buf, max_buf_sz, out_sz))
INT(EVP_PKEY_get_raw_public_key, (const EVP_PKEY *pkey, uint8_t *pub, size_t *len),
    (pkey, pub, len))
INT(EVP_PKEY_keygen_init, (EVP_PKEY_CTX *ctx), (ctx))
PTR(EVP_PKEY *, EVP_PKEY_new_raw_private_key_ex, (OSSL_LIB_CTX *libctx, const char *keytype,
                                                  const char *propq, const uint8_t *priv,
                                                  size_t len), (libctx, keytype, propq, priv, len))
PTR(EVP_PKEY *, EVP_PKEY_new_raw_public_key_ex, (OSSL_LIB_CTX *libctx, const char *keytype,
                                                 const char *propq, const uint8_t *pub,
                                                 size_t len), (libctx, keytype, propq, pub, len))
PTR(uint8_t *, EVP_Q_mac, (OSSL_LIB_CTX *libctx, const char *name, const char *propq,
                           const char *subalg, const OSSL_PARAM *params, const void *key,
                           size_t keylen, const uint8_t *data, size_t datalen, uint8_t *out,
                           size_t outsize, size_t *outlen),
    (libctx, name, propq, subalg, params, key, keylen, data, datalen, out, outsize, outlen))
PTR(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_new, (void), ())
INT(OSSL_PARAM_BLD_push_BN, (OSSL_PARAM_BLD *bld, const char *key, const BIGNUM *bn),
    (bld, key, bn))
INT(OSSL_PARAM_BLD_push_octet_string, (OSSL_PARAM_BLD *bld, const char *key, const void *buf,
                                       size_t bsize), (bld, key, buf, bsize))
INT(OSSL_PARAM_BLD_push_utf8_string, (OSSL_PARAM_BLD *bld, const char *key, const char *buf,
                                      size_t bsize), (bld, key, buf, bsize))
PTR(OSSL_PARAM *, OSSL_PARAM_BLD_to_param, (OSSL_PARAM_BLD *bld), (bld))
INT(PEM_bytes_read_bio, (uint8_t **pdata, long *plen, char **pnm, const char *name, BIO *bp,
                         pem_password_cb *cb, void *u), (pdata, plen, pnm, name, bp, cb, u))
INT(PEM_read_bio, (BIO *bp, char **name, char **header, uint8_t **data, long *len),
    (bp, name, header, data, len))
INT(PEM_write_bio_PKCS8, (BIO *out, const X509_SIG *x), (out, x))
INT(PEM_write_bio_PKCS8_PRIV_KEY_INFO, (BIO *out, const PKCS8_PRIV_KEY_INFO *x), (out, x))
INT(PEM_write_bio_PrivateKey_traditional, (BIO *out, const EVP_PKEY *x, const EVP_CIPHER *enc,
                                           const uint8_t *kstr, int klen, pem_password_cb *cb,
                                           void *u), (out, x, enc, kstr, klen, cb, u))
PTR(PKCS8_PRIV_KEY_INFO *, PKCS8_decrypt, (const X509_SIG *p8, const char *pass, int passlen),
    (p8, pass, passlen))
PTR(X509_SIG *, PKCS8_encrypt, (int pbe_nid, const EVP_CIPHER *cipher, const char *pass,
                                int passlen, uint8_t *salt, int saltlen, int iter,
                                PKCS8_PRIV_KEY_INFO *p8),
    (pbe_nid, cipher, pass, passlen, salt, saltlen, iter, p8))
INT(RAND_bytes, (uint8_t *buf, int num), (buf, num))
PTR(ECDSA_SIG *, d2i_ECDSA_SIG, (ECDSA_SIG **a, const uint8_t **in, long len), (a, in, len))
PTR(PKCS8_PRIV_KEY_INFO *, d2i_PKCS8_PRIV_KEY_INFO, (PKCS8_PRIV_KEY_INFO **a, const uint8_t **in,
                                                     long len), (a, in, len))
PTR(EVP_PKEY *, d2i_PUBKEY, (EVP_PKEY **a, const uint8_t **in, long len), (a, in, len))
PTR(EVP_PKEY *, d2i_PrivateKey, (int type, EVP_PKEY **a, const uint8_t **in, long len),
    (type, a, in, len))
PTR(EVP_PKEY *, d2i_PublicKey, (int type, EVP_PKEY **a, const uint8_t **in, long len),
    (type, a, in, len))
PTR(X509_SIG *, d2i_X509_SIG, (X509_SIG **a, const uint8_t **in, long len), (a, in, len))
INT(i2d_ECDSA_SIG, (const ECDSA_SIG *a, uint8_t **out), (a, out))
#ifdef ADIT_LIBGCRYPT
GPG(gcry_cipher_authenticate, (gcry_cipher_hd_t hd, const void *abuf, size_t abuflen),
    (hd, abuf, abuflen))
GPG(gcry_cipher_checktag, (gcry_cipher_hd_t hd, const void *intag, size_t taglen),
    (hd, intag, taglen))
GPG(gcry_cipher_decrypt, (gcry_cipher_hd_t h, void *out, size_t outsize, const void *in,
                          size_t inlen), (h, out, outsize, in, inlen))
GPG(gcry_cipher_encrypt, (gcry_cipher_hd_t h, void *out, size_t outsize, const void *in,
                          size_t inlen), (h, out, outsize, in, inlen))
GPG(gcry_cipher_gettag, (gcry_cipher_hd_t hd, void *outtag, size_t taglen), (hd, outtag, taglen))
GPG(gcry_cipher_open, (gcry_cipher_hd_t *handle, int algo, int mode, unsigned int flags),
    (handle, algo, mode, flags))
GPG(gcry_cipher_setiv, (gcry_cipher_hd_t hd, const void *iv, size_t ivlen), (hd, iv, ivlen))
GPG(gcry_cipher_setkey, (gcry_cipher_hd_t hd, const void *key, size_t keylen), (hd, key, keylen))
#endif
/* clang-format on */

static bool libcrypto_derives_zeros; /* each derivation comes to that, and says that it is good */

int __real_EVP_PKEY_derive(EVP_PKEY_CTX *ctx, uint8_t *key, size_t *keylen);
int __wrap_EVP_PKEY_derive(EVP_PKEY_CTX *ctx, uint8_t *key, size_t *keylen);
int __wrap_EVP_PKEY_derive(EVP_PKEY_CTX *ctx, uint8_t *key, size_t *keylen)
{
    if (libcrypto_fails())
        return libcrypto_failure;
    if (!libcrypto_derives_zeros)
        return __real_EVP_PKEY_derive(ctx, key, keylen);
    memset(key, 0, *keylen);
    return 1;
}

enum { LIBCRYPTO_CALLS_MAX = 500 };

/* Runs `operation` with the n-th call failing; whether that call was reached. */
static inline bool libcrypto_run(enum adit_err (*operation)(size_t which), size_t which,
                                 unsigned long n, enum adit_err *err)
{
    libcrypto_failing = n;
    libcrypto_calls = 0;
    *err = operation(which);
    libcrypto_failing = 0;
    ERR_clear_error();
    return libcrypto_calls >= n;
}

/*
 * The first call fails, then in a new run the second, and so on until none is
 * left to fail. That run alone may end with `wanted`, were it ADIT_OK.
 */
static inline void assert_fails_at_every_call(enum adit_err (*operation)(size_t which),
                                              size_t which, enum adit_err wanted)
{
    for (libcrypto_failure = 0; libcrypto_failure >= -1; libcrypto_failure--) {
        unsigned long n = 1;
        enum adit_err err;

        for (; libcrypto_run(operation, which, n, &err); n++) {
            assert_int_not_equal(err, ADIT_OK);
            assert_true(n < LIBCRYPTO_CALLS_MAX);
        }
        assert_int_equal(err, wanted);
        assert_true(n > 1); /* there was something to fail */
    }
}

#endif
