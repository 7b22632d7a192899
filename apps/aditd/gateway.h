/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gateway, as the main thread has it: where it listens, its signals, and the
 * workers that serve what was accepted.
 */
#ifndef ADITD_GATEWAY_H
#define ADITD_GATEWAY_H

#include "endpoints.h"
#include "gateway_settings.h"
#include "log_sink.h"
#include "net/signals.h"
#include "worker.h"

#define ADIT_SIGNALS 3

struct adit_gateway {
    struct adit_loop *loop;
    struct adit_gateway_log *sink;
    const struct adit_log *log;
    const struct adit_options *options;
    struct adit_settings *settings; /* the newest */
    uint64_t drops_logged_ms;

    struct adit_endpoints endpoints;
    struct adit_signal *signals[ADIT_SIGNALS];

    struct adit_shared shared; /* with the workers */
    struct adit_worker *workers;
    size_t worker_count;
    size_t last_worker;  /* that got a session */
    size_t idle_workers; /* that have told so */

    struct adit_timer *stop_timer;
    bool stopping;
    bool gave_up; /* on sessions that would not end */
};

/*
 * Takes the settings over, also on error, and starts the workers' threads, so
 * nothing may fork after it. CRYPTO, NO_MEMORY, SYSTEM.
 */
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

#endif
