/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * X25519 together with a KEM (draft-ietf-sshm-mlkem-hybrid-kex; RFC 9941): the
 * secret is safe as long as one of the two is. The KEM's part and X25519's stand
 * on the wire one after the other. K is a string and no mpint, the digest of the
 * KEM's secret and X25519's.
 */
#include "crypto/kex_kind.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/kem.h"
#include "crypto/kex_agreement.h"
#include "wire/writer.h"

struct halves {
    uint8_t kem[ADIT_KEM_SECRET_SIZE];
    uint8_t x25519[ADIT_X25519_SIZE];
};

/* X25519's part, behind the KEM's. */
static struct adit_span x25519_part(struct adit_span both, size_t kem_size)
{
    return (struct adit_span){ both.data + kem_size, ADIT_X25519_SIZE };
}

static enum adit_err write_shared(enum adit_hash hash, const struct halves *halves,
                                  struct adit_buffer *shared)
{
    const struct adit_span pieces[] = { { halves->kem, sizeof halves->kem },
                                        { halves->x25519, sizeof halves->x25519 } };
    struct adit_writer w = adit_writer_init(shared);
    uint8_t digest[ADIT_HASH_MAX];
    enum adit_err err = adit_hash_digest(hash, pieces, ADIT_ARRAY_LEN(pieces), digest);

    if (err == ADIT_OK) {
        adit_write_string(&w, adit_span_of(digest, adit_hash_size(hash)));
        err = adit_writer_finish(&w);
    }
    adit_wipe(digest, sizeof digest);
    return err;
}

static enum adit_err start(struct adit_kex_secret *secret, const struct adit_kex_group *group,
                           struct adit_buffer *init)
{
    const struct adit_kem *kem = secret->algorithm->kem;
    uint8_t *public_key;
    enum adit_err err;

    (void)group;
    secret->kem_key = adit_new(kem->private_size);
    if (secret->kem_key == NULL)
        return ADIT_ERR_NO_MEMORY;
    err = adit_buffer_extend(init, kem->public_size, &public_key);
    if (err)
        return err;
    err = kem->generate(public_key, secret->kem_key);
    if (err)
        return err;
    err = adit_kex_x25519.generate(secret->algorithm, &secret->own);
    return err ? err : adit_kex_write_octets(secret->own, init);
}

static enum adit_err respond(const struct adit_kex_algorithm *algorithm,
                             const struct adit_kex_group *group, struct adit_span init,
                             struct adit_buffer *reply, struct adit_buffer *shared)
{
    const struct adit_kem *kem = algorithm->kem;
    struct halves halves = { { 0 }, { 0 } };
    EVP_PKEY *own = NULL;
    uint8_t *ciphertext;
    enum adit_err err;

    (void)group;
    if (init.len != kem->public_size + ADIT_X25519_SIZE)
        return ADIT_ERR_PROTOCOL;
    err = adit_buffer_extend(reply, kem->ciphertext_size, &ciphertext);
    if (!err)
        err = kem->encapsulate(init.data, ciphertext, halves.kem);
    if (!err)
        err = adit_kex_x25519.generate(algorithm, &own);
    if (!err)
        err = adit_kex_write_octets(own, reply);
    if (!err)
        err = adit_x25519_secret(own, x25519_part(init, kem->public_size), halves.x25519);
    if (!err)
        err = write_shared(algorithm->hash, &halves, shared);
    adit_wipe(&halves, sizeof halves);
    EVP_PKEY_free(own);
    return err;
}

static enum adit_err finish(const struct adit_kex_secret *secret, struct adit_span reply,
                            struct adit_buffer *shared)
{
    const struct adit_kex_algorithm *algorithm = secret->algorithm;
    const struct adit_kem *kem = algorithm->kem;
    struct halves halves = { { 0 }, { 0 } };
    enum adit_err err;

    if (reply.len != kem->ciphertext_size + ADIT_X25519_SIZE)
        return ADIT_ERR_PROTOCOL;
    err = kem->decapsulate(secret->kem_key, reply.data, halves.kem);
    if (!err)
        err = adit_x25519_secret(secret->own, x25519_part(reply, kem->ciphertext_size),
                                 halves.x25519);
    if (!err)
        err = write_shared(algorithm->hash, &halves, shared);
    adit_wipe(&halves, sizeof halves);
    return err;
}

const struct adit_kex_kind adit_kex_kind_hybrid = { start, respond, finish };
