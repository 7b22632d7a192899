/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/script.h"

#include "base/span.h"
#include "session/session.h"
#include "sim/pair.h"

enum { STEPS_MAX = 64 };

static void inject(struct side *from, struct adit_span payload)
{
    struct adit_transport *t = &from->session->transport;
    struct adit_writer w = adit_transport_message(t);

    if (payload.len == 0 || from->session->err)
        return;
    adit_write_bytes(&w, payload);
    (void)!adit_transport_send(t, &w);
}

static void call_driver(struct side *side, uint8_t which)
{
    const struct adit_channel_open_event open = { ADIT_CHANNEL_DIRECT_TCPIP, adit_span_text("db"),
                                                  3306, adit_span_text("::1"), 1 };
    uint64_t hash = 0;

    switch (which % 7) {
    case 0:
        (void)!adit_session_open_channel(side->session, &open, NULL, &side->channel);
        break;
    case 1:
        if (side->channel)
            (void)pair_send(side, 40000, &hash);
        break;
    case 2:
        if (side->channel)
            adit_channel_send_eof(side->channel);
        break;
    case 3:
        if (side->channel)
            adit_channel_close(side->channel);
        side->channel = NULL;
        break;
    case 4:
        adit_session_rekey(side->session);
        break;
    case 5:
        (void)!adit_session_forward(side->session, "localhost", which, false, NULL);
        break;
    case 6:
        adit_session_forward_verdict(side->session, which & 8, which);
        break;
    }
}

void script_run(const uint8_t *data, size_t size, enum adit_role victim)
{
    struct pair_settings settings;
    struct pair *pair;
    struct side *target;
    struct side *peer;
    unsigned steps = 0;

    pair_settings_init(&settings);
    settings.client.alive_interval_ms = 5000;
    settings.server.alive_interval_ms = 5000;
    settings.hold_channels = size && data[0] & 1;
    pair = pair_new(&settings);
    target = victim == ADIT_CLIENT ? &pair->client : &pair->server;
    peer = victim == ADIT_CLIENT ? &pair->server : &pair->client;
    pair_run(pair);
    while (size && steps++ < STEPS_MAX) {
        const uint8_t what = *data++;
        size_t len;

        size--;
        if (what & 0x80 && size >= 2) {
            len = (size_t)data[0] << 8 | data[1];
            data += 2;
            size -= 2;
            len = len < size ? len : size;
            inject(peer, adit_span_of(data, len));
            data += len;
            size -= len;
        } else if (what & 0x40) {
            pair_advance(pair, UINT64_C(1) << (what & 15));
        } else {
            call_driver(what & 0x20 ? target : peer, what & 31);
        }
        pair_run(pair);
    }
    pair_free(pair);
}
