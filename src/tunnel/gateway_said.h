/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the gateway says in SSH_MSG_DEBUG (RFC 4253, 11.3). A refusal to listen has
 * no text on the wire; what our user was to be told while we waited for it is taken
 * for its reason. (sshd's remarks are not for the user, and come whenever they like.)
 */
#ifndef ADIT_TUNNEL_GATEWAY_SAID_H
#define ADIT_TUNNEL_GATEWAY_SAID_H

#include "adit/ssh.h"

struct adit_tunnel;

#define ADIT_SAID_SIZE 320

/* Of one connection to the gateway; printable. */
struct adit_gateway_said {
    char reason[ADIT_SAID_SIZE]; /* of the next answer about a listener; "": none */
    unsigned shown;              /* to the user, without having been asked for */
};

void adit_gateway_said(struct adit_tunnel *t, const struct adit_event *event);
/* After an answer about a listener: the reason was for this one. */
void adit_gateway_said_answered(struct adit_tunnel *t, bool accepted);

#endif
