/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte picks host and port, the rest is the file. */
#include "keys/known_hosts.h"

#include "base/span.h"
#include "keys/known_update.h"
#include "keys/public_line.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of the seeds: type name and 32 bytes. */
static const uint8_t key_blob[] = {
    0,    0,    0,    11,   's',  's',  'h',  '-',  'e',  'd',  '2',  '5',  '5',
    '1',  '9',  0,    0,    0,    32,   0xd1, 0xd7, 0x4c, 0xe2, 0x96, 0xb9, 0x57,
    0x19, 0xd5, 0xa5, 0xb3, 0x65, 0x97, 0x49, 0xb6, 0xea, 0xa1, 0x60, 0x99, 0xcf,
    0x08, 0x21, 0xad, 0x62, 0x5c, 0x02, 0x9c, 0x7f, 0x21, 0x28, 0x34, 0x3b,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *host;
        uint16_t port;
    } places[] = { { "host", 22 }, { "host.example", 22 }, { "host.example", 2222 }, { "::1", 1 } };
    const size_t place = size ? data[0] % ADIT_ARRAY_LEN(places) : 0;
    const struct adit_span key = adit_span_of(key_blob, sizeof key_blob);
    const char *host = places[place].host;
    const uint16_t port = places[place].port;
    struct adit_buffer types = adit_buffer_init(256);
    struct adit_buffer stripped = adit_buffer_init(size);
    struct adit_known_update update = { .count = 1 };
    struct adit_known_result result;
    struct adit_span text;

    if (size == 0)
        return 0;
    text = adit_span_of(data + 1, size - 1);
    if (adit_known_hosts_check(text, host, port, key, &result) != ADIT_OK ||
        (result.verdict == ADIT_KNOWN_UNKNOWN) != (result.line == 0) ||
        (result.host_has_other && result.verdict != ADIT_KNOWN_UNKNOWN))
        abort();
    update.offered[0] = key;
    if (adit_known_update_look(&update, text, host, port) != ADIT_OK ||
        adit_known_update_strip(&update, text, host, port, &stripped) != ADIT_OK ||
        (update.stale == 0) != (stripped.len == text.len))
        abort();
    adit_buffer_clear(&stripped);
    if (adit_known_hosts_types(text, host, port, &types) != ADIT_OK ||
        (result.verdict == ADIT_KNOWN_MATCH && types.len == 0))
        abort();
    adit_buffer_clear(&types);
    return 0;
}
