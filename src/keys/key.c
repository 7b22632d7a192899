/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/key.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdlib.h>

enum { RSA_BITS_DEFAULT = 3072 };

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

enum adit_err adit_key_generate(enum adit_key_type type, unsigned bits, const char *comment,
                                struct adit_key **out)
{
    struct adit_pkey *pkey = NULL;
    enum adit_err err;

    *out = NULL;
    if (type == ADIT_KEY_RSA && bits == 0)
        bits = RSA_BITS_DEFAULT;
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

struct adit_span adit_key_blob(const struct adit_key *key)
{
    return adit_span_of(key->blob, key->blob_len);
}

void adit_key_fingerprint(const struct adit_key *key, char out[ADIT_FINGERPRINT_SIZE])
{
    adit_blob_fingerprint(adit_key_blob(key), out);
}

/* Where no digest can be made the text says so: it is equal to nobody's fingerprint. */
void adit_blob_fingerprint(struct adit_span blob, char out[ADIT_FINGERPRINT_SIZE])
{
    static const char prefix[] = "SHA256:";
    static const char failed[] = "SHA256:(no digest)";
    enum { PREFIX = sizeof prefix - 1, LETTERS = ADIT_FINGERPRINT_SIZE - 1 - PREFIX };
    struct adit_buffer text = adit_buffer_init(64);
    uint8_t digest[ADIT_HASH_MAX];

    memcpy(out, failed, sizeof failed);
    if (adit_hash_digest(ADIT_HASH_SHA256, &blob, 1, digest) ||
        adit_base64_encode(adit_span_of(digest, adit_hash_size(ADIT_HASH_SHA256)), &text))
        goto done;
    memcpy(out, prefix, PREFIX);
    memcpy(out + PREFIX, text.data, LETTERS); /* the padding is left out */
    out[PREFIX + LETTERS] = '\0';
done:
    adit_buffer_clear(&text);
}
