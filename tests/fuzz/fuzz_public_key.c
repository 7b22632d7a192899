/* SPDX-License-Identifier: BSD-2-Clause */
/* The same bytes as the line of a .pub file and as a blob of the wire. */
#include "adit/key.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read from a line must come back from the line that is written of it. */
static void line_goes_round(const struct adit_key *key)
{
    struct adit_key *again = NULL;
    char *line = NULL;

    if (adit_key_write_public(key, &line) != ADIT_OK ||
        adit_key_read_public(adit_span_text(line), &again) != ADIT_OK ||
        !adit_span_equal(adit_key_blob(key), adit_key_blob(again)))
        abort();
    adit_key_free(again);
    adit_key_text_free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct adit_span input = adit_span_of(data, size);
    char fingerprint[ADIT_FINGERPRINT_SIZE];
    struct adit_key *key = NULL;

    if (adit_key_read_public(input, &key) == ADIT_OK)
        line_goes_round(key);
    adit_key_free(key);

    /* A key has one blob: else a revoked one could come back in another dress. */
    if (adit_key_from_blob(input, &key) == ADIT_OK && !adit_span_equal(input, adit_key_blob(key)))
        abort();
    adit_key_free(key);
    adit_blob_fingerprint(input, fingerprint);
    return 0;
}
