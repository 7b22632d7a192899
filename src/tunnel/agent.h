/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's ssh-agent, where the settings or the environment say that there is one. */
#ifndef ADIT_TUNNEL_AGENT_H
#define ADIT_TUNNEL_AGENT_H

#include "tunnel/identities.h"

/* The socket's path, or NULL: there is none. Borrowed from the settings or the environment. */
const char *adit_agent_path(const struct adit_tunnel_settings *settings);

/*
 * Marks the identities whose keys the agent has, and adds its others to `into`,
 * which has room for ADIT_AGENT_KEYS_MAX more. No agent is no error. May block.
 */
#define ADIT_AGENT_KEYS_MAX 128
ADIT_MUST_USE enum adit_err adit_agent_add(const struct adit_tunnel_settings *settings,
                                           struct adit_user *user, struct adit_identities *into);

/* A signature of the agent's; blocks. What goes wrong is said in the log. */
ADIT_MUST_USE enum adit_err adit_agent_sign_with(const struct adit_tunnel_settings *settings,
                                                 struct adit_user *user,
                                                 const struct adit_identity *identity,
                                                 const char *algorithm, struct adit_span data,
                                                 struct adit_buffer *signature);

/* Whether the agent is to get the key that a login is about to be made with. */
bool adit_agent_wants(const struct adit_tunnel_settings *settings,
                      const struct adit_identity *identity);
/* Gives it to the agent, perhaps after asking the user; blocks. What comes of it is in the log. */
void adit_agent_keep(const struct adit_tunnel_settings *settings, struct adit_user *user,
                     const struct adit_identity *identity);

#endif
