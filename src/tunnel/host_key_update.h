/* SPDX-License-Identifier: BSD-2-Clause */
/* UpdateHostKeys: known_hosts is brought up to what the gateway says of its host keys. */
#ifndef ADIT_TUNNEL_HOST_KEY_UPDATE_H
#define ADIT_TUNNEL_HOST_KEY_UPDATE_H

#include "tunnel/tunnel.h"

/* The gateway tells of its keys: the files are looked through, and what is new is to be proved. */
void adit_host_key_update_offered(struct adit_tunnel *t, const struct adit_host_keys_event *event);
/* …and here is the proof, or not. */
void adit_host_key_update_proved(struct adit_tunnel *t, const struct adit_host_keys_event *event);
void adit_host_key_update_free(struct adit_host_key_update *update);

#endif
