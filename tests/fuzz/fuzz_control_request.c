/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read must print as it was. */
#include "../../apps/adit/control_request.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct adit_control_request request;
    const char *words[ADIT_CONTROL_WORDS];
    char line[ADIT_CONTROL_LINE_MAX];
    size_t len;

    if (!adit_control_request_parse((struct adit_span){ data, size }, &request))
        return 0;
    for (size_t i = 0; i < ADIT_CONTROL_WORDS; i++)
        words[i] = request.words[i];
    len = adit_control_request_print(request.verb, words, line);
    if (len != size + 1 || memcmp(line, data, size) != 0 || line[size] != '\n')
        abort();
    return 0;
}
