/* SPDX-License-Identifier: BSD-2-Clause */
/* Where no digest can be made the text says so: it is equal to nobody's fingerprint. */
#include "base/base64.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "keys/key.h"

void adit_key_fingerprint(const struct adit_key *key, char out[ADIT_FINGERPRINT_SIZE])
{
    adit_blob_fingerprint(adit_key_blob(key), out);
}

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

void adit_key_fingerprint_md5(const struct adit_key *key, char out[ADIT_FINGERPRINT_MD5_SIZE])
{
    adit_blob_fingerprint_md5(adit_key_blob(key), out);
}

void adit_blob_fingerprint_md5(struct adit_span blob, char out[ADIT_FINGERPRINT_MD5_SIZE])
{
    static const char failed[] = "MD5:(no digest)";
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[ADIT_HASH_MAX];
    char *at = out + 3;

    memcpy(out, failed, sizeof failed);
    if (adit_hash_digest(ADIT_HASH_MD5, &blob, 1, digest))
        return;
    for (size_t i = 0; i < adit_hash_size(ADIT_HASH_MD5); i++) {
        *at++ = ':';
        *at++ = digits[digest[i] >> 4];
        *at++ = digits[digest[i] & 15];
    }
    *at = '\0';
}
