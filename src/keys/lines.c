/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/lines.h"

#include "base/span.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct adit_span behind(struct adit_span s, size_t len)
{
    return len ? adit_span_of(s.data + len, s.len - len) : s;
}

struct adit_span adit_lines_begin(struct adit_span text)
{
    return adit_line_begins(text, "\xef\xbb\xbf") ? behind(text, 3) : text;
}

bool adit_line_next(struct adit_span *text, struct adit_span *line)
{
    const uint8_t *newline;

    if (text->len == 0)
        return false;
    newline = memchr(text->data, '\n', text->len);
    *line = adit_span_of(text->data, newline ? (size_t)(newline - text->data) : text->len);
    *text = behind(*text, line->len + (newline ? 1 : 0));
    if (line->len && line->data[line->len - 1] == '\r')
        line->len--;
    return true;
}

struct adit_span adit_line_trim(struct adit_span line)
{
    while (line.len && is_blank(line.data[0]))
        line = behind(line, 1);
    while (line.len && is_blank(line.data[line.len - 1]))
        line.len--;
    return line;
}

struct adit_span adit_word_next(struct adit_span *line)
{
    struct adit_span word = adit_line_trim(*line);
    size_t len = 0;

    while (len < word.len && !is_blank(word.data[len]))
        len++;
    *line = behind(word, len);
    word.len = len;
    return word;
}

bool adit_line_begins(struct adit_span line, const char *text)
{
    const size_t len = strlen(text);

    return line.len >= len && memcmp(line.data, text, len) == 0;
}
