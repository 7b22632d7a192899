/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PBKDF2's shape with bcrypt in the place of HMAC:
 *
 *     P   = SHA-512(passphrase)
 *     U1  = bcrypt(P, SHA-512(salt || number of the block))
 *     Un  = bcrypt(P, SHA-512(Un-1))
 *     block = U1 ^ U2 ^ … ^ Urounds
 *
 * The blocks are not put one behind the other: each gives every n-th byte, so
 * that no part of the output can be had without computing all of them.
 */
#include "crypto/bcrypt_pbkdf.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/blowfish.h"
#include "crypto/hash.h"
#include "wire/writer.h"

enum {
    BLOCK = 32,
    BLOCK_WORDS = BLOCK / 4,
    EXPANSIONS = 64,  /* bcrypt's cost 6, which is fixed here */
    ENCRYPTIONS = 64, /* of the text, one over the other */
};

/* All that is secret, in one place to be wiped. */
struct work {
    struct adit_blowfish state;
    uint32_t passphrase[ADIT_BLOWFISH_KEY_WORDS];
    uint32_t salt[ADIT_BLOWFISH_KEY_WORDS];
    uint8_t digest[ADIT_HASH_MAX];
    uint32_t text[BLOCK_WORDS];
    uint8_t link[BLOCK]; /* Un */
    uint8_t block[BLOCK];
};

/* Into `words` what SHA-512 makes of the pieces. */
static enum adit_err digest_words(struct work *w, const struct adit_span *pieces, size_t count,
                                  uint32_t words[static ADIT_BLOWFISH_KEY_WORDS])
{
    const enum adit_err err = adit_hash_digest(ADIT_HASH_SHA512, pieces, count, w->digest);

    if (err)
        return err;
    for (size_t i = 0; i < ADIT_BLOWFISH_KEY_WORDS; i++)
        words[i] = adit_get_uint32(w->digest + 4 * i);
    return ADIT_OK;
}

/* link = bcrypt(passphrase, salt) */
static void bcrypt(struct work *w)
{
    static const uint8_t text[BLOCK + 1] = "OxychromaticBlowfishSwatDynamite";
    static const uint32_t no_salt[ADIT_BLOWFISH_KEY_WORDS];

    adit_blowfish_init(&w->state);
    adit_blowfish_expand(&w->state, w->salt, w->passphrase);
    for (size_t i = 0; i < EXPANSIONS; i++) {
        adit_blowfish_expand(&w->state, no_salt, w->salt);
        adit_blowfish_expand(&w->state, no_salt, w->passphrase);
    }
    for (size_t i = 0; i < BLOCK_WORDS; i++)
        w->text[i] = adit_get_uint32(text + 4 * i);
    for (size_t i = 0; i < ENCRYPTIONS; i++)
        for (size_t at = 0; at < BLOCK_WORDS; at += 2)
            adit_blowfish_encrypt(&w->state, w->text + at);
    /* In little-endian order, other than all the rest. */
    for (size_t i = 0; i < BLOCK; i++)
        w->link[i] = (uint8_t)(w->text[i / 4] >> 8 * (i % 4));
}

static enum adit_err derive_block(struct work *w, struct adit_span salt, uint32_t number,
                                  uint32_t rounds)
{
    uint8_t number_bytes[4];
    struct adit_span pieces[2] = { salt, { number_bytes, sizeof number_bytes } };
    size_t count = 2;

    adit_put_uint32(number_bytes, number);
    memset(w->block, 0, sizeof w->block);
    for (uint32_t round = 0; round < rounds; round++) {
        const enum adit_err err = digest_words(w, pieces, count, w->salt);

        if (err)
            return err;
        bcrypt(w);
        for (size_t i = 0; i < BLOCK; i++)
            w->block[i] ^= w->link[i];
        pieces[0] = adit_span_of(w->link, sizeof w->link);
        count = 1;
    }
    return ADIT_OK;
}

enum adit_err adit_bcrypt_pbkdf(struct adit_span passphrase, struct adit_span salt, uint32_t rounds,
                                uint8_t *out, size_t len)
{
    const size_t block_count = (len + BLOCK - 1) / BLOCK;
    struct work w;
    enum adit_err err;

    if (passphrase.len == 0 || salt.len == 0 || rounds == 0)
        return ADIT_ERR_USAGE;
    if (len == 0 || len > ADIT_BCRYPT_PBKDF_MAX)
        return ADIT_ERR_USAGE;
    err = digest_words(&w, &passphrase, 1, w.passphrase);
    for (uint32_t block = 0; err == ADIT_OK && block < block_count; block++) {
        err = derive_block(&w, salt, block + 1, rounds);
        for (size_t i = 0; i < BLOCK && block + i * block_count < len; i++)
            out[block + i * block_count] = w.block[i];
    }
    adit_wipe(&w, sizeof w);
    if (err)
        adit_wipe(out, len);
    return err;
}
