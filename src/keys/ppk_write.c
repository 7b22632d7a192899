/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes what ppk_read.c reads, and draws. */
#include "base/memory.h"
#include "base/span.h"
#include "crypto/key_cipher.h"
#include "crypto/random.h"
#include "keys/base64_lines.h"
#include "keys/ppk.h"
#include "wire/writer.h"

#include <stdio.h>

enum { SALT_SIZE = 16 };

static const struct adit_argon2_cost cost = { .memory_kib = 64 * 1024, .passes = 3, .lanes = 1 };

static void write_ed25519(struct adit_writer *w, const struct adit_private_numbers *n)
{
    adit_write_string(w, n->ed25519_seed);
}

static void write_ecdsa(struct adit_writer *w, const struct adit_private_numbers *n)
{
    adit_write_mpint(w, n->ec_scalar);
}

static void write_rsa(struct adit_writer *w, const struct adit_private_numbers *n)
{
    adit_write_mpint(w, n->rsa_d);
    adit_write_mpint(w, n->rsa_p);
    adit_write_mpint(w, n->rsa_q);
    adit_write_mpint(w, n->rsa_iqmp);
}

static void (*const writers[])(struct adit_writer *w, const struct adit_private_numbers *n) = {
    [ADIT_KEY_ED25519] = write_ed25519,  [ADIT_KEY_ECDSA_P256] = write_ecdsa,
    [ADIT_KEY_ECDSA_P384] = write_ecdsa, [ADIT_KEY_ECDSA_P521] = write_ecdsa,
    [ADIT_KEY_RSA] = write_rsa,
};

/* Appends the private numbers and, when they are to be encrypted, padding. */
static enum adit_err write_private_blob(const struct adit_key *key, bool locked,
                                        struct adit_buffer *out)
{
    struct adit_buffer storage = adit_buffer_init_secret(ADIT_PPK_NUMBERS_MAX);
    struct adit_writer w = adit_writer_init(out);
    struct adit_private_numbers numbers;
    uint8_t padding[ADIT_PPK_BLOCK];
    enum adit_err err = adit_pkey_numbers(key->pkey, &storage, &numbers);

    if (err)
        goto done;
    writers[adit_key_type(key)](&w, &numbers);
    err = adit_random_bytes(padding, sizeof padding);
    if (err)
        goto done;
    if (locked)
        adit_write_bytes(&w, adit_span_of(padding, -out->len % sizeof padding));
    err = adit_writer_finish(&w);
done:
    adit_buffer_clear(&storage);
    return err;
}

/* ---- lines ---------------------------------------------------------------------- */

static void write_line(struct adit_writer *w, const char *name, struct adit_span value)
{
    adit_write_bytes(w, adit_span_text(name));
    adit_write_bytes(w, adit_span_text(": "));
    adit_write_bytes(w, value);
    adit_write_byte(w, '\n');
}

static void write_number(struct adit_writer *w, const char *name, size_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%zu", value);
    write_line(w, name, adit_span_text(text));
}

static void write_hex(struct adit_writer *w, const char *name, struct adit_span bytes)
{
    static const char digits[] = "0123456789abcdef";

    adit_write_bytes(w, adit_span_text(name));
    adit_write_bytes(w, adit_span_text(": "));
    for (size_t i = 0; i < bytes.len; i++) {
        adit_write_byte(w, (uint8_t)digits[bytes.data[i] >> 4]);
        adit_write_byte(w, (uint8_t)digits[bytes.data[i] & 15]);
    }
    adit_write_byte(w, '\n');
}

static void write_blob(struct adit_writer *w, const char *name, struct adit_span blob)
{
    write_number(w, name, adit_base64_lines_count(blob.len, ADIT_PPK_LINE_LETTERS));
    if (w->err == ADIT_OK)
        w->err = adit_base64_lines_encode(blob, ADIT_PPK_LINE_LETTERS, w->out);
}

static void write_kdf(struct adit_writer *w, const struct adit_ppk_kdf *kdf)
{
    write_line(w, "Key-Derivation", adit_span_text(adit_ppk_kdf_name(kdf->kind)));
    write_number(w, "Argon2-Memory", kdf->cost.memory_kib);
    write_number(w, "Argon2-Passes", kdf->cost.passes);
    write_number(w, "Argon2-Parallelism", kdf->cost.lanes);
    write_hex(w, "Argon2-Salt", adit_span_of(kdf->salt, kdf->salt_len));
}

/* `covered` with its private half as it is to stand in the file. `kdf` NULL: none is told. */
static enum adit_err write_file(unsigned version, const struct adit_ppk_covered *covered,
                                const struct adit_ppk_kdf *kdf,
                                const uint8_t mac[static ADIT_PPK_MAC_MAX], struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);

    write_line(&w, version == 2 ? ADIT_PPK_BEGIN "2" : ADIT_PPK_BEGIN "3", covered->type);
    write_line(&w, "Encryption", covered->encryption);
    write_line(&w, "Comment", covered->comment);
    write_blob(&w, "Public-Lines", covered->public);
    if (kdf)
        write_kdf(&w, kdf);
    write_blob(&w, "Private-Lines", covered->private);
    write_hex(&w, "Private-MAC", adit_span_of(mac, adit_ppk_mac_size(version)));
    return adit_writer_finish(&w);
}

enum adit_err adit_ppk_write(const struct adit_key *key, unsigned version, const char *comment,
                             const char *passphrase, struct adit_buffer *out)
{
    const struct adit_key_cipher *cipher = adit_key_cipher_find(adit_span_text(ADIT_PPK_CIPHER));
    const struct adit_span pass = adit_span_text(passphrase);
    struct adit_ppk_kdf kdf = { .kind = ADIT_ARGON2_ID, .cost = cost, .salt_len = SALT_SIZE };
    struct adit_buffer blob = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX);
    struct adit_ppk_covered covered = {
        .type = adit_span_text(adit_key_name(key)),
        .encryption = adit_span_text(pass.len ? ADIT_PPK_CIPHER : "none"),
        .comment = adit_span_text(comment),
        .public = adit_key_blob(key),
    };
    struct adit_ppk_secret secret = { .mac_len = 0 };
    uint8_t mac[ADIT_PPK_MAC_MAX];
    enum adit_err err = adit_random_bytes(kdf.salt, SALT_SIZE);

    if (err)
        goto done;
    err = write_private_blob(key, pass.len != 0, &blob);
    if (err)
        goto done;
    err = adit_ppk_derive(version, &kdf, pass, &secret);
    if (err)
        goto done;
    covered.private = adit_buffer_span(&blob);
    err = adit_ppk_mac(version, &secret, &covered, mac);
    if (err)
        goto done;
    if (pass.len)
        err = adit_key_cipher_seal(cipher, secret.cipher, blob.data, blob.len);
    if (err == ADIT_OK)
        err = write_file(version, &covered, pass.len && version == 3 ? &kdf : NULL, mac, out);
done:
    adit_wipe(&secret, sizeof secret);
    adit_buffer_clear(&blob);
    return err;
}
