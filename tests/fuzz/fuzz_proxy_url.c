/* SPDX-License-Identifier: BSD-2-Clause */
/* What is shown of a proxy that was read is read as the same proxy. */
#include "config/proxy_url.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char shown[ADIT_PROXY_SHOWN_SIZE];
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_url again;
    struct adit_proxy_url url;
    char *text = adit_text_copy(adit_span_of(data, size));

    if (text != NULL && adit_proxy_url_parse(text, &url, why) == ADIT_OK) {
        if (adit_proxy_url_parse(adit_proxy_url_shown(&url, shown), &again, why) != ADIT_OK ||
            again.kind != url.kind || again.port != url.port || strcmp(again.host, url.host) != 0)
            abort();
    }
    free(text);
    return 0;
}
