/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A word never gets longer by losing its quotes, so all words of a line fit in
 * a block of the size of the longest line.
 */
#include "config/lines.h"

#include "base/span.h"
#include "base/text.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

static void skip(struct adit_span *s, size_t len)
{
    s->data += len;
    s->len -= len;
}

static void skip_blanks(struct adit_span *s)
{
    while (s->len && is_blank(s->data[0]))
        skip(s, 1);
}

bool adit_config_line_next(struct adit_span *rest, struct adit_span *line)
{
    const uint8_t *newline;

    if (rest->len == 0)
        return false;
    newline = memchr(rest->data, '\n', rest->len);
    line->data = rest->data;
    line->len = newline ? (size_t)(newline - rest->data) : rest->len;
    skip(rest, line->len + (newline != NULL));
    return true;
}

/* Whether the first byte is a backslash that takes the meaning of the second away. */
static bool is_escape(struct adit_span s, uint8_t quote)
{
    if (s.len < 2 || s.data[0] != '\\')
        return false;
    return s.data[1] == '"' || s.data[1] == '\'' || s.data[1] == '\\' ||
           (quote == 0 && s.data[1] == ' ');
}

/* Moves one word from the front of *rest to `out`; false: a quote has no end. */
static bool take_word(struct adit_span *rest, uint8_t *out, size_t *len)
{
    uint8_t quote = 0;

    *len = 0;
    while (rest->len && (quote || !is_blank(rest->data[0]))) {
        const uint8_t c = rest->data[0];

        if (is_escape(*rest, quote)) {
            out[(*len)++] = rest->data[1];
            skip(rest, 2);
            continue;
        }
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
        else
            out[(*len)++] = c;
        skip(rest, 1);
    }
    return quote == 0;
}

static struct adit_span take_keyword(struct adit_span *rest)
{
    struct adit_span keyword = { rest->data, 0 };

    while (keyword.len < rest->len && !is_blank(keyword.data[keyword.len]) &&
           keyword.data[keyword.len] != '=')
        keyword.len++;
    skip(rest, keyword.len);
    skip_blanks(rest);
    if (rest->len && rest->data[0] == '=') {
        skip(rest, 1);
        skip_blanks(rest);
    }
    return keyword;
}

/* The value is for a shell, which has quotes and comments of its own (ssh_config(5)). */
static bool is_for_a_shell(struct adit_span keyword)
{
    static const char *const keywords[] = {
        "ProxyCommand",
        "LocalCommand",
        "RemoteCommand",
        "KnownHostsCommand",
    };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(keywords); i++)
        if (adit_text_equal_nocase(keyword, keywords[i]))
            return true;
    return false;
}

/* The rest of the line as one word, as it stands. */
static void take_line(struct adit_span rest, struct adit_config_line *out)
{
    while (rest.len && is_blank(rest.data[rest.len - 1]))
        rest.len--;
    if (rest.len == 0)
        return;
    memcpy(out->words, rest.data, rest.len);
    out->args[out->arg_count++] = adit_span_of(out->words, rest.len);
}

enum adit_err adit_config_line_split(struct adit_span text, struct adit_config_line *out,
                                     const char **why)
{
    size_t used = 0;
    size_t len;

    out->keyword = ADIT_SPAN_EMPTY;
    out->arg_count = 0;
    if (text.len > ADIT_CONFIG_LINE_MAX) {
        *why = "the line is longer than 8192 bytes";
        return ADIT_ERR_LIMIT;
    }
    if (text.len && (memchr(text.data, '\0', text.len) || memchr(text.data, '\n', text.len))) {
        *why = "a NUL byte or line break inside the line";
        return ADIT_ERR_FORMAT;
    }
    skip_blanks(&text);
    if (text.len == 0 || text.data[0] == '#')
        return ADIT_OK;
    if (text.data[0] == '=') {
        *why = "no keyword before \"=\"";
        return ADIT_ERR_FORMAT;
    }

    out->keyword = take_keyword(&text);
    if (is_for_a_shell(out->keyword)) {
        take_line(text, out);
        return ADIT_OK;
    }
    for (; text.len && text.data[0] != '#'; skip_blanks(&text)) {
        if (out->arg_count == ADIT_CONFIG_ARGS_MAX) {
            *why = "more than 512 words in the line";
            return ADIT_ERR_LIMIT;
        }
        if (!take_word(&text, out->words + used, &len)) {
            *why = "a quote has no end";
            return ADIT_ERR_FORMAT;
        }
        out->args[out->arg_count++] = adit_span_of(out->words + used, len);
        used += len;
    }
    return ADIT_OK;
}
