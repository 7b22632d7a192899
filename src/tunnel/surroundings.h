/* SPDX-License-Identifier: BSD-2-Clause */
/* What all tunnels of a runtime want to know of the machine: that the network changed, that it slept. */
#ifndef ADIT_TUNNEL_SURROUNDINGS_H
#define ADIT_TUNNEL_SURROUNDINGS_H

#include "tunnel/runtime.h"

struct adit_surroundings;

/* Tells each tunnel of the runtime. NULL: there is no memory, and keepalives have to do. */
struct adit_surroundings *adit_surroundings_new(struct adit_runtime *runtime);
/* NULL is fine. */
void adit_surroundings_free(struct adit_surroundings *surroundings);

#endif
