/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token's key is a plain one with the name of what it is for behind it; as
 * such it is checked. A certificate's key is checked as the plain one that it is.
 */
#include "adit/public_key.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/certificate.h"
#include "keys/public_line.h"
#include "keys/public_text.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <stdlib.h>

/* What lies behind the part that is told. */
struct storage {
    struct adit_public_key told; /* first, for adit_public_key_free() */
    struct adit_buffer blob;     /* as the file has it */
    struct adit_buffer plain;    /* without a certificate around it */
    struct adit_buffer comment;
};

static enum adit_err measure(struct adit_span blob, unsigned *bits)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_blob(blob, &pkey);

    if (err == ADIT_OK)
        *bits = adit_pkey_bits(pkey);
    adit_pkey_free(pkey);
    return err == ADIT_ERR_MALFORMED ? ADIT_ERR_FORMAT : err;
}

/* OpenSSH's PROTOCOL.u2f: the fields of the plain key, and a string "application". */
static enum adit_err read_token(struct storage *key)
{
    static const struct {
        const char *name;
        const char *plain_name;
        unsigned field_count;
    } kinds[] = {
        { "sk-ssh-ed25519@openssh.com", "ssh-ed25519", 1 },
        { "sk-ecdsa-sha2-nistp256@openssh.com", "ecdsa-sha2-nistp256", 2 },
    };
    struct adit_buffer plain = adit_buffer_init(ADIT_BLOB_MAX);
    struct adit_reader r = adit_reader_init(adit_buffer_span(&key->plain));
    const struct adit_span name = adit_read_string(&r);
    struct adit_writer w = adit_writer_init(&plain);
    enum adit_err err = ADIT_ERR_UNSUPPORTED;

    for (size_t i = 0; i < ADIT_ARRAY_LEN(kinds); i++) {
        if (!adit_span_is(name, kinds[i].name))
            continue;
        adit_write_text(&w, kinds[i].plain_name);
        for (unsigned field = 0; field < kinds[i].field_count; field++)
            adit_write_string(&w, adit_read_string(&r));
        key->told.application = adit_read_string(&r);
        err = adit_reader_finish(&r) ? adit_writer_finish(&w) : ADIT_ERR_FORMAT;
        if (err == ADIT_OK)
            err = measure(adit_buffer_span(&plain), &key->told.bits);
    }
    adit_buffer_clear(&plain);
    return err == ADIT_ERR_LIMIT ? ADIT_ERR_FORMAT : err;
}

static enum adit_err read_key(struct storage *key)
{
    const enum adit_err err = measure(adit_buffer_span(&key->plain), &key->told.bits);

    return err == ADIT_ERR_UNSUPPORTED ? read_token(key) : err;
}

static enum adit_err read_certificate(struct storage *key)
{
    struct adit_certificate *certificate = &key->told.certificate;
    const struct adit_span blob = adit_buffer_span(&key->blob);
    enum adit_err err;

    key->told.is_certificate = adit_blob_is_certificate(blob);
    if (!key->told.is_certificate)
        return adit_buffer_append(&key->plain, blob);
    if (adit_certificate_parse(blob, certificate))
        return ADIT_ERR_FORMAT;
    err = adit_certificate_verify(certificate);
    if (err == ADIT_ERR_NO_MEMORY || err == ADIT_ERR_CRYPTO)
        return err;
    key->told.signature = err == ADIT_OK              ? ADIT_SIGNATURE_GOOD
                          : err == ADIT_ERR_SIGNATURE ? ADIT_SIGNATURE_WRONG
                                                      : ADIT_SIGNATURE_UNCHECKED;
    return adit_certificate_key_blob(certificate, &key->plain);
}

enum adit_err adit_public_key_read(struct adit_span text, struct adit_public_key **out)
{
    struct storage *key = adit_new(sizeof *key);
    enum adit_err err;

    *out = NULL;
    if (key == NULL)
        return ADIT_ERR_NO_MEMORY;
    key->blob = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    key->plain = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    key->comment = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    err = adit_public_text_read(text, &key->blob, &key->comment);
    if (err == ADIT_OK)
        err = read_certificate(key);
    if (err == ADIT_OK)
        err = read_key(key);
    key->told.name = adit_blob_type(adit_buffer_span(&key->blob));
    key->told.comment = adit_buffer_span(&key->comment);
    adit_blob_fingerprint(adit_buffer_span(&key->plain), key->told.fingerprint);
    adit_blob_fingerprint_md5(adit_buffer_span(&key->plain), key->told.fingerprint_md5);
    if (err)
        adit_public_key_free(&key->told);
    else
        *out = &key->told;
    return err;
}

void adit_public_key_free(struct adit_public_key *key)
{
    struct storage *storage = (struct storage *)key;

    if (key == NULL)
        return;
    adit_buffer_clear(&storage->blob);
    adit_buffer_clear(&storage->plain);
    adit_buffer_clear(&storage->comment);
    free(storage);
}

const char *adit_printable(struct adit_span bytes, char *out, size_t size)
{
    return adit_text_printable(bytes, out, size);
}
