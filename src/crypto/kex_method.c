/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of methods. A kind gives the three steps; those of X25519, ECDH and
 * DH are the same but for the agreement that they work on. The group exchange is
 * DH in a group that the server names; a hybrid (kex_hybrid.c) is a row with a KEM.
 */
#include "crypto/kex_method.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/kem.h"
#include "crypto/kex_agreement.h"
#include "crypto/kex_group.h"
#include "crypto/kex_kind.h"

#include <openssl/err.h>
#include <stdlib.h>

enum kex_kind { KEX_X25519, KEX_ECDH, KEX_DH, KEX_HYBRID };

/* clang-format off */
static const struct adit_kex_algorithm algorithms[] = {
    { "mlkem768x25519-sha256",                ADIT_HASH_SHA256, KEX_HYBRID, "X25519",    &adit_mlkem768 },
    { "sntrup761x25519-sha512",               ADIT_HASH_SHA512, KEX_HYBRID, "X25519",    &adit_sntrup761 },
    { "sntrup761x25519-sha512@openssh.com",   ADIT_HASH_SHA512, KEX_HYBRID, "X25519",    &adit_sntrup761 },
    { "curve25519-sha256",                    ADIT_HASH_SHA256, KEX_X25519, "X25519",    NULL },
    { "curve25519-sha256@libssh.org",         ADIT_HASH_SHA256, KEX_X25519, "X25519",    NULL },
    { "ecdh-sha2-nistp256",                   ADIT_HASH_SHA256, KEX_ECDH,   "P-256",     NULL },
    { "ecdh-sha2-nistp384",                   ADIT_HASH_SHA384, KEX_ECDH,   "P-384",     NULL },
    { "ecdh-sha2-nistp521",                   ADIT_HASH_SHA512, KEX_ECDH,   "P-521",     NULL },
    { "diffie-hellman-group16-sha512",        ADIT_HASH_SHA512, KEX_DH,     "modp_4096", NULL },
    { "diffie-hellman-group18-sha512",        ADIT_HASH_SHA512, KEX_DH,     "modp_8192", NULL },
    { "diffie-hellman-group14-sha256",        ADIT_HASH_SHA256, KEX_DH,     "modp_2048", NULL },
    { "diffie-hellman-group-exchange-sha256", ADIT_HASH_SHA256, KEX_DH,     NULL,        NULL },
};
/* clang-format on */

static const struct adit_kex_agreement *const agreements[] = {
    [KEX_X25519] = &adit_kex_x25519,
    [KEX_ECDH] = &adit_kex_ecdh,
    [KEX_DH] = &adit_kex_dh,
};

static enum adit_err generate(const struct adit_kex_algorithm *algorithm,
                              const struct adit_kex_group *group, EVP_PKEY **out)
{
    if (algorithm->group == NULL)
        return adit_kex_group_generate(group, out);
    return agreements[algorithm->kind]->generate(algorithm, out);
}

static enum adit_err agreement_start(struct adit_kex_secret *secret,
                                     const struct adit_kex_group *group, struct adit_buffer *init)
{
    const struct adit_kex_algorithm *algorithm = secret->algorithm;
    const enum adit_err err = generate(algorithm, group, &secret->own);

    return err ? err : agreements[algorithm->kind]->write_public(secret->own, init);
}

static enum adit_err agreement_respond(const struct adit_kex_algorithm *algorithm,
                                       const struct adit_kex_group *group, struct adit_span init,
                                       struct adit_buffer *reply, struct adit_buffer *shared)
{
    const struct adit_kex_agreement *agreement = agreements[algorithm->kind];
    EVP_PKEY *own = NULL;
    enum adit_err err = generate(algorithm, group, &own);

    if (err)
        goto done;
    err = agreement->agree(algorithm, own, init, shared);
    if (err)
        goto done;
    err = agreement->write_public(own, reply);
done:
    EVP_PKEY_free(own);
    return err;
}

static enum adit_err agreement_finish(const struct adit_kex_secret *secret, struct adit_span reply,
                                      struct adit_buffer *shared)
{
    const struct adit_kex_algorithm *algorithm = secret->algorithm;

    return agreements[algorithm->kind]->agree(algorithm, secret->own, reply, shared);
}

static const struct adit_kex_kind agreement_kind = { agreement_start, agreement_respond,
                                                     agreement_finish };

static const struct adit_kex_kind *const kinds[] = {
    [KEX_X25519] = &agreement_kind,
    [KEX_ECDH] = &agreement_kind,
    [KEX_DH] = &agreement_kind,
    [KEX_HYBRID] = &adit_kex_kind_hybrid,
};

const struct adit_kex_algorithm *adit_kex_find(struct adit_span name)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(algorithms); i++) {
        if (adit_span_is(name, algorithms[i].name))
            return &algorithms[i];
    }
    return NULL;
}

/* What libcrypto has to say of a bad public key is not left in the caller's error queue. */

enum adit_err adit_kex_start(const struct adit_kex_algorithm *algorithm,
                             const struct adit_kex_group *group, struct adit_buffer *init,
                             struct adit_kex_secret **out)
{
    struct adit_kex_secret *secret = adit_new(sizeof *secret);
    enum adit_err err;

    *out = NULL;
    if (secret == NULL)
        return ADIT_ERR_NO_MEMORY;
    secret->algorithm = algorithm;
    (void)ERR_set_mark();
    err = kinds[algorithm->kind]->start(secret, group, init);
    (void)ERR_pop_to_mark();
    if (err) {
        adit_kex_secret_free(secret);
        return err;
    }
    *out = secret;
    return ADIT_OK;
}

enum adit_err adit_kex_respond(const struct adit_kex_algorithm *algorithm,
                               const struct adit_kex_group *group, struct adit_span init,
                               struct adit_buffer *reply, struct adit_buffer *shared)
{
    (void)ERR_set_mark();
    const enum adit_err err =
        kinds[algorithm->kind]->respond(algorithm, group, init, reply, shared);
    (void)ERR_pop_to_mark();
    return err;
}

enum adit_err adit_kex_finish(const struct adit_kex_secret *secret, struct adit_span reply,
                              struct adit_buffer *shared)
{
    (void)ERR_set_mark();
    const enum adit_err err = kinds[secret->algorithm->kind]->finish(secret, reply, shared);
    (void)ERR_pop_to_mark();
    return err;
}

void adit_kex_secret_free(struct adit_kex_secret *secret)
{
    if (secret == NULL)
        return;
    if (secret->kem_key)
        adit_wipe(secret->kem_key, secret->algorithm->kem->private_size);
    free(secret->kem_key);
    EVP_PKEY_free(secret->own); /* wipes the private half */
    free(secret);
}
