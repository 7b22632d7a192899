/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/password_lines.h"

/* The next line without its newline; false at the end. */
static bool next_line(struct adit_span *text, struct adit_span *line)
{
    const uint8_t *end;

    if (text->len == 0)
        return false;
    end = memchr(text->data, '\n', text->len);
    *line = adit_span_of(text->data, end ? (size_t)(end - text->data) : text->len);
    *text = end ? adit_span_of(end + 1, text->len - line->len - 1) : ADIT_SPAN_EMPTY;
    if (line->len && line->data[line->len - 1] == '\r')
        line->len--;
    return true;
}

struct adit_span adit_password_hash_find(struct adit_span text, const char *user, bool *known)
{
    const struct adit_span wanted = adit_span_text(user);
    struct adit_span hash = ADIT_SPAN_EMPTY;
    struct adit_span line;

    *known = false;
    while (!*known && next_line(&text, &line)) {
        const uint8_t *colon =
            line.len && line.data[0] != '#' ? memchr(line.data, ':', line.len) : NULL;
        size_t name_len;

        if (colon == NULL || line.data + line.len - colon < 2 || colon[1] != '$')
            continue;
        name_len = (size_t)(colon - line.data);
        *known = adit_span_equal(adit_span_of(line.data, name_len), wanted);
        if (hash.len == 0 || *known)
            hash = adit_span_of(colon + 1, line.len - name_len - 1);
    }
    return hash;
}
