/* SPDX-License-Identifier: BSD-2-Clause */
/* What is found lies in the file, and is a hash; a user's own stands behind his name. */
#include "config/password_lines.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_for(struct adit_span text, const char *user)
{
    bool known;
    const struct adit_span hash = adit_password_hash_find(text, user, &known);
    const size_t len = strlen(user);

    if (hash.len == 0 && !known)
        return;
    if (hash.len == 0 || hash.data[0] != '$' || hash.data < text.data ||
        hash.data + hash.len > text.data + text.len || memchr(hash.data, '\n', hash.len) != NULL)
        abort();
    if (known && ((size_t)(hash.data - text.data) < len + 1 || hash.data[-1] != ':' ||
                  memcmp(hash.data - 1 - len, user, len) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    look_for(adit_span_of(data, size), "alice");
    look_for(adit_span_of(data, size), "");
    return 0;
}
