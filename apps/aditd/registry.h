/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who listens where for a client. Two holdings conflict when a connection
 * could be meant for either: same port, and addresses that overlap. Any thread
 * may ask; a place is claimed in one step, before it is bound.
 */
#ifndef ADITD_REGISTRY_H
#define ADITD_REGISTRY_H

#include "adit/key.h"
#include "base/list.h"
#include "users.h"

#include <pthread.h>

#define ADIT_REGISTRY_BUCKETS 1024
#define ADIT_PEER_SIZE        80

struct adit_worker;

/* What a session shows to the others; it stays as it is while the session holds anything. */
struct adit_holder {
    struct adit_worker *worker; /* that the session lives on */
    uint64_t session;           /* its number; a newer session has a higher one */
    char user[ADIT_USER_SIZE];
    char fingerprint[ADIT_FINGERPRINT_SIZE]; /* "": no key */
    char peer[ADIT_PEER_SIZE];
};

/* Part of its owner's struct, which takes it out before it goes. */
struct adit_holding {
    struct adit_list node;
    const char *address; /* as bound: NULL loopback, "" all; with port 0 the path of a socket */
    uint16_t port;
    const struct adit_holder *holder;
};

struct adit_registry {
    pthread_mutex_t lock; /* over the rest */
    struct adit_list buckets[ADIT_REGISTRY_BUCKETS];
};

/* Of several conflicts the last of these counts. */
enum adit_claim {
    ADIT_CLAIM_GRANTED,
    ADIT_CLAIM_OLD_SELF, /* an older session of the same user and key */
    ADIT_CLAIM_OWN,      /* the session itself holds it already */
    ADIT_CLAIM_NEW_SELF, /* a newer one, to which the key has come back */
    ADIT_CLAIM_STRANGER,
};

void adit_registry_init(struct adit_registry *registry);
void adit_registry_clear(struct adit_registry *registry);

/*
 * Adds the holding unless something conflicts with it; then *other is a copy of
 * who holds that.
 */
enum adit_claim adit_registry_claim(struct adit_registry *registry, struct adit_holding *holding,
                                    struct adit_holder *other);
/* For a port that the system has chosen: adds the holding. */
void adit_registry_add(struct adit_registry *registry, struct adit_holding *holding);
/* Harmless for one that is not in it. */
void adit_registry_remove(struct adit_registry *registry, struct adit_holding *holding);

#endif
