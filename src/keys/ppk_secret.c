/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the passphrase to the keys, and the MAC under them.
 *
 *     version 2   cipher key: SHA-1(0 || passphrase), SHA-1(1 || passphrase), 32 bytes of it
 *                 IV:         zeros
 *                 MAC:        HMAC-SHA-1, key: SHA-1(a constant || passphrase)
 *     version 3   cipher key, IV, MAC key: 32, 16, 32 bytes of Argon2
 *                 MAC:        HMAC-SHA-256; the key is empty without a passphrase
 */
#include "base/memory.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "keys/ppk.h"
#include "wire/writer.h"

enum { SHA1_SIZE = 20, CIPHER_KEY = 32 };

const char *adit_ppk_kdf_name(enum adit_argon2 kind)
{
    static const char *const names[] = {
        [ADIT_ARGON2_D] = "Argon2d",
        [ADIT_ARGON2_I] = "Argon2i",
        [ADIT_ARGON2_ID] = "Argon2id",
    };

    return names[kind];
}

static enum adit_err sha1(struct adit_span prefix, struct adit_span passphrase,
                          uint8_t out[static ADIT_HASH_MAX])
{
    const struct adit_span pieces[] = { prefix, passphrase };

    return adit_hash_digest(ADIT_HASH_SHA1, pieces, ADIT_ARRAY_LEN(pieces), out);
}

static enum adit_err derive_v2(struct adit_span passphrase, struct adit_ppk_secret *out)
{
    static const uint8_t counter[2][4] = { { 0, 0, 0, 0 }, { 0, 0, 0, 1 } };
    uint8_t digest[ADIT_HASH_MAX];
    enum adit_err err = sha1(adit_span_text("putty-private-key-file-mac-key"), passphrase, digest);

    if (err)
        goto done;
    memcpy(out->mac, digest, SHA1_SIZE);
    out->mac_len = SHA1_SIZE;
    if (passphrase.len == 0)
        goto done;
    err = sha1(adit_span_of(counter[0], sizeof counter[0]), passphrase, digest);
    if (err)
        goto done;
    memcpy(out->cipher, digest, SHA1_SIZE);
    err = sha1(adit_span_of(counter[1], sizeof counter[1]), passphrase, digest);
    if (err)
        goto done;
    memcpy(out->cipher + SHA1_SIZE, digest, CIPHER_KEY - SHA1_SIZE);
done:
    adit_wipe(digest, sizeof digest);
    return err;
}

static enum adit_err derive_v3(const struct adit_ppk_kdf *kdf, struct adit_span passphrase,
                               struct adit_ppk_secret *out)
{
    uint8_t bytes[ADIT_PPK_CIPHER_SECRET + ADIT_PPK_MAC_MAX];
    enum adit_err err;

    if (passphrase.len == 0)
        return ADIT_OK;
    err = adit_argon2(kdf->kind, &kdf->cost, passphrase, adit_span_of(kdf->salt, kdf->salt_len),
                      bytes, sizeof bytes);
    if (err == ADIT_OK) {
        memcpy(out->cipher, bytes, ADIT_PPK_CIPHER_SECRET);
        memcpy(out->mac, bytes + ADIT_PPK_CIPHER_SECRET, ADIT_PPK_MAC_MAX);
        out->mac_len = ADIT_PPK_MAC_MAX;
    }
    adit_wipe(bytes, sizeof bytes);
    return err == ADIT_ERR_USAGE ? ADIT_ERR_FORMAT : err; /* a cost that Argon2 does not know */
}

enum adit_err adit_ppk_derive(unsigned version, const struct adit_ppk_kdf *kdf,
                              struct adit_span passphrase, struct adit_ppk_secret *out)
{
    enum adit_err err;

    *out = (struct adit_ppk_secret){ .mac_len = 0 };
    err = version == 2 ? derive_v2(passphrase, out) : derive_v3(kdf, passphrase, out);
    if (err)
        adit_wipe(out, sizeof *out);
    return err;
}

static enum adit_hash hash_of(unsigned version)
{
    return version == 2 ? ADIT_HASH_SHA1 : ADIT_HASH_SHA256;
}

size_t adit_ppk_mac_size(unsigned version)
{
    return adit_hash_size(hash_of(version));
}

enum adit_err adit_ppk_mac(unsigned version, const struct adit_ppk_secret *secret,
                           const struct adit_ppk_covered *covered,
                           uint8_t out[static ADIT_PPK_MAC_MAX])
{
    struct adit_buffer text = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX);
    struct adit_writer w = adit_writer_init(&text);
    uint8_t mac[ADIT_HASH_MAX];
    enum adit_err err;

    adit_write_string(&w, covered->type);
    adit_write_string(&w, covered->encryption);
    adit_write_string(&w, covered->comment);
    adit_write_string(&w, covered->public);
    adit_write_string(&w, covered->private);
    err = adit_writer_finish(&w);
    if (err)
        goto done;
    err = adit_hmac(hash_of(version), adit_span_of(secret->mac, secret->mac_len),
                    adit_buffer_span(&text), mac);
    if (err == ADIT_OK)
        memcpy(out, mac, adit_ppk_mac_size(version));
done:
    adit_buffer_clear(&text);
    return err;
}
