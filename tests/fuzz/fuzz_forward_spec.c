/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte picks the kind. What was read must print and read back the same. */
#include "config/forward_spec.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const struct adit_forward_spec *a, const struct adit_forward_spec *b)
{
    return a->bind_given == b->bind_given && strcmp(a->bind, b->bind) == 0 &&
           a->bind_port == b->bind_port && strcmp(a->host, b->host) == 0 && a->port == b->port;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_buffer out = adit_buffer_init(4096);
    struct adit_forward_spec spec;
    struct adit_forward_spec again;
    char why[64];
    uint8_t *space;

    if (size == 0 ||
        adit_forward_spec_parse(adit_span_of(data + 1, size - 1), data[0] % 3, &spec, why,
                                sizeof why) ||
        adit_forward_spec_print(&spec, &out))
        return 0;
    space = memchr(out.data, ' ', out.len);
    if (space)
        *space = ':';
    else if (spec.host[0])
        abort();
    if (adit_forward_spec_parse(adit_buffer_span(&out), data[0] % 3, &again, why, sizeof why) ||
        !is_same(&spec, &again))
        abort();
    adit_buffer_clear(&out);
    return 0;
}
