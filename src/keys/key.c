/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/key.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

enum adit_err adit_key_adopt(struct adit_pkey *pkey, struct adit_span comment,
                             struct adit_key **out)
{
    struct adit_buffer blob = adit_buffer_init(ADIT_BLOB_MAX);
    struct adit_key *key = adit_new(sizeof *key);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (key == NULL) {
        adit_pkey_free(pkey);
        return ADIT_ERR_NO_MEMORY;
    }
    key->pkey = pkey;
    key->comment = adit_text_copy(comment);
    if (key->comment == NULL)
        goto done;
    err = adit_pkey_write_blob(pkey, &blob);
    if (err)
        goto done;

    key->blob = blob.data;
    key->blob_len = blob.len;
    blob = adit_buffer_init(0); /* its bytes are the key's now */
    *out = key;
    key = NULL;
done:
    adit_buffer_clear(&blob);
    adit_key_free(key);
    return err;
}

enum adit_err adit_key_from_blob(struct adit_span blob, struct adit_key **out)
{
    struct adit_pkey *pkey = NULL;
    enum adit_err err;

    *out = NULL;
    err = adit_pkey_from_blob(blob, &pkey);
    return err ? err : adit_key_adopt(pkey, ADIT_SPAN_EMPTY, out);
}

enum adit_err adit_key_from_file_blob(struct adit_span blob, struct adit_span comment,
                                      struct adit_key **out)
{
    struct adit_pkey *pkey = NULL;
    enum adit_err err;

    *out = NULL;
    /* It becomes a C string, and is not to end before its time. */
    if (comment.len && memchr(comment.data, '\0', comment.len))
        return ADIT_ERR_FORMAT;
    err = adit_pkey_from_blob(blob, &pkey);
    if (err)
        return err == ADIT_ERR_MALFORMED ? ADIT_ERR_FORMAT : err;
    return adit_key_adopt(pkey, comment, out);
}

enum adit_err adit_key_generate(enum adit_key_type type, unsigned bits, const char *comment,
                                struct adit_key **out)
{
    struct adit_pkey *pkey = NULL;
    enum adit_err err;

    *out = NULL;
    err = adit_pkey_generate(type, bits, &pkey);
    return err ? err : adit_key_adopt(pkey, adit_span_text(comment), out);
}

void adit_key_free(struct adit_key *key)
{
    if (key == NULL)
        return;
    adit_pkey_free(key->pkey);
    free(key->blob);
    free(key->comment);
    free(key);
}

enum adit_key_type adit_key_type(const struct adit_key *key)
{
    return adit_pkey_type(key->pkey);
}

unsigned adit_key_bits(const struct adit_key *key)
{
    return adit_pkey_bits(key->pkey);
}

bool adit_key_is_private(const struct adit_key *key)
{
    return adit_pkey_is_private(key->pkey);
}

const char *adit_key_name(const struct adit_key *key)
{
    return adit_key_type_name(adit_pkey_type(key->pkey));
}

const char *adit_key_comment(const struct adit_key *key)
{
    return key->comment;
}

const char *adit_key_comment_printable(const struct adit_key *key, char *out, size_t size)
{
    return adit_text_printable(adit_span_text(key->comment), out, size);
}

struct adit_span adit_key_blob(const struct adit_key *key)
{
    return adit_span_of(key->blob, key->blob_len);
}

bool adit_key_type_of_name(struct adit_span name, enum adit_key_type *out)
{
    static const enum adit_key_type types[] = { ADIT_KEY_ED25519, ADIT_KEY_ECDSA_P256,
                                                ADIT_KEY_ECDSA_P384, ADIT_KEY_ECDSA_P521,
                                                ADIT_KEY_RSA };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(types); i++) {
        if (adit_span_is(name, adit_key_type_name(types[i]))) {
            *out = types[i];
            return true;
        }
    }
    return false;
}

const char *adit_key_curve_name(enum adit_key_type type)
{
    return adit_key_type_name(type) + sizeof "ecdsa-sha2-" - 1;
}

void adit_key_outside_encrypted(struct adit_key_outside *outside, struct adit_span cipher,
                                struct adit_span kdf)
{
    char cipher_text[32], kdf_text[16];

    (void)snprintf(outside->encryption, sizeof outside->encryption, "%s%s%s",
                   adit_text_printable(cipher, cipher_text, sizeof cipher_text),
                   kdf.len ? ", " : "", adit_text_printable(kdf, kdf_text, sizeof kdf_text));
}
