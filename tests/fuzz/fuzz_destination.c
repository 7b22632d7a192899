/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read stands in the word as it is, in its order, and each part ends in its place. */
#include "config/destination.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_destination out;
    char *word = adit_text_copy(adit_span_of(data, size));
    const char *at = word;

    memset(&out, 0xa5, sizeof out);
    if (word != NULL && adit_destination_parse(&out, word)) {
        const char *const parts[] = { out.user, out.host, out.port };

        if (out.host[0] == '\0')
            abort();
        for (size_t i = 0; i < ADIT_ARRAY_LEN(parts); i++) {
            at = strstr(at, parts[i]);
            if (at == NULL)
                abort();
            at += strlen(parts[i]);
        }
    }
    free(word);
    return 0;
}
