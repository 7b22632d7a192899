/* SPDX-License-Identifier: BSD-2-Clause */
/* One client's session, from its first byte to its line in the log about its end. */
#ifndef ADITD_CLIENT_H
#define ADITD_CLIENT_H

#include "net/link.h"
#include "net/relay.h"
#include "policy.h"
#include "users.h"
#include "worker.h"

struct adit_login_job;

struct adit_client {
    struct adit_list node; /* among the worker's clients */
    struct adit_worker *worker;
    struct adit_settings *settings; /* those it was born with; its session borrows from them */
    struct adit_link *link;
    char host[64]; /* of the peer, numeric */
    uint64_t started_ms;
    bool has_startup_slot;
    bool logged_in;
    bool ending;
    const char *end_text; /* why we ended it; NULL: we did not */

    struct adit_user_session place;       /* among those of its user, which others may touch */
    bool has_place;                       /* …and whether it stands there */
    struct adit_holder who;               /* as the last good answer about a login said */
    struct adit_key_options *key_options; /* NULL: no key, or --try */
    struct adit_login_job *job;           /* a login being judged */
    struct adit_timer *answer;            /* a refusal that waits for its time */
    unsigned tries;                       /* refused ones */
    char refusal[256];                    /* why the last one was */

    struct adit_list forwards; /* struct adit_forward */
    struct adit_list asked;    /* struct asked, see asked.c */
    struct adit_list openings; /* struct adit_opening */
    uint64_t sent;             /* to the client */
    uint64_t received;

    uint64_t refusals_since_ms; /* lines about refusals are counted by the second */
    unsigned refusals;
};

/*
 * Takes the sockets over, also on error, one startup slot that was admitted, and
 * its place in the worker's load.
 */
void adit_client_start(struct adit_worker *worker, const struct adit_client_socket *socket);

/* The session of that number; NULL: it is gone, or about to go. */
struct adit_client *adit_client_find(const struct adit_worker *worker, uint64_t session);

/* Gives back what others may wait for and disconnects with `text`, which is static. */
void adit_client_end(struct adit_client *client, const char *text);

/* What may this client do, by the newest configuration and the key it signed with. */
struct adit_policy adit_client_policy(const struct adit_client *client);

/* "user=… key=… from=…", or less where less is known. */
const char *adit_client_name(const struct adit_client *client, char *out, size_t size);
/* The same for one that has logged in, whosever it is. */
const char *adit_holder_name(const struct adit_holder *holder, char *out, size_t size);

/* A line about something that was refused, so many a second and no more. */
void adit_client_log_refusal(struct adit_client *client, const char *text);

/* For adit_relay_start(): counts what it carried; `arg` is the client. */
void adit_client_relay_ended(void *arg, const struct adit_relay_counts *counts);

#endif
