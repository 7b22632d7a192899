/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate, parsed, and judged as a user's and as a host's. */
#include "base/span.h"
#include "keys/certificate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "tunnel" };
    const struct adit_span blob = adit_span_of(data, size);
    struct adit_buffer plain = adit_buffer_init(size + 64);
    struct adit_certificate certificate;
    struct adit_certificate_use use = {
        .type = size % 2 ? ADIT_CERTIFICATE_USER : ADIT_CERTIFICATE_HOST,
        .now = 1700000000,
        .names = names,
        .name_count = 1,
        .address = "192.0.2.1",
        .ca_algorithms = "ssh-ed25519,rsa-sha2-256,ecdsa-sha2-nistp256",
    };
    char why[128];

    if (adit_certificate_parse(blob, &certificate) != ADIT_OK)
        return 0;
    if (!adit_blob_is_certificate(blob) || adit_blob_plain(blob, &plain) != ADIT_OK)
        abort();
    (void)!adit_certificate_check(&certificate, &use, why, sizeof why);
    adit_buffer_clear(&plain);
    return 0;
}
