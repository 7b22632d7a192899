/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One loop and the sessions that live on it: they are born, served and ended
 * there and nowhere else. With more than one worker each has a thread of its
 * own; a single one is served by the main thread (docs/decisions/0019).
 */
#ifndef ADITD_WORKER_H
#define ADITD_WORKER_H

#include "gateway_settings.h"
#include "log_sink.h"
#include "net/turn.h"
#include "net/work.h"
#include "refusal_time.h"
#include "registry.h"
#include "startups.h"
#include "user_sessions.h"

#include <pthread.h>
#include <sys/socket.h>

/* What all workers see. It does not change while they run, or looks after itself. */
struct adit_shared {
    const struct adit_options *options;
    struct adit_span try_key; /* --try: the blob of the one key that may log in */
    uint8_t delay_secret[ADIT_DELAY_SECRET_SIZE];
    struct adit_window_memory *window_memory; /* of all sessions */
    struct adit_registry registry;
    struct adit_startups startups;
    struct adit_user_sessions user_sessions;
    uint64_t sessions; /* so many there were, for the main thread: the number of the newest */
};

struct adit_worker {
    struct adit_shared *shared;
    struct adit_loop *loop;

    /* Its own thread's: */
    struct adit_log log;            /* with the level of these settings: */
    struct adit_settings *settings; /* the newest */
    struct adit_list clients;
    struct adit_work_line hashes; /* of passwords */
    bool ending;
    bool told_idle;

    /* The main thread's: */
    pthread_t thread;
    bool has_thread;

    /* Any thread's: */
    atomic_size_t load;          /* sessions that it has, or is about to get */
    struct adit_loop *main_loop; /* where posts to the main thread go */
    struct adit_post idle;
    struct adit_post end_all;
    struct adit_post stop;
};

/*
 * `settings` are referred to once more. `idle` is posted to the main loop when
 * the last session has ended and no other will come.
 */
void adit_worker_init(struct adit_worker *worker, struct adit_shared *shared,
                      struct adit_settings *settings, const struct adit_log *log,
                      struct adit_loop *main_loop, void (*idle)(struct adit_post *post));
/* A loop and a thread of its own; without, it lives on the main loop. SYSTEM, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_worker_start(struct adit_worker *worker);
/* Waits for the thread, which leaves what it is at. Harmless if there is none. */
void adit_worker_join(struct adit_worker *worker);
/* After every worker has been joined: they may have sent each other something. */
void adit_worker_clear(struct adit_worker *worker);

/* What becomes of the sockets and whose they are. */
struct adit_client_socket {
    int in;
    int out;
    const struct sockaddr *peer; /* NULL: not known */
    uint64_t session;            /* its number; a newer session has a higher one */
};

/* From the main thread: a connection that was admitted, and gets its number here. Takes it over. */
void adit_worker_take(struct adit_worker *worker, struct adit_client_socket socket);
/* From the main thread, once: ends every session. */
void adit_worker_end_sessions(struct adit_worker *worker);
/*
 * From the main thread: new settings for each of them, and the log's new level;
 * `done` is called there when all have them. NO_MEMORY: none gets them.
 */
ADIT_MUST_USE enum adit_err adit_workers_renew(struct adit_worker *workers, size_t count,
                                               struct adit_settings *settings,
                                               enum adit_log_level level,
                                               void (*done)(struct adit_shared *shared));

/* From its own thread: one of those counted in `load` is gone. */
void adit_worker_session_ended(struct adit_worker *worker);

#endif
