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
    (void)pthread_mutex_init(&registry->lock, NULL);
    for (size_t i = 0; i < ADIT_REGISTRY_BUCKETS; i++)
        adit_list_init(&registry->buckets[i]);
}

void adit_registry_clear(struct adit_registry *registry)
{
    (void)pthread_mutex_destroy(&registry->lock);
}

static enum adit_claim judge(const struct adit_holder *holder, const struct adit_holder *asking)
{
    if (holder == asking)
        return ADIT_CLAIM_OWN;
    if (strcmp(holder->user, asking->user) != 0 ||
        strcmp(holder->fingerprint, asking->fingerprint) != 0)
        return ADIT_CLAIM_STRANGER;
    return holder->session < asking->session ? ADIT_CLAIM_OLD_SELF : ADIT_CLAIM_NEW_SELF;
}

/* With the lock held. */
static enum adit_claim find_conflict(struct adit_registry *registry,
                                     const struct adit_holding *wanted, struct adit_holder *other)
{
    struct adit_list *head = bucket(registry, wanted->port);
    enum adit_claim claim = ADIT_CLAIM_GRANTED;

    for (struct adit_list *node = head->next; node != head; node = node->next) {
        const struct adit_holding *held = ADIT_LIST_ENTRY(node, struct adit_holding, node);
        enum adit_claim verdict;

        if (held->port != wanted->port || !overlap(held->address, wanted->address))
            continue;
        verdict = judge(held->holder, wanted->holder);
        if (verdict > claim) {
            claim = verdict;
            *other = *held->holder;
        }
    }
    return claim;
}

enum adit_claim adit_registry_claim(struct adit_registry *registry, struct adit_holding *holding,
                                    struct adit_holder *other)
{
    enum adit_claim claim;

    (void)pthread_mutex_lock(&registry->lock);
    claim = find_conflict(registry, holding, other);
    if (claim == ADIT_CLAIM_GRANTED)
        adit_list_append(bucket(registry, holding->port), &holding->node);
    (void)pthread_mutex_unlock(&registry->lock);
    return claim;
}

void adit_registry_add(struct adit_registry *registry, struct adit_holding *holding)
{
    (void)pthread_mutex_lock(&registry->lock);
    adit_list_append(bucket(registry, holding->port), &holding->node);
    (void)pthread_mutex_unlock(&registry->lock);
}

void adit_registry_remove(struct adit_registry *registry, struct adit_holding *holding)
{
    (void)pthread_mutex_lock(&registry->lock);
    adit_list_remove(&holding->node);
    (void)pthread_mutex_unlock(&registry->lock);
}
