/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers "Tag: value" first, each of which may go on in the next line behind a
 * backslash; then base64. A colon tells a header: base64 has none. Lines end
 * with CR, LF or both (RFC 4716, 3).
 */
#include "keys/rfc4716.h"

#include "base/base64.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/base64_lines.h"
#include "keys/lines.h"
#include "wire/writer.h"

#define END_LINE "---- END SSH2 PUBLIC KEY ----"

enum {
    LINE_BYTES = 72,   /* of a line that we write */
    TAG_MAX = 64,      /* RFC 4716, 3.3 */
    VALUE_MAX = 1024,  /* the same */
    BODY_LETTERS = 70, /* as ssh-keygen */
};

/* As adit_line_next(), for lines that may end with CR alone too. */
static bool take_line(struct adit_span *text, struct adit_span *line)
{
    size_t len = 0;
    size_t end;

    if (text->len == 0)
        return false;
    while (len < text->len && text->data[len] != '\n' && text->data[len] != '\r')
        len++;
    end = len;
    if (end < text->len)
        end +=
            text->data[end] == '\r' && end + 1 < text->len && text->data[end + 1] == '\n' ? 2 : 1;
    *line = adit_span_of(text->data, len);
    *text = adit_span_of(text->data + end, text->len - end);
    return true;
}

bool adit_rfc4716_begins(struct adit_span text)
{
    return adit_line_begins(adit_line_trim(text), ADIT_RFC4716_BEGIN);
}

/* Collects the value of a header, over the lines that it goes on in. */
static enum adit_err take_value(struct adit_span first, struct adit_span *text,
                                struct adit_buffer *value)
{
    struct adit_span line = first;

    adit_buffer_empty(value);
    for (;;) {
        const bool goes_on = line.len && line.data[line.len - 1] == '\\';
        const enum adit_err err =
            adit_buffer_append(value, adit_span_of(line.data, line.len - (goes_on ? 1 : 0)));

        if (err)
            return err == ADIT_ERR_LIMIT ? ADIT_ERR_FORMAT : err;
        if (!goes_on)
            return ADIT_OK;
        if (!take_line(text, &line))
            return ADIT_ERR_FORMAT;
    }
}

/* Without the pair of quotes that may stand around it. */
static struct adit_span unquoted(struct adit_span value)
{
    value = adit_line_trim(value);
    if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
        return adit_span_of(value.data + 1, value.len - 2);
    return value;
}

/* Where the colon stands; the line's length when there is none. */
static size_t tag_len(struct adit_span line)
{
    const uint8_t *colon = line.len ? memchr(line.data, ':', line.len) : NULL;

    return colon ? (size_t)(colon - line.data) : line.len;
}

/* Passes the headers; of them, the last Comment goes to `comment`. */
static enum adit_err take_headers(struct adit_span *text, struct adit_buffer *comment)
{
    struct adit_buffer value = adit_buffer_init(VALUE_MAX);
    struct adit_span rest = *text;
    struct adit_span line;
    enum adit_err err = ADIT_OK;

    while (err == ADIT_OK && take_line(&rest, &line)) {
        const size_t len = tag_len(line);

        if (len == line.len)
            break;
        err = len == 0 || len > TAG_MAX ? ADIT_ERR_FORMAT : ADIT_OK;
        if (err == ADIT_OK)
            err = take_value(adit_span_of(line.data + len + 1, line.len - len - 1), &rest, &value);
        if (err == ADIT_OK && adit_text_equal_nocase(adit_span_of(line.data, len), "Comment")) {
            adit_buffer_empty(comment);
            err = adit_buffer_append(comment, unquoted(adit_buffer_span(&value)));
        }
        *text = rest;
    }
    adit_buffer_clear(&value);
    return err;
}

/* Base64 up to the END line, behind which nothing may stand. */
static enum adit_err take_body(struct adit_span text, struct adit_buffer *blob)
{
    const uint8_t *begin = text.data;
    struct adit_span line;

    while (take_line(&text, &line)) {
        if (!adit_span_is(adit_line_trim(line), END_LINE))
            continue;
        if (adit_line_trim(text).len)
            return ADIT_ERR_FORMAT;
        return adit_base64_decode(adit_span_of(begin, (size_t)(line.data - begin)), blob);
    }
    return ADIT_ERR_FORMAT;
}

enum adit_err adit_rfc4716_read(struct adit_span text, struct adit_buffer *blob,
                                struct adit_buffer *comment)
{
    struct adit_span line;
    enum adit_err err;

    text = adit_line_trim(text);
    if (!take_line(&text, &line) || !adit_span_is(adit_line_trim(line), ADIT_RFC4716_BEGIN))
        return ADIT_ERR_FORMAT;
    err = take_headers(&text, comment);
    return err ? err : take_body(text, blob);
}

/* ---- writing ----------------------------------------------------------------- */

/* `Comment: "…"`, cut into lines before a UTF-8 letter, never in one. */
static void write_comment(struct adit_writer *w, struct adit_span comment)
{
    static const char head[] = "Comment: \"";
    size_t column = sizeof head - 1;

    adit_write_bytes(w, adit_span_text(head));
    for (size_t i = 0; i < comment.len; i++) {
        const bool in_letter = (comment.data[i] & 0xc0) == 0x80;

        /* There stays room for the longest letter and the backslash behind it. */
        if (column >= LINE_BYTES - (in_letter ? 1 : 5)) {
            adit_write_bytes(w, adit_span_text("\\\n"));
            column = 0;
        }
        adit_write_byte(w, comment.data[i]);
        column++;
    }
    adit_write_bytes(w, adit_span_text("\"\n"));
}

enum adit_err adit_rfc4716_write(const struct adit_key *key, struct adit_span comment,
                                 struct adit_buffer *out)
{
    struct adit_writer w = adit_writer_init(out);

    if (comment.len > VALUE_MAX - sizeof " \"\"")
        return ADIT_ERR_LIMIT;
    adit_write_bytes(&w, adit_span_text(ADIT_RFC4716_BEGIN "\n"));
    if (comment.len)
        write_comment(&w, comment);
    if (w.err == ADIT_OK)
        w.err = adit_base64_lines_encode(adit_key_blob(key), BODY_LETTERS, out);
    adit_write_bytes(&w, adit_span_text(END_LINE "\n"));
    return adit_writer_finish(&w);
}
