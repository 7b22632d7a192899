/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte says which table, the next 36 the ends that are looked for; then comes the row. */
#include "net/peer_ends.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_ends ends = { 0 };
    uint32_t user = 0;
    size_t at = 1;

    if (size < 1 + 2 * (sizeof ends.local.address + sizeof ends.local.port))
        return 0;
    memcpy(ends.local.address, data + at, sizeof ends.local.address);
    at += sizeof ends.local.address;
    memcpy(&ends.local.port, data + at, sizeof ends.local.port);
    at += sizeof ends.local.port;
    memcpy(ends.remote.address, data + at, sizeof ends.remote.address);
    at += sizeof ends.remote.address;
    memcpy(&ends.remote.port, data + at, sizeof ends.remote.port);
    at += sizeof ends.remote.port;
    if (adit_peer_row_read(adit_span_of(data + at, size - at), &ends, data[0] & 1, &user) &&
        user != 0)
        abort();
    user = 0;
    if (adit_peer_diag_read(adit_span_of(data + at, size - at), &ends, &user) && user != 0)
        abort();
    return 0;
}
