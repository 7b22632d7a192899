/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_line.h"

#include "base/base64.h"
#include "base/span.h"
#include "keys/key.h"
#include "keys/lines.h"
#include "wire/reader.h"

#include <string.h>

/* A name is at most 64 letters (RFC 4251, 6), and nothing that could end a word or a line. */
static bool is_type_name(struct adit_span name)
{
    if (name.len == 0 || name.len > 64)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] <= ' ' || name.data[i] >= 0x7f)
            return false;
    return true;
}

struct adit_span adit_blob_type(struct adit_span blob)
{
    struct adit_reader r = adit_reader_init(blob);
    const struct adit_span name = adit_read_string(&r);

    return is_type_name(name) ? name : ADIT_SPAN_EMPTY;
}

bool adit_public_line_split(struct adit_span line, struct adit_public_line *out)
{
    out->type = adit_word_next(&line);
    out->base64 = adit_word_next(&line);
    out->comment = adit_line_trim(line);
    return out->base64.len != 0;
}

enum adit_err adit_public_line_decode(const struct adit_public_line *line, struct adit_buffer *blob)
{
    enum adit_err err;

    adit_buffer_empty(blob);
    err = adit_base64_decode(line->base64, blob);
    if (err)
        return err;
    return adit_span_equal(adit_blob_type(adit_buffer_span(blob)), line->type) ? ADIT_OK
                                                                               : ADIT_ERR_FORMAT;
}

enum adit_err adit_public_line_encode(struct adit_span blob, struct adit_buffer *out)
{
    const struct adit_span type = adit_blob_type(blob);
    enum adit_err err;

    if (type.len == 0)
        return ADIT_ERR_MALFORMED;
    err = adit_buffer_append(out, type);
    if (err)
        return err;
    err = adit_buffer_append(out, adit_span_text(" "));
    if (err)
        return err;
    return adit_base64_encode(blob, out);
}

/* What a broken blob is called when it stood in a file. */
static enum adit_err as_file_error(enum adit_err err)
{
    return err == ADIT_ERR_MALFORMED ? ADIT_ERR_FORMAT : err;
}

enum adit_err adit_key_read_public(struct adit_span line, struct adit_key **out)
{
    const struct adit_span text = adit_line_trim(adit_lines_begin(line));
    struct adit_buffer blob = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    struct adit_pkey *pkey = NULL;
    struct adit_public_line parts;
    enum adit_err err = ADIT_ERR_FORMAT;

    *out = NULL;
    if (line.len > ADIT_KEY_TEXT_MAX)
        return ADIT_ERR_LIMIT;
    if (!adit_public_line_split(text, &parts))
        return ADIT_ERR_FORMAT;
    if (memchr(text.data, '\n', text.len) || memchr(text.data, '\0', text.len))
        return ADIT_ERR_FORMAT;
    err = adit_public_line_decode(&parts, &blob);
    if (err)
        goto done;
    err = as_file_error(adit_pkey_from_blob(adit_buffer_span(&blob), &pkey));
    if (err)
        goto done;
    err = adit_key_adopt(pkey, parts.comment, out);
done:
    adit_buffer_clear(&blob);
    return err;
}

/* The comment as far as it can stand in one line: it may come from inside a private key. */
static struct adit_span one_line(const char *comment)
{
    return adit_span_of(comment, strcspn(comment, "\r\n"));
}

enum adit_err adit_key_write_public(const struct adit_key *key, char **out)
{
    struct adit_buffer text = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    const struct adit_span comment = one_line(key->comment);
    enum adit_err err;

    *out = NULL;
    err = adit_public_line_encode(adit_key_blob(key), &text);
    if (err)
        goto done;
    if (comment.len) {
        err = adit_buffer_append(&text, adit_span_text(" "));
        if (err)
            goto done;
        err = adit_buffer_append(&text, comment);
        if (err)
            goto done;
    }
    err = adit_buffer_append(&text, adit_span_of("\n", sizeof "\n"));
    if (err)
        goto done;
    *out = (char *)text.data; /* the caller's now */
    return ADIT_OK;
done:
    adit_buffer_clear(&text);
    return err;
}
