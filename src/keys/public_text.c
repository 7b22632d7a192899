/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_text.h"

#include "base/span.h"
#include "keys/lines.h"
#include "keys/public_line.h"
#include "keys/rfc4716.h"

#include <string.h>

/* From the line on that begins a public key in PEM; empty when none does. */
static struct adit_span pem_of(struct adit_span text)
{
    struct adit_span rest = text;
    struct adit_span line;

    for (; adit_line_next(&rest, &line); text = rest) {
        line = adit_line_trim(line);
        if (adit_span_is(line, "-----BEGIN PUBLIC KEY-----") ||
            adit_span_is(line, "-----BEGIN RSA PUBLIC KEY-----"))
            return text;
    }
    return ADIT_SPAN_EMPTY;
}

enum adit_key_format adit_public_text_format(struct adit_span text)
{
    text = adit_lines_begin(text);
    if (adit_rfc4716_begins(text))
        return ADIT_KEY_FORMAT_RFC4716;
    return pem_of(text).len ? ADIT_KEY_FORMAT_PEM_PUBLIC : ADIT_KEY_FORMAT_PUBLIC;
}

static enum adit_err read_line(struct adit_span line, struct adit_buffer *blob,
                               struct adit_buffer *comment)
{
    struct adit_public_line parts;
    enum adit_err err;

    if (!adit_public_line_split(line, &parts))
        return ADIT_ERR_FORMAT;
    if (memchr(line.data, '\n', line.len) || memchr(line.data, '\0', line.len))
        return ADIT_ERR_FORMAT;
    err = adit_public_line_decode(&parts, blob);
    return err ? err : adit_buffer_append(comment, parts.comment);
}

enum adit_err adit_public_text_read(struct adit_span text, struct adit_buffer *blob,
                                    struct adit_buffer *comment)
{
    const struct adit_span begin = adit_lines_begin(text);

    if (text.len > ADIT_KEY_TEXT_MAX)
        return ADIT_ERR_LIMIT;
    if (adit_public_text_format(text) == ADIT_KEY_FORMAT_RFC4716)
        return adit_rfc4716_read(begin, blob, comment);
    if (adit_public_text_format(text) == ADIT_KEY_FORMAT_PEM_PUBLIC)
        return adit_public_pem_blob(pem_of(begin), blob);
    return read_line(adit_line_trim(begin), blob, comment);
}

enum adit_err adit_key_read_public(struct adit_span text, struct adit_key **out)
{
    struct adit_buffer blob = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    struct adit_buffer comment = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    enum adit_err err = adit_public_text_read(text, &blob, &comment);

    *out = NULL;
    if (err == ADIT_OK)
        err = adit_key_from_file_blob(adit_buffer_span(&blob), adit_buffer_span(&comment), out);
    adit_buffer_clear(&comment);
    adit_buffer_clear(&blob);
    return err;
}
