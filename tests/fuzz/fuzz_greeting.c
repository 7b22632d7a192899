/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte says which service was asked. What is known stays what it is. */
#include "adit/greeting.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_greeting greeting;
    enum adit_greeting_verdict verdict;

    if (size == 0)
        return 0;
    verdict = adit_greeting_read((enum adit_service)(data[0] % ADIT_SERVICES),
                                 adit_span_of(data + 1, size - 1), &greeting);
    must(memchr(greeting.name, '\0', sizeof greeting.name) != NULL);
    must(memchr(greeting.text, '\0', sizeof greeting.text) != NULL);
    must((greeting.service != ADIT_SERVICE_NONE) == (greeting.name[0] != '\0'));
    must(verdict != ADIT_GREETING_KNOWN || greeting.service != ADIT_SERVICE_NONE);
    must(verdict != ADIT_GREETING_UNKNOWN || greeting.service == ADIT_SERVICE_NONE);
    return 0;
}
