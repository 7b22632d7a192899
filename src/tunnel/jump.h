/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnel that another one goes through: ssh's jump host, in the same runtime. */
#ifndef ADIT_TUNNEL_JUMP_H
#define ADIT_TUNNEL_JUMP_H

#include "net/dial.h"

struct adit_tunnel;
struct adit_jump;

/*
 * Opens t->settings.jump and a way through it to the tunnel's host. `done` comes
 * once, as that of a dial, and never from inside this call; when it brings a
 * descriptor, the jump lasts until it is ended, or else it is gone.
 */
ADIT_MUST_USE enum adit_err adit_jump_start(struct adit_tunnel *t, adit_dial_fn *done,
                                            struct adit_jump **out);
/*
 * Closes it; `done` does not come any more. It is gone when the tunnel's pointer
 * to it is NULL, and the tunnel must last until then.
 */
void adit_jump_end(struct adit_jump *jump);

/* The tunnel of the jump host; NULL while it is being opened or closed. `jump` may be NULL, too. */
struct adit_tunnel *adit_jump_hop(const struct adit_jump *jump);

enum { ADIT_JUMP_TEXT_SIZE = 1024 };
/* Why its connection has ended; "" while it is up, or is being opened or closed. */
void adit_jump_describe_end(const struct adit_jump *jump, char text[static ADIT_JUMP_TEXT_SIZE]);

#endif
