/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_line.h"

#include "base/base64.h"
#include "base/span.h"
#include "keys/key.h"
#include "keys/lines.h"
#include "keys/rfc4716.h"
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

enum adit_err adit_public_line_append(struct adit_span blob, const char *comment,
                                      struct adit_buffer *out)
{
    enum adit_err err = adit_public_line_encode(blob, out);

    if (err == ADIT_OK && comment[0] != '\0')
        err = adit_buffer_append(out, adit_span_text(" "));
    if (err == ADIT_OK)
        err = adit_buffer_append(out, adit_span_text(comment));
    return err ? err : adit_buffer_append(out, adit_span_text("\n"));
}

enum adit_err adit_key_read_public(struct adit_span text, struct adit_key **out)
{
    struct adit_buffer blob = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    struct adit_public_line parts;
    enum adit_err err = ADIT_ERR_FORMAT;

    *out = NULL;
    if (text.len > ADIT_KEY_TEXT_MAX)
        return ADIT_ERR_LIMIT;
    text = adit_line_trim(adit_lines_begin(text));
    if (adit_rfc4716_begins(text))
        return adit_rfc4716_read(text, out);
    if (!adit_public_line_split(text, &parts))
        return ADIT_ERR_FORMAT;
    if (memchr(text.data, '\n', text.len) || memchr(text.data, '\0', text.len))
        return ADIT_ERR_FORMAT;
    err = adit_public_line_decode(&parts, &blob);
    if (err)
        goto done;
    err = adit_key_from_file_blob(adit_buffer_span(&blob), parts.comment, out);
done:
    adit_buffer_clear(&blob);
    return err;
}
