/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who listens where for a client. Two holdings conflict when a connection
 * could be meant for either: same port, and addresses that overlap.
 */
#ifndef ADITD_REGISTRY_H
#define ADITD_REGISTRY_H

#include "adit/adit.h"
#include "base/list.h"

#define ADIT_REGISTRY_BUCKETS 1024

/* Part of its owner's struct, which takes it out before it goes. */
struct adit_holding {
    struct adit_list node;
    const char *address; /* as bound: NULL loopback, "" all; with port 0 the path of a socket */
    uint16_t port;
    void *holder;
};

struct adit_registry {
    struct adit_list buckets[ADIT_REGISTRY_BUCKETS];
};

void adit_registry_init(struct adit_registry *registry);
void adit_registry_add(struct adit_registry *registry, struct adit_holding *holding);
void adit_registry_remove(struct adit_holding *holding);

/* The first holding behind `after` (NULL: from the start) that conflicts, or NULL. */
struct adit_holding *adit_registry_conflict(struct adit_registry *registry, const char *address,
                                            uint16_t port, const struct adit_holding *after);

#endif
