/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of RFC 4254 with whatever the test puts into them. */
#ifndef SIM_HOSTILE_CHANNELS_H
#define SIM_HOSTILE_CHANNELS_H

#include "sim/hostile.h"

/* Asks for a channel to or from port 3306 of "db". */
void hostile_open(struct side *from, const char *type, uint32_t id, uint32_t window,
                  uint32_t packet_max);
/* Number, recipient channel, then as many uint32 of `value` as the message has. */
void hostile_channel(struct side *from, uint8_t number, uint32_t channel, uint32_t value);
/* CHANNEL_DATA or CHANNEL_EXTENDED_DATA. */
void hostile_data(struct side *from, uint8_t number, uint32_t channel, size_t len);
void hostile_global_request(struct side *from, const char *name, bool want_reply);
void hostile_channel_request(struct side *from, uint32_t channel, const char *type,
                             bool want_reply);

#endif
