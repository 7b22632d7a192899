/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

static bool is_all(const char *address)
{
    return address && (*address == '\0' || strcmp(address, "*") == 0 ||
                       strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0);
}

static bool is_loopback(const char *address)
{
    return address == NULL || strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0 ||
           strcasecmp(address, "localhost") == 0;
}

static bool overlap(const char *a, const char *b)
{
    if (adit_is_path(a) || adit_is_path(b))
        return a && b && strcmp(a, b) == 0;
    if (is_all(a) || is_all(b))
        return true;
    if (a == NULL || b == NULL)
        return is_loopback(a) && is_loopback(b);
    return strcasecmp(a, b) == 0;
}

static struct adit_list *bucket(struct adit_registry *registry, uint16_t port)
{
    return &registry->buckets[port % ADIT_REGISTRY_BUCKETS];
}

void adit_registry_init(struct adit_registry *registry)
{
    for (size_t i = 0; i < ADIT_REGISTRY_BUCKETS; i++)
        adit_list_init(&registry->buckets[i]);
}

void adit_registry_add(struct adit_registry *registry, struct adit_holding *holding)
{
    adit_list_append(bucket(registry, holding->port), &holding->node);
}

void adit_registry_remove(struct adit_holding *holding)
{
    adit_list_remove(&holding->node);
}

struct adit_holding *adit_registry_conflict(struct adit_registry *registry, const char *address,
                                            uint16_t port, const struct adit_holding *after)
{
    struct adit_list *head = bucket(registry, port);
    struct adit_list *node = after ? after->node.next : head->next;

    for (; node != head; node = node->next) {
        struct adit_holding *holding = ADIT_LIST_ENTRY(node, struct adit_holding, node);

        if (holding->port == port && overlap(holding->address, address))
            return holding;
    }
    return NULL;
}
