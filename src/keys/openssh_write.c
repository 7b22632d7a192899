/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes what openssh_key.c reads, and draws. */
#include "base/base64.h"
#include "base/memory.h"
#include "base/span.h"
#include "crypto/bcrypt_pbkdf.h"
#include "crypto/key_cipher.h"
#include "crypto/random.h"
#include "keys/base64_lines.h"
#include "keys/openssh_key.h"
#include "wire/writer.h"

#define CIPHER "aes256-ctr"

enum {
    PLAIN_BLOCK = 8, /* what the section is padded to under the cipher "none" */
    CHECK_SIZE = 4,
    SALT_SIZE = 16,
    ROUNDS = 24,
    LINE_LETTERS = 70,
    NUMBERS_MAX = 16 * 1024,
    ED25519_SIZE = 32,
};

/* ---- the private numbers of each type ------------------------------------ */

static void write_ed25519(struct adit_writer *w, enum adit_key_type type,
                          const struct adit_private_numbers *n)
{
    (void)type;
    adit_write_string(w, n->ed25519_public);
    adit_write_uint32(w, 2 * ED25519_SIZE);
    adit_write_bytes(w, n->ed25519_seed);
    adit_write_bytes(w, n->ed25519_public);
}

static void write_ecdsa(struct adit_writer *w, enum adit_key_type type,
                        const struct adit_private_numbers *n)
{
    adit_write_text(w, adit_key_curve_name(type));
    adit_write_string(w, n->ec_point);
    adit_write_mpint(w, n->ec_scalar);
}

static void write_rsa(struct adit_writer *w, enum adit_key_type type,
                      const struct adit_private_numbers *n)
{
    (void)type;
    adit_write_mpint(w, n->rsa_n);
    adit_write_mpint(w, n->rsa_e);
    adit_write_mpint(w, n->rsa_d);
    adit_write_mpint(w, n->rsa_iqmp);
    adit_write_mpint(w, n->rsa_p);
    adit_write_mpint(w, n->rsa_q);
}

static void (*const writers[])(struct adit_writer *w, enum adit_key_type type,
                               const struct adit_private_numbers *n) = {
    [ADIT_KEY_ED25519] = write_ed25519,  [ADIT_KEY_ECDSA_P256] = write_ecdsa,
    [ADIT_KEY_ECDSA_P384] = write_ecdsa, [ADIT_KEY_ECDSA_P521] = write_ecdsa,
    [ADIT_KEY_RSA] = write_rsa,
};

/* ---- the section, and the envelope around it ------------------------------ */

enum adit_err adit_openssh_key_write_private(const struct adit_key *key, const char *comment,
                                             struct adit_buffer *out)
{
    const enum adit_key_type type = adit_key_type(key);
    struct adit_buffer storage = adit_buffer_init_secret(NUMBERS_MAX);
    struct adit_writer w = adit_writer_init(out);
    struct adit_private_numbers numbers;
    enum adit_err err = adit_pkey_numbers(key->pkey, &storage, &numbers);

    if (err)
        goto done;
    adit_write_text(&w, adit_key_type_name(type));
    writers[type](&w, type, &numbers);
    adit_write_text(&w, comment);
    err = adit_writer_finish(&w);
done:
    adit_buffer_clear(&storage);
    return err;
}

static enum adit_err write_section(const struct adit_key *key, const char *comment, size_t block,
                                   struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);
    uint8_t check[CHECK_SIZE];
    enum adit_err err = adit_random_bytes(check, sizeof check);

    if (err)
        return err;
    adit_write_bytes(&w, adit_span_of(check, sizeof check));
    adit_write_bytes(&w, adit_span_of(check, sizeof check));
    err = adit_writer_finish(&w);
    if (!err)
        err = adit_openssh_key_write_private(key, comment, out);
    if (err)
        return err;
    for (uint8_t i = 1; adit_writer_finish(&w) == ADIT_OK && out->len % block; i++)
        adit_write_byte(&w, i);
    return adit_writer_finish(&w);
}

static enum adit_err lock_section(const struct adit_key_cipher *cipher, const char *passphrase,
                                  const uint8_t salt[static SALT_SIZE], struct adit_buffer *section)
{
    uint8_t secret[ADIT_KEY_CIPHER_SECRET_MAX];
    enum adit_err err = adit_bcrypt_pbkdf(adit_span_text(passphrase), adit_span_of(salt, SALT_SIZE),
                                          ROUNDS, secret, cipher->key_size + cipher->iv_size);

    if (err == ADIT_OK)
        err = adit_key_cipher_seal(cipher, secret, section->data, section->len);
    adit_wipe(secret, sizeof secret);
    return err;
}

static void write_kdf(struct adit_writer *w, const uint8_t *salt)
{
    if (salt == NULL) {
        adit_write_text(w, "none");
        adit_write_text(w, "none");
        adit_write_text(w, "");
        return;
    }
    adit_write_text(w, CIPHER);
    adit_write_text(w, "bcrypt");
    adit_write_uint32(w, 4 + SALT_SIZE + 4);
    adit_write_string(w, adit_span_of(salt, SALT_SIZE));
    adit_write_uint32(w, ROUNDS);
}

static enum adit_err write_envelope(const struct adit_key *key, const char *comment,
                                    const char *passphrase, struct adit_buffer *out)
{
    const bool locked = passphrase != NULL && passphrase[0] != '\0';
    const struct adit_key_cipher *cipher = adit_key_cipher_find(adit_span_text(CIPHER));
    struct adit_buffer section = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX);
    struct adit_writer w = adit_writer_init(out);
    uint8_t salt[SALT_SIZE];
    enum adit_err err =
        write_section(key, comment, locked ? cipher->block_size : PLAIN_BLOCK, &section);

    if (err)
        goto done;
    if (locked) {
        err = adit_random_bytes(salt, sizeof salt);
        if (err)
            goto done;
        err = lock_section(cipher, passphrase, salt, &section);
        if (err)
            goto done;
    }
    adit_write_bytes(&w, adit_span_of(ADIT_OPENSSH_KEY_MAGIC, sizeof ADIT_OPENSSH_KEY_MAGIC));
    write_kdf(&w, locked ? salt : NULL);
    adit_write_uint32(&w, 1);
    adit_write_string(&w, adit_key_blob(key));
    adit_write_string(&w, adit_buffer_span(&section));
    err = adit_writer_finish(&w);
done:
    adit_buffer_clear(&section);
    return err;
}

enum adit_err adit_openssh_key_write(const struct adit_key *key, const char *comment,
                                     const char *passphrase, struct adit_buffer *out)
{
    struct adit_buffer bytes = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX);
    enum adit_err err;

    err = write_envelope(key, comment, passphrase, &bytes);
    if (err)
        goto done;
    err = adit_buffer_append(out, adit_span_text(ADIT_OPENSSH_KEY_BEGIN "\n"));
    if (err)
        goto done;
    err = adit_base64_lines_encode(adit_buffer_span(&bytes), LINE_LETTERS, out);
    if (err)
        goto done;
    err = adit_buffer_append(out, adit_span_text(ADIT_OPENSSH_KEY_END "\n"));
done:
    adit_buffer_clear(&bytes);
    return err;
}
