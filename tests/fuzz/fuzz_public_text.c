/* SPDX-License-Identifier: BSD-2-Clause */
/* A public key file of any kind, told of; what is a usable key is told as that key. */
#include "adit/public_key.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct adit_span input = adit_span_of(data, size);
    char fingerprint[ADIT_FINGERPRINT_SIZE];
    struct adit_public_key *told = NULL;
    struct adit_key *key = NULL;
    const enum adit_err err = adit_public_key_read(input, &told);

    if ((told != NULL) != (err == ADIT_OK))
        abort();
    if (adit_key_read_public(input, &key) == ADIT_OK) {
        adit_key_fingerprint(key, fingerprint);
        if (told == NULL || told->is_certificate || told->bits != adit_key_bits(key) ||
            strcmp(told->fingerprint, fingerprint) != 0)
            abort();
    }
    adit_key_free(key);
    adit_public_key_free(told);
    return 0;
}
