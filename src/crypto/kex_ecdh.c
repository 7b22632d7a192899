/* SPDX-License-Identifier: BSD-2-Clause */
/* ecdh-sha2-nistp* (RFC 5656, 4): K is the x coordinate of the common point. */
#include "crypto/kex_agreement.h"

#include "base/memory.h"
#include "crypto/key_import.h"
#include "wire/writer.h"

static enum adit_err generate(const struct adit_kex_algorithm *algorithm, EVP_PKEY **out)
{
    return adit_kex_generate("EC", algorithm->group, 0, out) ? ADIT_OK : ADIT_ERR_CRYPTO;
}

static enum adit_err agree(const struct adit_kex_algorithm *algorithm, EVP_PKEY *own,
                           struct adit_span peer, struct adit_buffer *shared)
{
    struct adit_writer w = adit_writer_init(shared);
    uint8_t secret[ADIT_EC_COORDINATE_MAX] = { 0 };
    size_t len = sizeof secret;
    EVP_PKEY *peer_key = NULL;
    enum adit_err err = adit_ec_key_import(algorithm->group, peer, NULL, &peer_key);

    if (err)
        return err == ADIT_ERR_MALFORMED ? ADIT_ERR_PROTOCOL : err;

    err = ADIT_ERR_PROTOCOL;
    if (!adit_kex_derive(own, peer_key, true, secret, &len))
        goto done;
    adit_write_mpint(&w, (struct adit_span){ secret, len });
    err = adit_writer_finish(&w);
done:
    adit_wipe(secret, sizeof secret);
    EVP_PKEY_free(peer_key);
    return err;
}

const struct adit_kex_agreement adit_kex_ecdh = { generate, adit_kex_write_octets, agree };
