/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a session whose key has come back, wherever it lives. */
#ifndef ADITD_TAKEOVER_H
#define ADITD_TAKEOVER_H

#include "client.h"

/*
 * Ends the session of `old`, and its listeners. True: that is done. False: it is
 * another worker's, who will do it; then `done(client)` is called, unless the
 * client is ending by then. One at a time for a client. NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_takeover(struct adit_client *client, const struct adit_holder *old,
                                          void (*done)(struct adit_client *client), bool *is_done);

#endif
