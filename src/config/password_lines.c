/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/password_lines.h"

#include "keys/lines.h"

struct adit_span adit_password_hash_find(struct adit_span text, const char *user, bool *known)
{
    const struct adit_span wanted = adit_span_text(user);
    struct adit_span hash = ADIT_SPAN_EMPTY;
    struct adit_span line;

    *known = false;
    while (!*known && adit_line_next(&text, &line)) {
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
