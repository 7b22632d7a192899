/* SPDX-License-Identifier: BSD-2-Clause */
#include "connection/connection.h"

#include "base/span.h"

enum adit_err adit_connection_say(struct adit_channel *channel, struct adit_span bytes, bool *said)
{
    struct adit_writer w;

    *said = false;
    if (channel->state != ADIT_CHANNEL_IS_OPEN || channel->eof_sent || channel->close_sent)
        return ADIT_OK;
    if (bytes.len > channel->send_window || bytes.len > channel->send_packet_max) {
        channel->starved = true; /* so that more window is told of */
        return ADIT_OK;
    }
    w = adit_transport_message(channel->connection->transport);
    adit_write_byte(&w, SSH_MSG_CHANNEL_DATA);
    adit_write_uint32(&w, channel->peer_id);
    adit_write_string(&w, bytes);
    channel->send_window -= (uint32_t)bytes.len;
    *said = true;
    return adit_transport_send(channel->connection->transport, &w);
}
