/* SPDX-License-Identifier: BSD-2-Clause */
/* A tunnel's own copy of its settings, with every default filled in. */
#ifndef ADIT_TUNNEL_SETTINGS_H
#define ADIT_TUNNEL_SETTINGS_H

#include "adit/tunnel.h"

/*
 * USAGE for settings that cannot be meant, with a sentence in *failure, which
 * may be NULL; NO_MEMORY. On error *to holds nothing.
 */
ADIT_MUST_USE enum adit_err adit_settings_copy(struct adit_tunnel_settings *to,
                                               const struct adit_tunnel_settings *from,
                                               struct adit_failure *failure);
/* How often a password or passphrase may be asked for. */
unsigned adit_settings_prompts(const struct adit_tunnel_settings *settings);
/* Frees the copy's texts and wipes the secret one. */
void adit_settings_clear(struct adit_tunnel_settings *settings);

#endif
