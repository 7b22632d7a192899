/* SPDX-License-Identifier: BSD-2-Clause */
/* What a peer sends in an exchange. The first byte picks the method; the last one imports a group. */
#include "crypto/kex_group.h"
#include "wire/transport_messages.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void group(struct adit_span payload)
{
    struct adit_msg_kex_group msg;
    struct adit_kex_group *imported = NULL;
    struct adit_buffer text = adit_buffer_init(4096);

    if (adit_parse_kex_group(payload, &msg) == ADIT_OK &&
        adit_kex_group_import(msg.p, msg.g, &imported) == ADIT_OK &&
        adit_kex_group_write(imported, &text) != ADIT_OK)
        abort();
    adit_kex_group_free(imported);
    adit_buffer_clear(&text);
}

static void respond(const char *method, struct adit_span init)
{
    struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const enum adit_err err =
        adit_kex_respond(adit_kex_find(adit_span_text(method)), NULL, init, &reply, &shared);

    if ((err == ADIT_OK) != (shared.len != 0))
        abort();
    adit_buffer_clear(&reply);
    adit_buffer_clear(&shared);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = { "mlkem768x25519-sha256", "sntrup761x25519-sha512",
                                           "curve25519-sha256", "ecdh-sha2-nistp256" };
    uint8_t *copy;

    if (size < 2)
        return 0;
    copy = malloc(size - 1); /* exactly sized, so that one byte too many is seen */
    if (copy == NULL)
        return 0;
    memcpy(copy, data + 1, size - 1);
    if (data[0] < ADIT_ARRAY_LEN(methods))
        respond(methods[data[0]], adit_span_of(copy, size - 1));
    else
        group(adit_span_of(copy, size - 1));
    free(copy);
    return 0;
}
