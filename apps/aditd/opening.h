/* SPDX-License-Identifier: BSD-2-Clause */
/* direct-tcpip: policy, name look-up, connection, relay (RFC 4254, 7.2). */
#ifndef ADITD_OPENING_H
#define ADITD_OPENING_H

#include "client.h"

/* Accepts or refuses the channel, now or later. */
void adit_opening_start(struct adit_client *client, struct adit_channel *channel,
                        const struct adit_channel_open_event *open);
/* The client is going: those that still connect are given up. */
void adit_openings_cancel(struct adit_client *client);

#endif
