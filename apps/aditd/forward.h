/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpip-forward: the ports on which the gateway listens for its clients (RFC 4254, 7.1). */
#ifndef ADITD_FORWARD_H
#define ADITD_FORWARD_H

#include "client.h"

/* Bytes of an address or path that can be listened on, with its NUL; longer ones are refused. */
#define ADIT_FORWARD_ADDRESS_SIZE 256

/*
 * Both give the answer to the oldest question that has none. False: an old
 * session must end first; then adit_asked_go_on() is called, to ask again.
 */
bool adit_forward_listen(struct adit_client *client, const struct adit_forward_event *request);
void adit_forward_cancel(struct adit_client *client, const struct adit_forward_event *request);
/* Closes every listener of the client; what was accepted lives on. */
void adit_forwards_close(struct adit_client *client);

#endif
