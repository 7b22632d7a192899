/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk hands out, one after the other, the good lines that speak about one
 * host; the questions are asked of these. What fails on the way (memory,
 * digest) ends the walk with an error, so it can never look like "not known"
 * and least of all like a match.
 */
#include "keys/known_hosts.h"

#include "base/base64.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/pkey.h"
#include "crypto/random.h"
#include "keys/lines.h"
#include "keys/public_line.h"

#include <stdio.h>

#define HASH_MARK "|1|"

enum {
    LINE_MAX_BYTES = 16 * 1024,
    NAME_SIZE = 1100, /* a name of getaddrinfo, brackets, port */
    SALT_SIZE = 20,   /* of SHA-1 */
    DEFAULT_PORT = 22,
};

enum marker { MARKER_NONE, MARKER_REVOKED, MARKER_CERT_AUTHORITY };

struct walk {
    struct adit_span text; /* what is still to be read */
    unsigned line;
    char name[NAME_SIZE];
    enum marker marker;        /* of the line handed out */
    struct adit_buffer blob;   /* its key */
    struct adit_buffer digest; /* room for a salt and a hash */
};

static enum adit_err write_name(char name[static NAME_SIZE], const char *host, uint16_t port)
{
    const int len = port == DEFAULT_PORT ? snprintf(name, NAME_SIZE, "%s", host)
                                         : snprintf(name, NAME_SIZE, "[%s]:%u", host, port);

    return len > 0 && len < NAME_SIZE ? ADIT_OK : ADIT_ERR_USAGE;
}

static enum adit_err walk_init(struct walk *w, struct adit_span text, const char *host,
                               uint16_t port)
{
    *w = (struct walk){ .text = adit_lines_begin(text) };
    w->blob = adit_buffer_init(LINE_MAX_BYTES);
    w->digest = adit_buffer_init((size_t)8 * SALT_SIZE);
    return write_name(w->name, host, port);
}

static void walk_clear(struct walk *w)
{
    adit_buffer_clear(&w->blob);
    adit_buffer_clear(&w->digest);
}

/* What a broken line gives, apart from what must end the walk. */
static bool is_broken_line(enum adit_err err)
{
    return err == ADIT_ERR_FORMAT || err == ADIT_ERR_LIMIT;
}

/* HMAC-SHA1 of a name under a salt, into `out`. */
static enum adit_err hash_name(struct adit_span salt, const char *name,
                               uint8_t out[static ADIT_HASH_MAX])
{
    return adit_hmac(ADIT_HASH_SHA1, salt, adit_span_text(name), out);
}

/* "|1|salt|hash", the salt and the hash in base64. */
static enum adit_err hashed_name_matches(struct walk *w, struct adit_span names, bool *out)
{
    const size_t mark = sizeof HASH_MARK - 1;
    const struct adit_span pair = adit_span_of(names.data + mark, names.len - mark);
    const uint8_t *bar = pair.len ? memchr(pair.data, '|', pair.len) : NULL;
    const size_t salt_len = bar ? (size_t)(bar - pair.data) : 0;
    uint8_t hash[ADIT_HASH_MAX];
    enum adit_err err;

    if (bar == NULL)
        return ADIT_OK;
    adit_buffer_empty(&w->digest);
    err = adit_base64_decode(adit_span_of(pair.data, salt_len), &w->digest);
    if (err || w->digest.len != SALT_SIZE)
        return is_broken_line(err) ? ADIT_OK : err;
    err = adit_base64_decode(adit_span_of(bar + 1, pair.len - salt_len - 1), &w->digest);
    if (err || w->digest.len != (size_t)2 * SALT_SIZE)
        return is_broken_line(err) ? ADIT_OK : err;
    err = hash_name(adit_span_of(w->digest.data, SALT_SIZE), w->name, hash);
    if (err)
        return err;
    *out = memcmp(hash, w->digest.data + SALT_SIZE, SALT_SIZE) == 0;
    return ADIT_OK;
}

static enum adit_err names_match(struct walk *w, struct adit_span names, bool *out)
{
    *out = false;
    if (adit_line_begins(names, HASH_MARK))
        return hashed_name_matches(w, names, out);
    *out = adit_text_match_list(names, adit_span_text(w->name), true) == 1;
    return ADIT_OK;
}

/* Takes a marker off the line; false when it is one that is not known. */
static bool take_marker(struct adit_span *line, enum marker *out)
{
    struct adit_span word;

    *out = MARKER_NONE;
    if (!adit_line_begins(*line, "@"))
        return true;
    word = adit_word_next(line);
    if (adit_span_is(word, "@revoked"))
        *out = MARKER_REVOKED;
    else if (adit_span_is(word, "@cert-authority"))
        *out = MARKER_CERT_AUTHORITY;
    return *out != MARKER_NONE;
}

/* Whether the line is a good one about this host; then marker and blob are its own. */
static enum adit_err read_line(struct walk *w, struct adit_span line, bool *is_ours)
{
    struct adit_public_line key;
    struct adit_span names;
    enum adit_err err;

    *is_ours = false;
    if (line.len > LINE_MAX_BYTES)
        return ADIT_OK;
    line = adit_line_trim(line);
    if (line.len == 0 || line.data[0] == '#' || !take_marker(&line, &w->marker))
        return ADIT_OK;
    names = adit_word_next(&line);
    if (!adit_public_line_split(line, &key))
        return ADIT_OK;
    err = names_match(w, names, is_ours);
    if (err || !*is_ours)
        return err;
    err = adit_public_line_decode(&key, &w->blob);
    *is_ours = err == ADIT_OK;
    return is_broken_line(err) ? ADIT_OK : err;
}

/* Goes to the next line about this host. NOT_FOUND at the end. */
static enum adit_err walk_next(struct walk *w)
{
    struct adit_span line;

    while (adit_line_next(&w->text, &line)) {
        bool is_ours;
        enum adit_err err;

        w->line++;
        err = read_line(w, line, &is_ours);
        if (err || is_ours)
            return err;
    }
    return ADIT_ERR_NOT_FOUND;
}

static void decide(struct adit_known_result *result, enum adit_known_verdict verdict, unsigned line)
{
    result->verdict = verdict;
    result->line = line;
}

/* What the line that the walk stands at says about the key. */
static void judge_line(struct adit_known_result *result, const struct walk *w,
                       struct adit_span key_blob)
{
    const struct adit_span blob = adit_buffer_span(&w->blob);
    const bool is_same_key = adit_span_equal(blob, key_blob);
    const bool is_same_type = adit_span_equal(adit_blob_type(blob), adit_blob_type(key_blob));

    switch (w->marker) {
    case MARKER_REVOKED:
        if (is_same_key && result->verdict != ADIT_KNOWN_REVOKED)
            decide(result, ADIT_KNOWN_REVOKED, w->line);
        return;
    case MARKER_CERT_AUTHORITY:
        return;
    case MARKER_NONE:
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
    struct walk w;
    enum adit_err err;

    *out = result;
    err = walk_init(&w, text, host, port);
    if (err)
        goto done;
    for (err = walk_next(&w); err == ADIT_OK; err = walk_next(&w))
        judge_line(&result, &w, key_blob);
    if (err != ADIT_ERR_NOT_FOUND)
        goto done;
    err = ADIT_OK;
    result.host_has_other = result.host_has_other && result.verdict == ADIT_KNOWN_UNKNOWN;
    *out = result;
done:
    walk_clear(&w);
    return err;
}

enum adit_err adit_known_hosts_authority(struct adit_span text, const char *host, uint16_t port,
                                         struct adit_span ca_blob, struct adit_known_authority *out)
{
    struct adit_known_authority found = { 0 };
    struct walk w;
    enum adit_err err;

    *out = found;
    err = walk_init(&w, text, host, port);
    if (err)
        goto done;
    for (err = walk_next(&w); err == ADIT_OK; err = walk_next(&w)) {
        const bool is_same = adit_span_equal(adit_buffer_span(&w.blob), ca_blob);
        const bool is_authority = w.marker == MARKER_CERT_AUTHORITY;

        found.host_has_any = found.host_has_any || is_authority;
        found.is_trusted = found.is_trusted || (is_authority && is_same);
        found.is_revoked = found.is_revoked || (w.marker == MARKER_REVOKED && is_same);
        if (is_same && w.marker != MARKER_NONE)
            found.line = w.line;
    }
    if (err != ADIT_ERR_NOT_FOUND)
        goto done;
    err = ADIT_OK;
    *out = found;
done:
    walk_clear(&w);
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
    struct walk w;
    enum adit_err err;

    err = walk_init(&w, text, host, port);
    if (err)
        goto done;
    for (err = walk_next(&w); err == ADIT_OK; err = walk_next(&w)) {
        if (w.marker != MARKER_NONE)
            continue;
        err = add_type(names, adit_blob_type(adit_buffer_span(&w.blob)));
        if (err)
            goto done;
    }
    if (err == ADIT_ERR_NOT_FOUND)
        err = ADIT_OK;
done:
    walk_clear(&w);
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
    uint8_t salt[SALT_SIZE];
    uint8_t hash[ADIT_HASH_MAX];
    enum adit_err err = adit_random_bytes(salt, sizeof salt);

    if (err)
        return err;
    err = hash_name(adit_span_of(salt, sizeof salt), name, hash);
    if (err)
        return err;
    err = adit_buffer_append(out, adit_span_text(HASH_MARK));
    if (err)
        return err;
    err = adit_base64_encode(adit_span_of(salt, sizeof salt), out);
    if (err)
        return err;
    err = adit_buffer_append(out, adit_span_text("|"));
    if (err)
        return err;
    return adit_base64_encode(adit_span_of(hash, SALT_SIZE), out);
}

enum adit_err adit_known_hosts_line(const char *host, uint16_t port, bool hashed,
                                    struct adit_span key_blob, struct adit_buffer *out)
{
    const size_t before = out->len;
    char name[NAME_SIZE];
    enum adit_err err;

    err = write_name(name, host, port);
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
