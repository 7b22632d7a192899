/* SPDX-License-Identifier: BSD-2-Clause */
/* A public key file of RFC 4716; what was read must come back from what is written of it. */
#include "keys/rfc4716.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void go_round(const struct adit_key *key)
{
    const struct adit_key_writing how = { .format = ADIT_KEY_FORMAT_RFC4716 };
    const char *comment = adit_key_comment(key);
    struct adit_key *again = NULL;
    char *text = NULL;
    const enum adit_err err = adit_key_write(key, &how, &text);

    /* Quotes take their place in the 1024 bytes of a comment. */
    if (err == ADIT_ERR_LIMIT && strlen(comment) > 1000)
        return;
    if (err != ADIT_OK || adit_key_read_public(adit_span_text(text), &again) != ADIT_OK ||
        !adit_span_equal(adit_key_blob(key), adit_key_blob(again)) ||
        strcmp(comment, adit_key_comment(again)) != 0)
        abort();
    adit_key_free(again);
    adit_key_text_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct adit_span input = adit_span_of(data, size);
    struct adit_key *key = NULL;

    if (!adit_rfc4716_begins(input))
        return 0;
    if (adit_key_read_public(input, &key) == ADIT_OK)
        go_round(key);
    else if (key != NULL)
        abort();
    adit_key_free(key);
    return 0;
}
