/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys that a login may use, from memory, from an agent and from files, in the order of use. */
#ifndef ADIT_TUNNEL_IDENTITIES_H
#define ADIT_TUNNEL_IDENTITIES_H

#include "base/buffer.h"
#include "tunnel/user.h"

struct adit_identity {
    struct adit_span blob;      /* what is offered; empty: not even that is known */
    const struct adit_key *key; /* the private half; NULL: in the agent, or locked */
    struct adit_key *own;       /* the same, when it is ours to free */
    struct adit_buffer held;    /* of `blob`, when it is not the key's */
    const char *path;           /* of the settings; NULL: the key came from memory or an agent */
    char *comment;              /* the agent's; NULL: it is from elsewhere */
    struct adit_buffer plain;   /* of a certificate: the key's own blob; else empty */
    bool in_agent;              /* which signs with it */
    bool agent_has_plain;       /* …under the key's own blob */
    bool locked;                /* the private half is in an encrypted file, not read yet */
    bool unopened;              /* …because no passphrase that was given was right */
    bool tried;
    bool given;    /* to the agent, or not, by AddKeysToAgent */
    unsigned rank; /* the lowest first */
};

struct adit_identities {
    struct adit_identity *items;
    size_t count;
};

/*
 * Reads the key files and asks the agent; may block. A file that is missing or
 * cannot be used is passed over with a line in the log, or, where the settings
 * require them, is the failure. The order is ssh's: keys from memory, keys of
 * the files that the agent has, the agent's others, the other files.
 */
ADIT_MUST_USE enum adit_err adit_identities_read(const struct adit_tunnel_settings *settings,
                                                 struct adit_user *user,
                                                 struct adit_identities *out,
                                                 struct adit_failure *failure);
void adit_identities_clear(struct adit_identities *identities);

/*
 * Asks for the passphrase and reads the private half; may block. false: there
 * is none, or it is not the one of the public half; the log says so.
 */
bool adit_identity_unlock(struct adit_identity *identity, struct adit_user *user, unsigned tries);

/* The key of one file is good for every identity with that path: nobody is asked twice. */
void adit_identities_unlocked(struct adit_identities *identities,
                              const struct adit_identity *unlocked);

/* "key PATH", or its kind and fingerprint. Returns `out`. */
const char *adit_identity_text(const struct adit_identity *identity, char *out, size_t size);

#endif
