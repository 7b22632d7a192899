/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte picks the kind. What a list stands for is a list that stands for itself. */
#include "config/algorithm_list.h"

#include "base/span.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum adit_algorithm_kind kinds[] = { ADIT_ALGORITHM_KEX, ADIT_ALGORITHM_HOST_KEY,
                                                      ADIT_ALGORITHM_CIPHER, ADIT_ALGORITHM_MAC };
    struct adit_buffer names = adit_buffer_init(ADIT_ALGORITHM_LIST_MAX);
    struct adit_buffer again = adit_buffer_init(ADIT_ALGORITHM_LIST_MAX);
    char why[128];
    enum adit_algorithm_kind kind;

    if (size == 0)
        return 0;
    kind = kinds[data[0] % ADIT_ARRAY_LEN(kinds)];
    memset(why, 'x', sizeof why);
    if (adit_algorithm_list_resolve(adit_span_of(data + 1, size - 1), kind, &names, why,
                                    sizeof why) == ADIT_OK) {
        if (names.len == 0 ||
            adit_algorithm_list_resolve(adit_buffer_span(&names), kind, &again, why, sizeof why) !=
                ADIT_OK ||
            !adit_span_equal(adit_buffer_span(&names), adit_buffer_span(&again)))
            abort();
    } else if (memchr(why, '\0', sizeof why) == NULL) {
        abort();
    }
    adit_buffer_clear(&names);
    adit_buffer_clear(&again);
    return 0;
}
