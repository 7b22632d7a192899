/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/transport.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdlib.h>

enum adit_err adit_transport_fault(struct adit_transport *t, enum adit_err err, const char *why)
{
    t->why = why;
    return err;
}

/*
 * Identification and KEXINIT go out together, before the peer's came: one round
 * trip less for every session.
 */
enum adit_err adit_transport_start(struct adit_transport *t)
{
    const struct adit_span line = adit_span_text(t->own_identification);
    enum adit_err err;
    uint8_t *room;

    t->held = adit_buffer_init(ADIT_HELD_MAX);
    err = adit_cipher_new_none(&t->in.cipher);
    if (!err)
        err = adit_cipher_new_none(&t->out.cipher);
    if (err)
        return err;
    room = adit_output_room(&t->output, t->buffers, line.len + 2);
    if (room == NULL)
        return ADIT_ERR_NO_MEMORY;
    memcpy(room, line.data, line.len);
    room[line.len] = '\r';
    room[line.len + 1] = '\n';
    adit_output_filled(&t->output, line.len + 2);
    return adit_kex_offer(t);
}

void adit_transport_clear(struct adit_transport *t)
{
    adit_kex_clear(&t->kex);
    adit_cipher_free(t->in.cipher);
    adit_cipher_free(t->out.cipher);
    adit_output_clear(&t->output, t->buffers);
    adit_buffer_clear(&t->held);
    adit_deflate_free(t->deflate);
    adit_inflate_free(t->inflate);
    free(t->kept);
    free(t->spent);
    free(t->own_identification);
    free(t->prelude);
    free(t->peer_identification);
}

uint64_t adit_transport_deadline(const struct adit_transport *t)
{
    switch (t->kex.step) {
    case ADIT_KEX_OFFERED:
    case ADIT_KEX_EXCHANGING:
    case ADIT_KEX_SWITCHING:
        return t->kex.deadline_ms;
    case ADIT_KEX_KEY_UNJUDGED: /* somebody is asked, who may take his time */
        return UINT64_MAX;
    case ADIT_KEX_IDLE:
        break;
    }
    return t->rekey_ms > UINT64_MAX - t->kex.done_ms ? UINT64_MAX : t->kex.done_ms + t->rekey_ms;
}
