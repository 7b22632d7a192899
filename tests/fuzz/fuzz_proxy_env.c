/* SPDX-License-Identifier: BSD-2-Clause */
/* NO_PROXY and a host, a newline between them. A list that ends in the host itself exempts it. */
#include "net/proxy_env.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *list = adit_text_copy(adit_span_of(data, size));
    char *host = list ? strchr(list, '\n') : NULL;
    char *longer = NULL;

    if (host != NULL) {
        *host++ = '\0';
        (void)adit_proxy_is_exempt(list, host);
        if (host[0] != '\0' && strpbrk(host, ", \t\n.:[]") == NULL &&
            asprintf(&longer, "%s,%s", list, host) >= 0 && !adit_proxy_is_exempt(longer, host))
            abort();
    }
    free(longer);
    free(list);
    return 0;
}
