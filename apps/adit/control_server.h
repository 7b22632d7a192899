/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers at the control sockets: threads of its own, so that whoever asks
 * holds up nothing but the answer.
 */
#ifndef ADIT_APP_CONTROL_SERVER_H
#define ADIT_APP_CONTROL_SERVER_H

#include "roster.h"

struct adit_control_server;

/*
 * `master_path` is that of -S, or NULL. A socket that cannot be had is said in
 * the log and done without. NULL: none of them.
 */
struct adit_control_server *adit_control_server_start(const struct adit_roster *roster,
                                                      const char *master_path);
/* Whether somebody has said "stop": the master is to end with its last connection. */
bool adit_control_server_is_stopping(struct adit_control_server *server);
/* Finishes the answers that are under way; the sockets are gone. */
void adit_control_server_stop(struct adit_control_server *server);

#endif
