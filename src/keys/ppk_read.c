/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file is lines "Name: value" in a fixed order, two of which announce a number
 * of lines of base64:
 *
 *     PuTTY-User-Key-File-3: type    Key-Derivation: Argon2id  ┐
 *     Encryption: aes256-cbc, none   Argon2-Memory: KiB        │ version 3,
 *     Comment: any bytes             Argon2-Passes: number     │ when it is
 *     Public-Lines: number           Argon2-Parallelism: number│ encrypted
 *     …                              Argon2-Salt: hex          ┘
 *                                    Private-Lines: number
 *                                    …
 *                                    Private-MAC: hex
 *
 * The MAC covers all that matters, so it is compared before anything of the
 * private half is looked at.
 */
#include "base/base64.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/key_cipher.h"
#include "keys/lines.h"
#include "keys/ppk.h"
#include "wire/reader.h"

enum { LINES_MAX = 20000, ED25519_SIZE = 32 };

struct ppk {
    unsigned version;
    bool encrypted;
    struct adit_span type, encryption, comment;
    struct adit_buffer public_blob;
    struct adit_buffer private_blob; /* secret */
    struct adit_ppk_kdf kdf;
    uint8_t mac[ADIT_PPK_MAC_MAX];
};

static struct ppk ppk_init(void)
{
    return (struct ppk){ .public_blob = adit_buffer_init(ADIT_KEY_TEXT_MAX),
                         .private_blob = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX) };
}

static void ppk_clear(struct ppk *ppk)
{
    adit_buffer_clear(&ppk->public_blob);
    adit_buffer_clear(&ppk->private_blob);
}

/* ---- the lines --------------------------------------------------------------- */

/* The first line that is not as expected fails it for good. */
struct lines {
    struct adit_span rest;
    bool failed;
};

/* The value of the next line, which must have this name. */
static struct adit_span take_value(struct lines *l, const char *name)
{
    const size_t len = strlen(name);
    struct adit_span line;

    if (l->failed || !adit_line_next(&l->rest, &line) || !adit_line_begins(line, name) ||
        line.len < len + 2 || line.data[len] != ':' || line.data[len + 1] != ' ') {
        l->failed = true;
        return ADIT_SPAN_EMPTY;
    }
    return adit_span_of(line.data + len + 2, line.len - len - 2);
}

static uint32_t take_number(struct lines *l, const char *name, uint32_t max)
{
    uint64_t value = 0;

    if (adit_text_to_number(take_value(l, name), max, &value))
        l->failed = true;
    return (uint32_t)value;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Returns how many bytes there are, of at most `max`. */
static size_t take_hex(struct lines *l, const char *name, uint8_t *out, size_t max)
{
    const struct adit_span text = take_value(l, name);

    if (text.len % 2 || text.len / 2 > max)
        l->failed = true;
    for (size_t i = 0; !l->failed && i < text.len / 2; i++) {
        const int high = hex_digit(text.data[2 * i]);
        const int low = hex_digit(text.data[2 * i + 1]);

        if (high < 0 || low < 0)
            l->failed = true;
        else
            out[i] = (uint8_t)(high << 4 | low);
    }
    return l->failed ? 0 : text.len / 2;
}

/* "Name: number", and that many lines of base64. */
static enum adit_err take_blob(struct lines *l, const char *name, struct adit_buffer *out)
{
    const uint32_t count = take_number(l, name, LINES_MAX);
    const uint8_t *begin = l->rest.data;
    struct adit_span line;

    for (uint32_t i = 0; i < count && !l->failed; i++)
        if (!adit_line_next(&l->rest, &line))
            l->failed = true;
    if (l->failed || count == 0)
        return ADIT_ERR_FORMAT;
    return adit_base64_decode(adit_span_of(begin, (size_t)(line.data - begin) + line.len), out);
}

static void take_kdf(struct lines *l, struct adit_ppk_kdf *out)
{
    static const enum adit_argon2 kinds[] = { ADIT_ARGON2_D, ADIT_ARGON2_I, ADIT_ARGON2_ID };
    const struct adit_span name = take_value(l, "Key-Derivation");
    bool known = false;

    for (size_t i = 0; i < ADIT_ARRAY_LEN(kinds); i++) {
        if (adit_span_is(name, adit_ppk_kdf_name(kinds[i]))) {
            out->kind = kinds[i];
            known = true;
        }
    }
    out->cost.memory_kib = take_number(l, "Argon2-Memory", UINT32_MAX);
    out->cost.passes = take_number(l, "Argon2-Passes", UINT32_MAX);
    out->cost.lanes = take_number(l, "Argon2-Parallelism", UINT32_MAX);
    out->salt_len = take_hex(l, "Argon2-Salt", out->salt, sizeof out->salt);
    if (!known)
        l->failed = true;
}

/* The first line; its name has the version in it. */
static enum adit_err take_version(struct lines *l, struct ppk *out)
{
    for (out->version = 2; out->version <= 3; out->version++) {
        static const char *const names[] = { [2] = ADIT_PPK_BEGIN "2", [3] = ADIT_PPK_BEGIN "3" };
        struct lines attempt = *l;

        out->type = take_value(&attempt, names[out->version]);
        if (!attempt.failed) {
            *l = attempt;
            return ADIT_OK;
        }
    }
    return ADIT_ERR_UNSUPPORTED;
}

/* What stands before the key derivation. */
static enum adit_err parse_outside(struct lines *l, struct ppk *out)
{
    enum adit_err err = take_version(l, out);

    if (err)
        return err;
    out->encryption = take_value(l, "Encryption");
    out->comment = take_value(l, "Comment");
    err = take_blob(l, "Public-Lines", &out->public_blob);
    if (err)
        return err;
    out->encrypted = !adit_span_is(out->encryption, "none");
    if (out->encrypted && !adit_span_is(out->encryption, ADIT_PPK_CIPHER))
        return ADIT_ERR_UNSUPPORTED;
    if (out->encrypted && out->version == 3)
        take_kdf(l, &out->kdf);
    return l->failed ? ADIT_ERR_FORMAT : ADIT_OK;
}

static enum adit_err parse(struct adit_span text, struct ppk *out)
{
    struct lines l = { text, false };
    enum adit_err err = parse_outside(&l, out);

    if (err)
        return err;
    err = take_blob(&l, "Private-Lines", &out->private_blob);
    if (err)
        return err;
    if (take_hex(&l, "Private-MAC", out->mac, sizeof out->mac) != adit_ppk_mac_size(out->version))
        return ADIT_ERR_FORMAT;
    if (out->encrypted &&
        (out->private_blob.len == 0 || out->private_blob.len % ADIT_PPK_BLOCK != 0))
        return ADIT_ERR_FORMAT;
    return adit_line_trim(l.rest).len == 0 ? ADIT_OK : ADIT_ERR_FORMAT;
}

/* ---- opening ----------------------------------------------------------------- */

/* Leaves the private half in plain, and vouched for by its MAC. */
static enum adit_err unlock(struct ppk *ppk, struct adit_span passphrase)
{
    const struct adit_key_cipher *cipher = adit_key_cipher_find(adit_span_text(ADIT_PPK_CIPHER));
    struct adit_buffer *blob = &ppk->private_blob;
    const struct adit_ppk_covered covered = { ppk->type, ppk->encryption, ppk->comment,
                                              adit_buffer_span(&ppk->public_blob),
                                              adit_buffer_span(blob) };
    struct adit_ppk_secret secret;
    uint8_t mac[ADIT_PPK_MAC_MAX];
    enum adit_err err;

    if (!ppk->encrypted)
        passphrase = ADIT_SPAN_EMPTY;
    else if (passphrase.len == 0)
        return ADIT_ERR_PASSPHRASE;
    err = adit_ppk_derive(ppk->version, &ppk->kdf, passphrase, &secret);
    if (err)
        return err;
    if (ppk->encrypted)
        err = adit_key_cipher_open(cipher, secret.cipher, blob->data, blob->len);
    if (err == ADIT_OK)
        err = adit_ppk_mac(ppk->version, &secret, &covered, mac);
    if (err == ADIT_OK && !adit_equal_secret(mac, ppk->mac, adit_ppk_mac_size(ppk->version)))
        err = ppk->encrypted ? ADIT_ERR_PASSPHRASE : ADIT_ERR_FORMAT;
    adit_wipe(&secret, sizeof secret);
    return err;
}

/* ---- the numbers of each type: half of them stand in the public blob ----------- */

static void read_ed25519(struct adit_reader *public, struct adit_reader *private,
                         enum adit_key_type type, struct adit_private_numbers *n)
{
    (void)type;
    n->ed25519_public = adit_read_string(public);
    n->ed25519_seed = adit_read_string(private);
}

static void read_ecdsa(struct adit_reader *public, struct adit_reader *private,
                       enum adit_key_type type, struct adit_private_numbers *n)
{
    if (!adit_span_is(adit_read_string(public), adit_key_curve_name(type)))
        adit_reader_fail(public);
    n->ec_point = adit_read_string(public);
    n->ec_scalar = adit_read_mpint(private);
}

static void read_rsa(struct adit_reader *public, struct adit_reader *private,
                     enum adit_key_type type, struct adit_private_numbers *n)
{
    (void)type;
    n->rsa_e = adit_read_mpint(public);
    n->rsa_n = adit_read_mpint(public);
    n->rsa_d = adit_read_mpint(private);
    n->rsa_p = adit_read_mpint(private);
    n->rsa_q = adit_read_mpint(private);
    n->rsa_iqmp = adit_read_mpint(private);
}

static void (*const readers[])(struct adit_reader *public, struct adit_reader *private,
                               enum adit_key_type type, struct adit_private_numbers *n) = {
    [ADIT_KEY_ED25519] = read_ed25519,  [ADIT_KEY_ECDSA_P256] = read_ecdsa,
    [ADIT_KEY_ECDSA_P384] = read_ecdsa, [ADIT_KEY_ECDSA_P521] = read_ecdsa,
    [ADIT_KEY_RSA] = read_rsa,
};

static enum adit_err parse_key(const struct ppk *ppk, struct adit_key **out)
{
    struct adit_reader public = adit_reader_init(adit_buffer_span(&ppk->public_blob));
    struct adit_reader private = adit_reader_init(adit_buffer_span(&ppk->private_blob));
    struct adit_private_numbers numbers = { 0 };
    struct adit_pkey *pkey = NULL;
    enum adit_key_type type;
    enum adit_err err;

    if (!adit_span_equal(adit_read_string(&public), ppk->type))
        return ADIT_ERR_FORMAT;
    if (!adit_key_type_of_name(ppk->type, &type))
        return ADIT_ERR_UNSUPPORTED;
    readers[type](&public, &private, type, &numbers);
    if (!adit_reader_finish(&public) || !adit_reader_ok(&private))
        return ADIT_ERR_FORMAT;
    /* Only what is encrypted is padded, and to the next whole block. */
    if (private.left >= (ppk->encrypted ? (size_t)ADIT_PPK_BLOCK : 1))
        return ADIT_ERR_FORMAT;
    if (ppk->comment.len && memchr(ppk->comment.data, '\0', ppk->comment.len))
        return ADIT_ERR_FORMAT;
    err = adit_pkey_from_numbers(type, &numbers, &pkey);
    return err ? err : adit_key_adopt(pkey, ppk->comment, out);
}

enum adit_err adit_ppk_read(struct adit_span text, const char *passphrase, struct adit_key **out)
{
    struct ppk ppk = ppk_init();
    enum adit_err err = parse(text, &ppk);

    *out = NULL;
    if (err == ADIT_OK)
        err = unlock(&ppk, adit_span_text(passphrase));
    if (err == ADIT_OK)
        err = parse_key(&ppk, out);
    ppk_clear(&ppk);
    return err;
}

enum adit_err adit_ppk_outside(struct adit_span text, struct adit_key_outside *out)
{
    struct ppk ppk = ppk_init();
    struct lines l = { text, false };
    enum adit_err err = parse_outside(&l, &ppk);

    *out = (struct adit_key_outside){ 0 };
    if (err)
        goto done;
    if (ppk.encrypted)
        adit_key_outside_encrypted(
            out, ppk.encryption,
            adit_span_text(ppk.version == 2 ? "SHA-1" : adit_ppk_kdf_name(ppk.kdf.kind)));
    err =
        adit_key_from_file_blob(adit_buffer_span(&ppk.public_blob), ppk.comment, &out->public_half);
done:
    ppk_clear(&ppk);
    return err;
}
