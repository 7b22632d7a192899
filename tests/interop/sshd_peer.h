/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system's sshd for one test: on a free port of 127.0.0.1, with a folder
 * of its own for its configuration and keys, for the user who runs the test.
 */
#ifndef ADIT_TESTS_SSHD_PEER_H
#define ADIT_TESTS_SSHD_PEER_H

#include "adit/tunnel.h"

#include <sys/types.h>

#define SSHD_PEER_PATH_SIZE 128

struct sshd_peer {
    pid_t pid; /* 0: it does not run */
    uint16_t port;
    char user[64];
    char folder[64];
    char known_hosts[SSHD_PEER_PATH_SIZE]; /* knows its host key */
    char identity[SSHD_PEER_PATH_SIZE];    /* private key files that it lets in */
    char second_identity[SSHD_PEER_PATH_SIZE];
    struct adit_key *host_key;
    struct adit_key *user_key; /* the one in `identity` */
    struct adit_key *second_key;
};

/*
 * Starts it and waits until it answers; the test fails if it does not.
 * `extra` is lines of sshd_config that stand above its own.
 */
void sshd_peer_start(struct sshd_peer *peer, const char *extra);
/* With every connection that it has. */
void sshd_peer_kill(struct sshd_peer *peer);
/* Where it was, after it was killed. */
void sshd_peer_restart(struct sshd_peer *peer);
/* Kills it and removes its folder. */
void sshd_peer_stop(struct sshd_peer *peer);

/* Settings that log in there with `identity` and check the host key. */
void sshd_peer_settings(const struct sshd_peer *peer, struct adit_tunnel_settings *settings);

/* Writes a text to a file of the peer's folder, 0600; `path` gets its name. */
void sshd_peer_write(const struct sshd_peer *peer, const char *name, const char *text,
                     char path[static SSHD_PEER_PATH_SIZE]);

#endif
