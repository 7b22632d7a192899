/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the base64 stand an envelope and a section that may be encrypted:
 *
 *     "openssh-key-v1" NUL, cipher, kdf, kdf options, number of keys = 1,
 *     public key blob, section, the tag of an AEAD cipher
 *
 *     section: check, the same check, type, private numbers, comment, 1 2 3 …
 *
 * The key says everything about itself twice; both must agree.
 */
#include "keys/openssh_key.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/span.h"
#include "crypto/bcrypt_pbkdf.h"
#include "crypto/hash.h"
#include "crypto/key_cipher.h"
#include "keys/lines.h"
#include "wire/reader.h"

enum {
    BLOCK = 8, /* what the section is padded to under the cipher "none" */
    CHECK_SIZE = 4,
    ROUNDS_MAX =
        1024, /* of bcrypt: seconds of work. ssh-keygen takes 16, and 24 in later releases */
    ED25519_SIZE = 32,
};

struct envelope {
    struct adit_span cipher;
    struct adit_span kdf;
    struct adit_span kdf_options;
    struct adit_span public_blob;
    struct adit_span section;
    struct adit_span tag;
};

/* ---- the private numbers of each type ------------------------------------ */

static void read_ed25519(struct adit_reader *r, enum adit_key_type type,
                         struct adit_private_numbers *n)
{
    const struct adit_span public = adit_read_string(r);
    const struct adit_span pair = adit_read_string(r); /* the seed, and the public half again */

    (void)type;
    if (public.len != ED25519_SIZE || pair.len != 2 * (size_t)ED25519_SIZE ||
        memcmp(pair.data + ED25519_SIZE, public.data, ED25519_SIZE) != 0) {
        adit_reader_fail(r);
        return;
    }
    n->ed25519_seed = adit_span_of(pair.data, ED25519_SIZE);
    n->ed25519_public = public;
}

static void read_ecdsa(struct adit_reader *r, enum adit_key_type type,
                       struct adit_private_numbers *n)
{
    if (!adit_span_is(adit_read_string(r), adit_key_curve_name(type)))
        adit_reader_fail(r);
    n->ec_point = adit_read_string(r);
    n->ec_scalar = adit_read_mpint(r);
}

static void read_rsa(struct adit_reader *r, enum adit_key_type type, struct adit_private_numbers *n)
{
    (void)type;
    n->rsa_n = adit_read_mpint(r);
    n->rsa_e = adit_read_mpint(r);
    n->rsa_d = adit_read_mpint(r);
    n->rsa_iqmp = adit_read_mpint(r);
    n->rsa_p = adit_read_mpint(r);
    n->rsa_q = adit_read_mpint(r);
}

static void (*const readers[])(struct adit_reader *r, enum adit_key_type type,
                               struct adit_private_numbers *n) = {
    [ADIT_KEY_ED25519] = read_ed25519,  [ADIT_KEY_ECDSA_P256] = read_ecdsa,
    [ADIT_KEY_ECDSA_P384] = read_ecdsa, [ADIT_KEY_ECDSA_P521] = read_ecdsa,
    [ADIT_KEY_RSA] = read_rsa,
};

/* ---- reading --------------------------------------------------------------- */

/* Appends what the base64 between BEGIN and END stands for. */
static enum adit_err decode_body(struct adit_span body, struct adit_buffer *out)
{
    const uint8_t *begin = body.data;
    struct adit_span line;

    while (adit_line_next(&body, &line))
        if (adit_span_is(adit_line_trim(line), ADIT_OPENSSH_KEY_END))
            return adit_base64_decode(adit_span_of(begin, (size_t)(line.data - begin)), out);
    return ADIT_ERR_FORMAT;
}

static enum adit_err parse_envelope(struct adit_span bytes, struct envelope *out)
{
    struct adit_reader r = adit_reader_init(bytes);
    const struct adit_span head = adit_read_bytes(&r, sizeof ADIT_OPENSSH_KEY_MAGIC);
    uint32_t key_count;

    out->cipher = adit_read_string(&r);
    out->kdf = adit_read_string(&r);
    out->kdf_options = adit_read_string(&r);
    key_count = adit_read_uint32(&r);
    out->public_blob = adit_read_string(&r);
    out->section = adit_read_string(&r);
    out->tag = adit_read_rest(&r);

    if (!adit_reader_finish(&r) ||
        !adit_span_equal(head, adit_span_of(ADIT_OPENSSH_KEY_MAGIC, sizeof ADIT_OPENSSH_KEY_MAGIC)))
        return ADIT_ERR_FORMAT;
    return key_count == 1 ? ADIT_OK : ADIT_ERR_FORMAT;
}

enum adit_err adit_openssh_key_outside(struct adit_span body, struct adit_key_outside *out)
{
    struct adit_buffer bytes = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX);
    struct envelope e;
    enum adit_err err = decode_body(body, &bytes);

    *out = (struct adit_key_outside){ 0 };
    if (err)
        goto done;
    err = parse_envelope(adit_buffer_span(&bytes), &e);
    if (err)
        goto done;
    if (!adit_span_is(e.cipher, "none"))
        adit_key_outside_encrypted(out, e.cipher, e.kdf);
    err = adit_key_from_file_blob(e.public_blob, ADIT_SPAN_EMPTY, &out->public_half);
done:
    adit_buffer_clear(&bytes);
    return err;
}

static enum adit_err parse_kdf_options(struct adit_span options, struct adit_span *salt,
                                       uint32_t *rounds)
{
    struct adit_reader r = adit_reader_init(options);

    *salt = adit_read_string(&r);
    *rounds = adit_read_uint32(&r);
    if (!adit_reader_finish(&r) || salt->len == 0 || *rounds == 0)
        return ADIT_ERR_FORMAT;
    return *rounds <= ROUNDS_MAX ? ADIT_OK : ADIT_ERR_LIMIT;
}

/* Decrypts the section where it stands, its tag behind it. What costs nothing is judged first. */
static enum adit_err unlock_section(const struct envelope *e, const struct adit_key_cipher *cipher,
                                    struct adit_span passphrase, uint8_t *section)
{
    uint8_t secret[ADIT_KEY_CIPHER_SECRET_MAX];
    struct adit_span salt;
    uint32_t rounds;
    enum adit_err err = parse_kdf_options(e->kdf_options, &salt, &rounds);

    if (err)
        return err;
    if (e->section.len == 0 || e->section.len % cipher->block_size ||
        e->tag.len != cipher->tag_size)
        return ADIT_ERR_FORMAT;
    if (passphrase.len == 0)
        return ADIT_ERR_PASSPHRASE;
    err = adit_bcrypt_pbkdf(passphrase, salt, rounds, secret, cipher->key_size + cipher->iv_size);
    if (err)
        goto done;
    err = adit_key_cipher_open(cipher, secret, section, e->section.len);
    /* Without a tag, it is the check and its copy that tell a wrong key. */
    if (err == ADIT_ERR_INTEGRITY ||
        (err == ADIT_OK && !adit_equal_secret(section, section + CHECK_SIZE, CHECK_SIZE)))
        err = ADIT_ERR_PASSPHRASE;
done:
    adit_wipe(secret, sizeof secret);
    return err;
}

/* Leaves the section in plain, at `section`. */
static enum adit_err open_section(const struct envelope *e, const char *passphrase,
                                  uint8_t *section)
{
    const bool is_plain = adit_span_is(e->cipher, "none");
    const struct adit_key_cipher *cipher = adit_key_cipher_find(e->cipher);

    if (is_plain != adit_span_is(e->kdf, "none"))
        return ADIT_ERR_FORMAT;
    if (is_plain)
        return e->kdf_options.len || e->tag.len || e->section.len % BLOCK ? ADIT_ERR_FORMAT
                                                                          : ADIT_OK;
    if (cipher == NULL || !adit_span_is(e->kdf, "bcrypt"))
        return ADIT_ERR_UNSUPPORTED;
    return unlock_section(e, cipher, adit_span_text(passphrase), section);
}

static bool is_padding(struct adit_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] != i + 1)
            return false;
    return true;
}

static enum adit_err parse_section(struct adit_span section, struct adit_key **out)
{
    struct adit_reader r = adit_reader_init(section);
    const uint32_t check = adit_read_uint32(&r);
    const uint32_t check_again = adit_read_uint32(&r);
    const struct adit_span name = adit_read_string(&r);
    struct adit_private_numbers numbers = { 0 };
    struct adit_span comment;
    struct adit_pkey *pkey = NULL;
    enum adit_key_type type;
    enum adit_err err;

    if (!adit_reader_ok(&r) || check != check_again)
        return ADIT_ERR_FORMAT;
    if (!adit_key_type_of_name(name, &type))
        return ADIT_ERR_UNSUPPORTED;
    readers[type](&r, type, &numbers);
    comment = adit_read_string(&r);
    if (!adit_reader_ok(&r) || !is_padding(adit_read_rest(&r)))
        return ADIT_ERR_FORMAT;
    if (comment.len && memchr(comment.data, '\0', comment.len))
        return ADIT_ERR_FORMAT;
    err = adit_pkey_from_numbers(type, &numbers, &pkey);
    return err ? err : adit_key_adopt(pkey, comment, out);
}

enum adit_err adit_openssh_key_read(struct adit_span body, const char *passphrase,
                                    struct adit_key **out)
{
    struct adit_buffer bytes = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX);
    struct adit_key *key = NULL;
    struct envelope e;
    enum adit_err err;

    *out = NULL;
    err = decode_body(body, &bytes);
    if (err)
        goto done;
    err = parse_envelope(adit_buffer_span(&bytes), &e);
    if (err)
        goto done;
    err = open_section(&e, passphrase, bytes.data + (e.section.data - bytes.data));
    if (err)
        goto done;
    err = parse_section(e.section, &key);
    if (err)
        goto done;
    if (!adit_span_equal(e.public_blob, adit_key_blob(key))) {
        err = ADIT_ERR_FORMAT;
        goto done;
    }
    *out = key;
    key = NULL;
done:
    adit_key_free(key);
    adit_buffer_clear(&bytes);
    return err;
}
