/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_line.h"

#include "base/base64.h"
#include "base/span.h"
#include "keys/lines.h"
#include "wire/reader.h"

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
