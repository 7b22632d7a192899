/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/known_walk.h"

#include "base/base64.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "keys/lines.h"
#include "keys/public_line.h"

#include <stdio.h>

enum {
    LINE_MAX_BYTES = 16 * 1024,
    DEFAULT_PORT = 22,
};

enum adit_err adit_known_write_name(char name[static ADIT_WALK_NAME_SIZE], const char *host,
                                    uint16_t port)
{
    const int len = port == DEFAULT_PORT
                        ? snprintf(name, ADIT_WALK_NAME_SIZE, "%s", host)
                        : snprintf(name, ADIT_WALK_NAME_SIZE, "[%s]:%u", host, port);

    return len > 0 && len < ADIT_WALK_NAME_SIZE ? ADIT_OK : ADIT_ERR_USAGE;
}

enum adit_err adit_known_walk_init(struct adit_known_walk *w, struct adit_span text,
                                   const char *host, uint16_t port)
{
    *w = (struct adit_known_walk){ .text = adit_lines_begin(text) };
    w->blob = adit_buffer_init(LINE_MAX_BYTES);
    w->digest = adit_buffer_init((size_t)8 * ADIT_KNOWN_SALT_SIZE);
    return adit_known_write_name(w->name, host, port);
}

void adit_known_walk_clear(struct adit_known_walk *w)
{
    adit_buffer_clear(&w->blob);
    adit_buffer_clear(&w->digest);
}

/* What a broken line gives, apart from what must end the walk. */
static bool is_broken_line(enum adit_err err)
{
    return err == ADIT_ERR_FORMAT || err == ADIT_ERR_LIMIT;
}

enum adit_err adit_known_hash_name(struct adit_span salt, const char *name,
                                   uint8_t out[static ADIT_HASH_MAX])
{
    return adit_hmac(ADIT_HASH_SHA1, salt, adit_span_text(name), out);
}

/* "|1|salt|hash", the salt and the hash in base64. */
static enum adit_err hashed_name_matches(struct adit_known_walk *w, struct adit_span names,
                                         bool *out)
{
    const size_t mark = sizeof ADIT_KNOWN_HASH_MARK - 1;
    const struct adit_span pair = adit_span_of(names.data + mark, names.len - mark);
    const uint8_t *bar = pair.len ? memchr(pair.data, '|', pair.len) : NULL;
    const size_t salt_len = bar ? (size_t)(bar - pair.data) : 0;
    uint8_t hash[ADIT_HASH_MAX];
    enum adit_err err;

    if (bar == NULL)
        return ADIT_OK;
    adit_buffer_empty(&w->digest);
    err = adit_base64_decode(adit_span_of(pair.data, salt_len), &w->digest);
    if (err || w->digest.len != ADIT_KNOWN_SALT_SIZE)
        return is_broken_line(err) ? ADIT_OK : err;
    err = adit_base64_decode(adit_span_of(bar + 1, pair.len - salt_len - 1), &w->digest);
    if (err || w->digest.len != (size_t)2 * ADIT_KNOWN_SALT_SIZE)
        return is_broken_line(err) ? ADIT_OK : err;
    err = adit_known_hash_name(adit_span_of(w->digest.data, ADIT_KNOWN_SALT_SIZE), w->name, hash);
    if (err)
        return err;
    *out = memcmp(hash, w->digest.data + ADIT_KNOWN_SALT_SIZE, ADIT_KNOWN_SALT_SIZE) == 0;
    return ADIT_OK;
}

static enum adit_err names_match(struct adit_known_walk *w, struct adit_span names, bool *out)
{
    *out = false;
    if (adit_line_begins(names, ADIT_KNOWN_HASH_MARK))
        return hashed_name_matches(w, names, out);
    *out = adit_text_match_list(names, adit_span_text(w->name), true) == 1;
    return ADIT_OK;
}

/* Takes a marker off the line; false when it is one that is not known. */
static bool take_marker(struct adit_span *line, enum adit_known_marker *out)
{
    struct adit_span word;

    *out = ADIT_MARKER_NONE;
    if (!adit_line_begins(*line, "@"))
        return true;
    word = adit_word_next(line);
    if (adit_span_is(word, "@revoked"))
        *out = ADIT_MARKER_REVOKED;
    else if (adit_span_is(word, "@cert-authority"))
        *out = ADIT_MARKER_CERT_AUTHORITY;
    return *out != ADIT_MARKER_NONE;
}

static void complain(struct adit_known_walk *w, const char *text)
{
    if (w->complaint.line == 0)
        w->complaint = (struct adit_known_complaint){ .line = w->line, .text = text };
}

/* Whether the line is a good one about this host; then marker and blob are its own. */
static enum adit_err read_line(struct adit_known_walk *w, struct adit_span line, bool *is_ours)
{
    struct adit_public_line key;
    enum adit_err err;

    *is_ours = false;
    line = adit_line_trim(line);
    if (line.len == 0 || line.data[0] == '#')
        return ADIT_OK;
    if (line.len > LINE_MAX_BYTES) {
        complain(w, "is longer than 16384 bytes");
        return ADIT_OK;
    }
    if (memchr(line.data, '\0', line.len))
        complain(w, "has a NUL byte"); /* what it revokes nevertheless is revoked */
    if (!take_marker(&line, &w->marker)) {
        complain(w, "begins with an unknown marker");
        return ADIT_OK;
    }
    w->names = adit_word_next(&line);
    err = names_match(w, w->names, is_ours);
    if (err || !*is_ours)
        return err;
    err = adit_public_line_split(line, &key) ? adit_public_line_decode(&key, &w->blob)
                                             : ADIT_ERR_FORMAT;
    *is_ours = err == ADIT_OK;
    if (!is_broken_line(err))
        return err;
    complain(w, "has no key that can be read");
    return ADIT_OK;
}

enum adit_err adit_known_walk_next(struct adit_known_walk *w)
{
    struct adit_span line;

    for (;;) {
        const uint8_t *begin = w->text.data;
        bool is_ours;
        enum adit_err err;

        if (!adit_line_next(&w->text, &line))
            return ADIT_ERR_NOT_FOUND;
        w->whole = adit_span_of(begin, (size_t)(w->text.data - begin));
        w->line++;
        err = read_line(w, line, &is_ours);
        if (err || is_ours)
            return err;
    }
}
