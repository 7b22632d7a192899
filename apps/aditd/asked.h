/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client asks about its listeners, in its order: answers have no names,
 * so while one of them waits the next ones must too (RFC 4254, 4).
 */
#ifndef ADITD_ASKED_H
#define ADITD_ASKED_H

#include "client.h"

/* A request to listen, or to stop it. May end the client, out of memory. */
void adit_asked(struct adit_client *client, const struct adit_forward_event *request, bool cancel);
/* What the first one waited for has happened. */
void adit_asked_go_on(struct adit_client *client);
/* The client is going: nobody waits for answers. */
void adit_asked_forget(struct adit_client *client);

#endif
