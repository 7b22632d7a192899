/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpip-forward: the ports on which the gateway listens for its clients (RFC 4254, 7.1). */
#ifndef ADITD_FORWARD_H
#define ADITD_FORWARD_H

#include "client.h"

void adit_forward_request(struct adit_client *client, const struct adit_forward_event *request);
void adit_forward_cancel(struct adit_client *client, const struct adit_forward_event *request);
/* Closes every listener of the client; what was accepted lives on. */
void adit_forwards_close(struct adit_client *client);

#endif
