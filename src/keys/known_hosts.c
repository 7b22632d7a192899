/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/known_hosts.h"

#include "base/base64.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/pkey.h"
#include "crypto/random.h"
#include "keys/known_walk.h"
#include "keys/public_line.h"

static void decide(struct adit_known_result *result, enum adit_known_verdict verdict, unsigned line)
{
    result->verdict = verdict;
    result->line = line;
}

/* What the line that the walk stands at says about the key. */
static void judge_line(struct adit_known_result *result, const struct adit_known_walk *w,
                       struct adit_span key_blob)
{
    const struct adit_span blob = adit_buffer_span(&w->blob);
    const bool is_same_key = adit_span_equal(blob, key_blob);
    const bool is_same_type = adit_span_equal(adit_blob_type(blob), adit_blob_type(key_blob));

    switch (w->marker) {
    case ADIT_MARKER_REVOKED:
        if (is_same_key && result->verdict != ADIT_KNOWN_REVOKED)
            decide(result, ADIT_KNOWN_REVOKED, w->line);
        return;
    case ADIT_MARKER_CERT_AUTHORITY:
        return;
    case ADIT_MARKER_NONE:
        break;
    }
    if (!is_same_type)
        result->host_has_other = true;
    else if (!is_same_key && result->verdict == ADIT_KNOWN_UNKNOWN)
        decide(result, ADIT_KNOWN_CHANGED, w->line);
    else if (is_same_key && result->verdict != ADIT_KNOWN_REVOKED &&
             result->verdict != ADIT_KNOWN_MATCH)
        decide(result, ADIT_KNOWN_MATCH, w->line);
}

enum adit_err adit_known_hosts_check(struct adit_span text, const char *host, uint16_t port,
                                     struct adit_span key_blob, struct adit_known_result *out)
{
    struct adit_known_result result = { .verdict = ADIT_KNOWN_UNKNOWN };
    struct adit_known_walk w;
    enum adit_err err;

    *out = result;
    err = adit_known_walk_init(&w, text, host, port);
    if (err)
        goto done;
    for (err = adit_known_walk_next(&w); err == ADIT_OK; err = adit_known_walk_next(&w))
        judge_line(&result, &w, key_blob);
    if (err != ADIT_ERR_NOT_FOUND)
        goto done;
    err = ADIT_OK;
    result.complaint = w.complaint;
    result.host_has_other = result.host_has_other && result.verdict == ADIT_KNOWN_UNKNOWN;
    *out = result;
done:
    adit_known_walk_clear(&w);
    return err;
}

enum adit_err adit_known_hosts_authority(struct adit_span text, const char *host, uint16_t port,
                                         struct adit_span ca_blob, struct adit_known_authority *out)
{
    struct adit_known_authority found = { 0 };
    struct adit_known_walk w;
    enum adit_err err;

    *out = found;
    err = adit_known_walk_init(&w, text, host, port);
    if (err)
        goto done;
    for (err = adit_known_walk_next(&w); err == ADIT_OK; err = adit_known_walk_next(&w)) {
        const bool is_same = adit_span_equal(adit_buffer_span(&w.blob), ca_blob);
        const bool is_authority = w.marker == ADIT_MARKER_CERT_AUTHORITY;

        found.host_has_any = found.host_has_any || is_authority;
        found.is_trusted = found.is_trusted || (is_authority && is_same);
        found.is_revoked = found.is_revoked || (w.marker == ADIT_MARKER_REVOKED && is_same);
        if (is_same && w.marker != ADIT_MARKER_NONE)
            found.line = w.line;
    }
    if (err != ADIT_ERR_NOT_FOUND)
        goto done;
    err = ADIT_OK;
    *out = found;
done:
    adit_known_walk_clear(&w);
    return err;
}

/* Appends a name that is not in the list yet. */
static enum adit_err add_name(struct adit_buffer *names, const char *name)
{
    enum adit_err err;

    if (adit_text_list_has(adit_buffer_span(names), adit_span_text(name)))
        return ADIT_OK;
    if (names->len) {
        err = adit_buffer_append(names, adit_span_text(","));
        if (err)
            return err;
    }
    return adit_buffer_append(names, adit_span_text(name));
}

/* Only names of keys that can be asked for: what else a file says is not handed on. */
static enum adit_err add_type(struct adit_buffer *names, struct adit_span type)
{
    for (int i = ADIT_KEY_ED25519; i <= ADIT_KEY_RSA; i++) {
        const char *name = adit_key_type_name((enum adit_key_type)i);

        if (adit_span_is(type, name))
            return add_name(names, name);
    }
    return ADIT_OK;
}

enum adit_err adit_known_hosts_types(struct adit_span text, const char *host, uint16_t port,
                                     struct adit_buffer *names)
{
    struct adit_known_walk w;
    enum adit_err err;

    err = adit_known_walk_init(&w, text, host, port);
    if (err)
        goto done;
    for (err = adit_known_walk_next(&w); err == ADIT_OK; err = adit_known_walk_next(&w)) {
        if (w.marker != ADIT_MARKER_NONE)
            continue;
        err = add_type(names, adit_blob_type(adit_buffer_span(&w.blob)));
        if (err)
            goto done;
    }
    if (err == ADIT_ERR_NOT_FOUND)
        err = ADIT_OK;
done:
    adit_known_walk_clear(&w);
    return err;
}

/* ---- writing --------------------------------------------------------------- */

/* A name that would stand in the file for more than itself is none. */
static bool is_plain_name(const char *name)
{
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr(",*?|!@#", *c))
            return false;
    return true;
}

static enum adit_err append_hashed(const char *name, struct adit_buffer *out)
{
    uint8_t salt[ADIT_KNOWN_SALT_SIZE];
    uint8_t hash[ADIT_HASH_MAX];
    enum adit_err err = adit_random_bytes(salt, sizeof salt);

    if (err)
        return err;
    err = adit_known_hash_name(adit_span_of(salt, sizeof salt), name, hash);
    if (err)
        return err;
    err = adit_buffer_append(out, adit_span_text(ADIT_KNOWN_HASH_MARK));
    if (err)
        return err;
    err = adit_base64_encode(adit_span_of(salt, sizeof salt), out);
    if (err)
        return err;
    err = adit_buffer_append(out, adit_span_text("|"));
    if (err)
        return err;
    return adit_base64_encode(adit_span_of(hash, ADIT_KNOWN_SALT_SIZE), out);
}

enum adit_err adit_known_hosts_line(const char *host, uint16_t port, bool hashed,
                                    struct adit_span key_blob, struct adit_buffer *out)
{
    const size_t before = out->len;
    char name[ADIT_WALK_NAME_SIZE];
    enum adit_err err;

    err = adit_known_write_name(name, host, port);
    if (err)
        return err;
    if (!is_plain_name(name))
        return ADIT_ERR_USAGE;
    err = hashed ? append_hashed(name, out) : adit_buffer_append(out, adit_span_text(name));
    if (err)
        goto done;
    err = adit_buffer_append(out, adit_span_text(" "));
    if (err)
        goto done;
    err = adit_public_line_encode(key_blob, out);
    if (err)
        goto done;
    err = adit_buffer_append(out, adit_span_text("\n"));
done:
    if (err)
        out->len = before; /* never half a line */
    return err;
}
