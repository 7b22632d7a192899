/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/certificate.h"

#include "base/span.h"
#include "base/text.h"
#include "crypto/pkey.h"
#include "keys/authorized_keys.h"
#include "keys/public_line.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <stdio.h>

enum { PRINCIPALS_MAX = 256, OPTIONS_MAX = 64 };

/* The fields of the key, in letters: s string, m mpint. */
static const struct {
    const char *name;
    const char *key_name;
    const char *fields;
} kinds[] = {
    { "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", "s" },
    { "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256", "ss" },
    { "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384", "ss" },
    { "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521", "ss" },
    { "ssh-rsa-cert-v01@openssh.com", "ssh-rsa", "mm" },
    { "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", "ss" },
    { "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", "sss" },
};

/* Where in `kinds` a type's name stands, or their number. */
static size_t kind_of(struct adit_span type)
{
    size_t i = 0;

    while (i < ADIT_ARRAY_LEN(kinds) && !adit_span_is(type, kinds[i].name))
        i++;
    return i;
}

bool adit_blob_is_certificate(struct adit_span blob)
{
    return kind_of(adit_blob_type(blob)) < ADIT_ARRAY_LEN(kinds);
}

bool adit_string_next(struct adit_span *list, struct adit_span *string)
{
    struct adit_reader r = adit_reader_init(*list);

    *string = adit_read_string(&r);
    *list = adit_read_rest(&r);
    return adit_reader_ok(&r);
}

/* Whether a list holds whole strings only, in pairs of which are options, and not too many. */
static bool is_list(struct adit_span list, size_t max)
{
    struct adit_span string;
    size_t count = 0;

    while (list.len > 0)
        if (!adit_string_next(&list, &string) || ++count > max)
            return false;
    return true;
}

static bool is_options(struct adit_span list)
{
    struct adit_span string;
    size_t count = 0;

    for (; list.len > 0; count++)
        if (!adit_string_next(&list, &string))
            return false;
    return count % 2 == 0 && count <= (size_t)2 * OPTIONS_MAX;
}

enum adit_err adit_certificate_parse(struct adit_span blob, struct adit_certificate *out)
{
    struct adit_reader r = adit_reader_init(blob);
    const size_t kind = kind_of(adit_read_string(&r));
    const uint8_t *fields;

    if (kind == ADIT_ARRAY_LEN(kinds))
        return adit_reader_ok(&r) ? ADIT_ERR_UNSUPPORTED : ADIT_ERR_MALFORMED;
    adit_read_string(&r); /* nonce */
    fields = r.next;
    for (const char *c = kinds[kind].fields; *c; c++)
        *c == 's' ? adit_read_string(&r) : adit_read_mpint(&r);
    out->key_name = kinds[kind].key_name;
    out->key_fields = adit_span_of(fields, (size_t)(r.next - fields));
    out->serial = adit_read_uint64(&r);
    out->type = adit_read_uint32(&r);
    out->key_id = adit_read_string(&r);
    out->principals = adit_read_string(&r);
    out->valid_after = adit_read_uint64(&r);
    out->valid_before = adit_read_uint64(&r);
    out->critical_options = adit_read_string(&r);
    out->extensions = adit_read_string(&r);
    adit_read_string(&r); /* reserved */
    out->ca_blob = adit_read_string(&r);
    out->signed_part = adit_span_of(blob.data, blob.len - r.left);
    out->signature = adit_read_string(&r);
    if (!adit_reader_finish(&r) || !is_list(out->principals, PRINCIPALS_MAX) ||
        !is_options(out->critical_options) || !is_options(out->extensions))
        return ADIT_ERR_MALFORMED;
    return ADIT_OK;
}

enum adit_err adit_certificate_key_blob(const struct adit_certificate *certificate,
                                        struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);

    adit_write_text(&w, certificate->key_name);
    adit_write_bytes(&w, certificate->key_fields);
    return adit_writer_finish(&w);
}

enum adit_err adit_blob_plain(struct adit_span blob, struct adit_buffer *out)
{
    struct adit_certificate certificate;
    enum adit_err err;

    if (!adit_blob_is_certificate(blob))
        return adit_buffer_append(out, blob);
    err = adit_certificate_parse(blob, &certificate);
    return err ? err : adit_certificate_key_blob(&certificate, out);
}

bool adit_certificate_is_for(struct adit_span blob, struct adit_span key_blob)
{
    struct adit_certificate certificate;
    struct adit_reader r = adit_reader_init(key_blob);
    const struct adit_span name = adit_read_string(&r);

    return adit_certificate_parse(blob, &certificate) == ADIT_OK &&
           adit_span_is(name, certificate.key_name) &&
           adit_span_equal(adit_read_rest(&r), certificate.key_fields);
}

bool adit_certificate_has_extension(const struct adit_certificate *certificate, const char *name)
{
    struct adit_span list = certificate->extensions;
    struct adit_span string;
    struct adit_span value;

    while (adit_string_next(&list, &string) && adit_string_next(&list, &value))
        if (adit_span_is(string, name))
            return true;
    return false;
}

/* ---- judging ---- */

static enum adit_err refuse(char *why, size_t size, const char *text)
{
    (void)snprintf(why, size, "%s", text);
    return ADIT_ERR_SIGNATURE;
}

static struct adit_span signature_name(const struct adit_certificate *certificate)
{
    struct adit_span rest = certificate->signature;
    struct adit_span name = ADIT_SPAN_EMPTY;

    return adit_string_next(&rest, &name) ? name : ADIT_SPAN_EMPTY;
}

enum adit_err adit_certificate_verify(const struct adit_certificate *certificate)
{
    const struct adit_signature_algorithm *algorithm =
        adit_signature_find(signature_name(certificate));
    struct adit_pkey *ca = NULL;
    enum adit_err err;

    if (algorithm == NULL)
        return ADIT_ERR_UNSUPPORTED;
    err = adit_pkey_from_blob(certificate->ca_blob, &ca);
    if (err)
        return err == ADIT_ERR_NO_MEMORY || err == ADIT_ERR_CRYPTO ? err : ADIT_ERR_UNSUPPORTED;
    err = adit_pkey_verify(ca, algorithm, certificate->signed_part, certificate->signature);
    adit_pkey_free(ca);
    return err;
}

static enum adit_err check_signature(const struct adit_certificate *certificate,
                                     const char *ca_algorithms, char *why, size_t size)
{
    const struct adit_span name = signature_name(certificate);
    enum adit_err err;

    if (adit_signature_find(name) == NULL ||
        !adit_text_list_has(adit_span_text(ca_algorithms), name))
        return refuse(why, size, "its authority signed by an algorithm that is not accepted");
    err = adit_certificate_verify(certificate);
    if (err == ADIT_ERR_UNSUPPORTED)
        return refuse(why, size, "the key of its authority cannot be used");
    return err == ADIT_ERR_SIGNATURE ? refuse(why, size, "the signature of its authority is wrong")
                                     : err;
}

static bool names_match(const struct adit_certificate *certificate,
                        const struct adit_certificate_use *use)
{
    struct adit_span list = certificate->principals;
    struct adit_span principal;

    while (adit_string_next(&list, &principal))
        for (size_t i = 0; i < use->name_count; i++)
            if (use->type == ADIT_CERTIFICATE_HOST
                    ? adit_text_matches(principal, adit_span_text(use->names[i]), true)
                    : adit_span_is(principal, use->names[i]))
                return true;
    return false;
}

/* The value is a string within the string. */
static bool address_is_listed(struct adit_span value, const char *address)
{
    struct adit_span list;

    return adit_string_next(&value, &list) && value.len == 0 && list.len > 0 &&
           memchr(list.data, '\0', list.len) == NULL && adit_address_match_list(list, address) == 1;
}

/*
 * A critical option that is not obeyed makes the certificate worthless. What
 * force-command forces is never started here, as no command is.
 */
static enum adit_err check_options(const struct adit_certificate *certificate,
                                   const struct adit_certificate_use *use, char *why, size_t size)
{
    const bool is_user = use->type == ADIT_CERTIFICATE_USER;
    struct adit_span list = certificate->critical_options;
    struct adit_span name;
    struct adit_span value;

    while (adit_string_next(&list, &name) && adit_string_next(&list, &value)) {
        if (is_user && adit_span_is(name, "force-command"))
            continue;
        if (!is_user || !adit_span_is(name, "source-address"))
            return refuse(why, size, "it has a critical option that is not known here");
        if (use->address == NULL || !address_is_listed(value, use->address))
            return refuse(why, size, "its source-address does not list where the peer is");
    }
    return ADIT_OK;
}

enum adit_err adit_certificate_check(const struct adit_certificate *certificate,
                                     const struct adit_certificate_use *use, char *why, size_t size)
{
    const enum adit_err err = check_signature(certificate, use->ca_algorithms, why, size);

    if (err)
        return err;
    if (certificate->type != use->type)
        return refuse(why, size,
                      use->type == ADIT_CERTIFICATE_USER ? "it is no user's certificate"
                                                         : "it is no host's certificate");
    if (use->now < certificate->valid_after)
        return refuse(why, size, "it is not valid yet");
    if (use->now >= certificate->valid_before)
        return refuse(why, size, "it has expired");
    if (!names_match(certificate, use))
        return refuse(why, size, "its principals do not name what it is used for");
    return check_options(certificate, use, why, size);
}
