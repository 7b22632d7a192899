/* SPDX-License-Identifier: BSD-2-Clause */
/* What each test of the library has: an sshd, an echo server, a runtime, and ears for callbacks. */
#ifndef ADIT_TESTS_LIBRARY_WORLD_H
#define ADIT_TESTS_LIBRARY_WORLD_H

#include "echo_peer.h"
#include "sshd_peer.h"

#define LONG_MS 60000 /* a deadline that no good run comes to */

struct world {
    struct sshd_peer sshd;
    struct echo_peer echo;
    struct adit_runtime *runtime;
    struct adit_tunnel_settings settings;
    struct adit_failure failure;

    pthread_mutex_t lock; /* over what callbacks write */
    pthread_cond_t changed;
    unsigned ended;
    struct adit_failure end;
    unsigned prompts;
    const char *answer;
    char log[8192];
    struct adit_tunnel *free_when_ended;
};

/* `sshd_config` is lines that stand above the usual ones. */
struct world *world_new(const char *sshd_config);
/* For cmocka: with the usual ones; and its end, for any of them. */
int world_set_up(void **state);
int world_tear_down(void **state);

void world_wait_for_end(struct world *w);
/* A line of the log that has `part` in it. */
void world_wait_for_line(struct world *w, const char *part);
/* For settings.prompt: gives w->answer to every question. */
bool world_answer(void *data, enum adit_prompt_kind kind, const char *text, char *answer,
                  size_t size);

struct adit_tunnel *world_open(struct world *w);
/* The text of the failure that opening must end in. */
const char *world_refused(struct world *w, enum adit_err err);
/* A connection through the tunnel to the echo server. */
int world_dial(struct world *w, struct adit_tunnel *tunnel);

/* -1: the port refused. */
int loopback_connect(uint16_t port);
bool says(const char *text, const char *part);
/* false: the bytes did not come back. For any thread: no assertion. */
bool echo_is_good(int fd, size_t size);
/* The same, then our end of data and the server's; closes it. */
void echo_to_the_end(int fd);

#endif
