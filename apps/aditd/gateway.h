/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gateway: its listeners, its clients, and what they share. One loop today.
 * A client reaches its loop through its link and what is shared through here,
 * so that more loops need no more than a lock around the latter.
 */
#ifndef ADITD_GATEWAY_H
#define ADITD_GATEWAY_H

#include "gateway_settings.h"
#include "log_sink.h"
#include "net/listen.h"
#include "net/signals.h"
#include "registry.h"
#include "startups.h"

#define ADIT_LISTENERS_MAX 64
#define ADIT_SIGNALS       3

struct adit_gateway {
    struct adit_loop *loop;
    struct adit_gateway_log *sink;
    const struct adit_log *log;
    const struct adit_options *options;
    struct adit_settings *settings; /* the newest */
    struct adit_span try_key;       /* --try: the blob of the one key that may log in */

    struct adit_listener *listeners[ADIT_LISTENERS_MAX];
    size_t listener_count;
    struct adit_signal *signals[ADIT_SIGNALS];
    struct adit_timer *stop_timer;
    bool stopping;

    struct adit_window_memory *window_memory; /* of all sessions */
    struct adit_registry registry;
    struct adit_startups startups;
    struct adit_list clients;
    size_t client_count;
    uint64_t drops_logged_ms;
    uint8_t delay_secret[32]; /* see login.c */
};

/* Takes the settings over, also on error. CRYPTO, NO_MEMORY, SYSTEM. */
ADIT_MUST_USE enum adit_err adit_gateway_new(const struct adit_options *options,
                                             struct adit_settings *settings,
                                             struct adit_gateway_log *sink,
                                             struct adit_gateway **out);
/* Listens on every address of the settings; some must work. SYSTEM with a sentence. */
ADIT_MUST_USE enum adit_err adit_gateway_listen(struct adit_gateway *gateway, char *text,
                                                size_t size);
/* The port of the first listener. */
uint16_t adit_gateway_port(const struct adit_gateway *gateway);
/* One session on stdin and stdout; the gateway stops after it. */
ADIT_MUST_USE enum adit_err adit_gateway_serve_stdio(struct adit_gateway *gateway);
/* Serves until SIGTERM or, in the foreground, SIGINT. */
void adit_gateway_run(struct adit_gateway *gateway);
void adit_gateway_free(struct adit_gateway *gateway);

/* A client is gone. */
void adit_gateway_client_ended(struct adit_gateway *gateway);

#endif
