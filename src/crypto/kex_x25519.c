/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * curve25519-sha256 (RFC 8731). X25519's 32 bytes are little-endian by RFC 7748,
 * but K is the mpint of the same bytes read big-endian (RFC 8731, 3.1).
 */
#include "crypto/kex_agreement.h"

#include "base/memory.h"
#include "wire/writer.h"

enum { SIZE = ADIT_X25519_SIZE };

static enum adit_err generate(const struct adit_kex_algorithm *algorithm, EVP_PKEY **out)
{
    return adit_kex_generate(algorithm->group, NULL, 0, out) ? ADIT_OK : ADIT_ERR_CRYPTO;
}

enum adit_err adit_x25519_secret(EVP_PKEY *own, struct adit_span peer,
                                 uint8_t secret[static ADIT_X25519_SIZE])
{
    static const uint8_t zeros[SIZE];
    enum adit_err err = ADIT_ERR_PROTOCOL;
    size_t len = SIZE;
    EVP_PKEY *peer_key;

    if (peer.len != SIZE)
        return ADIT_ERR_PROTOCOL;
    peer_key = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, peer.data, peer.len);
    if (peer_key == NULL)
        return ADIT_ERR_CRYPTO;

    /* A point of low order gives zero: libcrypto refuses it, and so do we. */
    if (adit_kex_derive(own, peer_key, false, secret, &len) && len == SIZE &&
        !adit_equal_secret(secret, zeros, SIZE))
        err = ADIT_OK;
    EVP_PKEY_free(peer_key);
    return err;
}

static enum adit_err agree(const struct adit_kex_algorithm *algorithm, EVP_PKEY *own,
                           struct adit_span peer, struct adit_buffer *shared)
{
    struct adit_writer w = adit_writer_init(shared);
    uint8_t secret[SIZE] = { 0 };
    enum adit_err err = adit_x25519_secret(own, peer, secret);

    (void)algorithm;
    if (err == ADIT_OK) {
        adit_write_mpint(&w, (struct adit_span){ secret, SIZE });
        err = adit_writer_finish(&w);
    }
    adit_wipe(secret, sizeof secret);
    return err;
}

const struct adit_kex_agreement adit_kex_x25519 = { generate, adit_kex_write_octets, agree };
