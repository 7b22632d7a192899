/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client engine and a server engine joined in memory by two byte queues. Time
 * and the way the bytes are cut are the test's; both are the same in every run
 * with the same seed. What happens is written down as a transcript.
 */
#ifndef SIM_PAIR_H
#define SIM_PAIR_H

#include "adit/ssh.h"
#include "base/buffer.h"

struct pair;

/* One side of it. */
struct side {
    struct pair *pair;
    const char *name; /* "client", "server": begins each line of the transcript */
    struct adit_buffers *buffers;
    struct adit_session *session;
    struct adit_buffer inbox; /* on its way to this side */
    size_t inbox_at;
    uint64_t events[32]; /* how many of each type came */
    uint64_t bytes_received;
    uint64_t hash_received;       /* of all CHANNEL_DATA, in order (FNV-1a) */
    struct adit_channel *channel; /* the last one that opened or was asked for */
    enum adit_err ended;
    char ended_text[1024];
};

struct pair_settings {
    uint64_t seed;
    size_t chunk_max; /* bytes handed over at once: 1 to this, by chance; 0: all there is */
    struct adit_session_settings client;
    struct adit_session_settings server;
    const char *password; /* client logs in with it instead of the key */
    bool probe_first;
    bool leave_login;    /* the client's tries are made by on_event */
    bool leave_verdicts; /* and the server's verdicts on them */
    bool refuse_host_key;
    enum adit_verdict verdict; /* of the server about every login; default YES after init */
    bool hold_channels;        /* server: channels asked for are neither accepted nor refused */
    bool keep_credit;          /* data that came is not consumed */
    /* Told of each event after the pair's own reaction to it; may be NULL. */
    void (*on_event)(struct side *side, const struct adit_event *event);
    void *user_data;
};

struct pair {
    struct pair_settings settings;
    struct side client;
    struct side server;
    uint64_t now_ms;
    uint64_t random;
    struct adit_key *host_key;
    const struct adit_key *host_keys[1];
    struct adit_key *user_key;
    struct adit_buffer transcript;
};

/* Defaults: ed25519 host and user keys, everything accepted. */
void pair_settings_init(struct pair_settings *settings);
/* Fails the test when it cannot be made. */
struct pair *pair_new(const struct pair_settings *settings);
void pair_free(struct pair *pair);

/* Hands bytes and events to and fro until nothing moves. Fails the test if that never ends. */
void pair_run(struct pair *pair);
/* The same for one side alone; what it sends is lost. */
void pair_run_alone(struct side *side);
/* Lets time pass, step by step, as the deadlines ask for. */
void pair_advance(struct pair *pair, uint64_t ms);
/* Runs until both sides are logged in; fails the test otherwise. */
void pair_log_in(struct pair *pair);
/* Opens a direct-tcpip channel from client to server, accepted. */
void pair_open_channel(struct pair *pair);
/* Sends `len` bytes of a known pattern on the side's channel, as far as windows let; returns how
 * many went. `*hash` goes on over them. */
size_t pair_send(struct side *side, size_t len, uint64_t *hash);

uint64_t pair_random(struct pair *pair, uint64_t bound);
#define PAIR_HASH_START UINT64_C(0xcbf29ce484222325)

#endif
