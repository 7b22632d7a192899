/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/surroundings.h"

#include "base/memory.h"
#include "net/clock_jump.h"
#include "net/network_change.h"
#include "tunnel/tunnel.h"

#include <stdlib.h>

struct adit_surroundings {
    struct adit_runtime *runtime;
    struct adit_network_watch *network; /* NULL: the system does not tell */
    struct adit_clock_watch *clock;
};

/* Being told ends no tunnel on the spot. */
static void network_changed(void *arg)
{
    const struct adit_surroundings *surroundings = arg;
    struct adit_list *tunnels = adit_runtime_tunnels(surroundings->runtime);

    for (struct adit_list *node = tunnels->next; node != tunnels; node = node->next)
        adit_tunnel_network_changed(ADIT_LIST_ENTRY(node, struct adit_tunnel, node));
}

static void overslept(void *arg, uint64_t gone_ms)
{
    const struct adit_surroundings *surroundings = arg;
    struct adit_list *tunnels = adit_runtime_tunnels(surroundings->runtime);

    for (struct adit_list *node = tunnels->next; node != tunnels; node = node->next)
        adit_tunnel_overslept(ADIT_LIST_ENTRY(node, struct adit_tunnel, node), gone_ms);
}

struct adit_surroundings *adit_surroundings_new(struct adit_runtime *runtime)
{
    struct adit_surroundings *surroundings = adit_new(sizeof *surroundings);
    struct adit_loop *loop = adit_runtime_loop(runtime);

    if (surroundings == NULL)
        return NULL;
    surroundings->runtime = runtime;
    (void)!adit_network_watch_new(loop, network_changed, surroundings, &surroundings->network);
    (void)!adit_clock_watch_new(loop, overslept, surroundings, &surroundings->clock);
    return surroundings;
}

void adit_surroundings_free(struct adit_surroundings *surroundings)
{
    if (surroundings == NULL)
        return;
    adit_network_watch_free(surroundings->network);
    adit_clock_watch_free(surroundings->clock);
    free(surroundings);
}
