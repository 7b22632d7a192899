/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inside of a tunnel. All of it but `settings`, `user` and `runtime` is
 * touched by the loop's thread only, or by the one errand that runs for it.
 */
#ifndef ADIT_TUNNEL_TUNNEL_H
#define ADIT_TUNNEL_TUNNEL_H

#include "config/alternative_host.h"
#include "net/link.h"
#include "net/listen.h"
#include "net/relay.h"
#include "net/route.h"
#include "tunnel/gateway_said.h"
#include "tunnel/guard.h"
#include "tunnel/host_key.h"
#include "tunnel/jump.h"
#include "tunnel/login.h"
#include "tunnel/runtime.h"
#include "tunnel/supervise.h"
#include "tunnel/thread.h"
#include "tunnel/user.h"

enum adit_stage {
    ADIT_STAGE_IDLE,
    ADIT_STAGE_WAITING,     /* for the next attempt, and for the rest of the one before */
    ADIT_STAGE_PREPARING,   /* keys and known_hosts are read */
    ADIT_STAGE_CONNECTING,  /* name look-up and TCP */
    ADIT_STAGE_IDENTIFYING, /* the gateway's identification is waited for */
    ADIT_STAGE_EXCHANGING,  /* first key exchange, the host key is judged */
    ADIT_STAGE_LOGIN,
    ADIT_STAGE_UP,
    ADIT_STAGE_CLOSING, /* nothing new; what is open may finish */
    ADIT_STAGE_ENDING,  /* the link is flushed, errands are waited for */
    ADIT_STAGE_ENDED,
    ADIT_STAGES,
};

struct adit_auth {
    struct adit_login login;
    struct adit_buffer can_continue;      /* of the last refusal */
    struct adit_buffer challenge;         /* what the agent is to sign… */
    const char *algorithm;                /* …and how */
    struct adit_buffer signature;         /* result of an errand; empty: there is none */
    struct adit_interactive *interactive; /* a round of prompts that the user is asked; or NULL */
    bool probed;                          /* the server said that it would take the current key */
    bool unlocked;                        /* result of an errand */
    bool answered;                        /* result of an errand */
    char answer[ADIT_ANSWER_SIZE];
};

struct adit_host_key_update;

/* One attempt to connect and what comes of it. The next one begins with all of this empty. */
struct adit_attempt {
    struct adit_route *route; /* this one, or */
    struct adit_jump *jump;
    struct adit_link *link;
    uint64_t exchange_due_ms; /* the answers up to the host key must have come by then */
    void (*errand_done)(struct adit_tunnel *t); /* not NULL: a thread works for this attempt */
    bool prepared;
    struct adit_failure prepare_failure;
    char *host_keys; /* proposal, known types first; NULL: the default */
    struct adit_buffer host_key;
    struct adit_host_key_judgement judgement;
    struct adit_host_key_update *update; /* NULL: the gateway has not told of its keys */
    struct adit_auth auth;
    struct adit_gateway_said said;
};

struct adit_tunnel {
    struct adit_list node; /* among its runtime's, from the start until it has ended */
    struct adit_runtime *runtime;
    struct adit_tunnel_settings settings;
    struct adit_user user;
    struct adit_window_memory *window_memory;

    const char *first_host; /* settings.host is that of the attempt */
    uint16_t first_port;
    size_t host_at; /* 0: the first one; n: the n-th of settings.alternative_hosts */
    struct adit_alternative_host alternative;

    enum adit_stage stage;
    struct adit_failure failure; /* why it is down or has ended */
    uint64_t failed_ms;          /* when; 0: never */
    uint64_t since_ms;           /* up or down */
    bool failed;
    bool was_up;
    struct adit_timer *timer; /* of the stage */
    struct adit_supervisor supervisor;
    enum adit_err refusal; /* the last one that was told of in this outage */
    bool outage_told;

    struct adit_attempt attempt;

    struct adit_list forwards; /* struct adit_forward */
    struct adit_guard guard;   /* who may connect to the local ones */
    uint64_t last_forward_id;
    struct adit_list waiting; /* struct adit_waiting: connections that came while it was down */
    size_t waiting_count;
    struct adit_list passages;    /* struct adit_passage: direct-tcpip that were asked for */
    struct adit_list arrivals;    /* struct adit_arrival: forwarded-tcpip, target being dialled */
    struct adit_list connections; /* struct adit_connection: relays */
    struct adit_tunnel_status counts; /* of what has ended; its connections: open now */

    struct adit_call *opener;     /* adit_tunnel_open() */
    struct adit_list closers;     /* calls of adit_tunnel_close() */
    struct adit_call *retirer;    /* adit_tunnel_free(), waiting for the farewell */
    struct adit_errand *farewell; /* the `ended` callback runs */
    bool is_orphan;               /* freed from within it, or abandoned */
};

/* ---- tunnel.c: its life ---- */

/*
 * adit_tunnel_open(), but nothing begins when *cancelled is set by then. The loop's
 * thread alone reads and writes it.
 */
ADIT_MUST_USE enum adit_err adit_tunnel_open_unless(const bool *cancelled,
                                                    struct adit_runtime *runtime,
                                                    const struct adit_tunnel_settings *settings,
                                                    struct adit_tunnel **out,
                                                    struct adit_failure *failure);
void adit_tunnel_set_stage(struct adit_tunnel *t, enum adit_stage stage);
/*
 * The attempt or the connection has failed: the tunnel is tried again later, if
 * it was up once and may come back, or else ends at once. NULL: it ends, as was
 * asked for.
 */
void adit_tunnel_fail(struct adit_tunnel *t, const struct adit_failure *failure);
void adit_tunnel_end(struct adit_tunnel *t);
/* The same, for one whose handle nobody has any more: it is silent, and then gone. */
void adit_tunnel_abandon(struct adit_tunnel *t);
/* Something that a tunnel may have waited for before it goes on or ends is over. */
void adit_tunnel_settle(struct adit_tunnel *t);
/*
 * Runs run(t) on a thread of its own, then done(t), unless the tunnel is ending
 * by then. On error the tunnel has failed.
 */
void adit_tunnel_errand(struct adit_tunnel *t, void (*run)(void *arg),
                        void (*done)(struct adit_tunnel *t));
/* When the stage is to be over; UINT64_MAX: no matter when. */
void adit_tunnel_set_timeout(struct adit_tunnel *t, uint64_t timeout_ms);
/* Fills *failure when no new connection or forward may begin now. */
ADIT_MUST_USE enum adit_err adit_tunnel_check_up(const struct adit_tunnel *t,
                                                 struct adit_failure *failure);

/* ---- reconnect.c: down, and up again ---- */

/* Whether a failure now is not the end. */
bool adit_tunnel_comes_back(const struct adit_tunnel *t);
/* Whether it is down for now: what is asked of it can wait until it is up. */
bool adit_tunnel_is_awaited(const struct adit_tunnel *t);
/* Why it is down or has ended, and that this was now. */
void adit_tunnel_note_failure(struct adit_tunnel *t, const struct adit_failure *failure);
/* Somebody else has our place: to take it back would only begin a fight. */
bool adit_tunnel_is_replaced(const struct adit_failure *failure);
void adit_tunnel_lose(struct adit_tunnel *t, const struct adit_failure *failure);
void adit_tunnel_try(struct adit_tunnel *t);
void adit_tunnel_came_up(struct adit_tunnel *t);
/* A connection has come that waits for it: the next try is not put off any more. */
void adit_tunnel_wanted(struct adit_tunnel *t);
/* The network is not as it was. */
void adit_tunnel_network_changed(struct adit_tunnel *t);
/* For so long the machine or the process stood still. */
void adit_tunnel_overslept(struct adit_tunnel *t, uint64_t gone_ms);

/* ---- hosts.c: the gateway may have several ---- */

void adit_hosts_init(struct adit_tunnel *t);
void adit_hosts_clear(struct adit_tunnel *t);
/* The attempt that begins now goes to the host of its turn. */
void adit_hosts_use(struct adit_tunnel *t);
/* True: the next host is tried at once instead. */
bool adit_hosts_try_next(struct adit_tunnel *t, const struct adit_failure *failure);

/* ---- attempt.c: from the settings to a link that is logged in ---- */

void adit_attempt_start(struct adit_tunnel *t);
/* No more is dialled. The link and an errand go when they are done. */
void adit_attempt_cancel(struct adit_tunnel *t);
/* Whether something of it still runs, so that it cannot be cleared yet. */
bool adit_attempt_is_busy(const struct adit_tunnel *t);
void adit_attempt_clear(struct adit_tunnel *t);
/* The events until the login is done. */
void adit_attempt_identified(struct adit_tunnel *t, struct adit_span identification);
void adit_attempt_host_key(struct adit_tunnel *t, const struct adit_host_key_event *event);
void adit_attempt_keys_changed(struct adit_tunnel *t);
/* What the end of the link means at the stage that it was in. */
void adit_attempt_describe_end(const struct adit_tunnel *t, enum adit_err err, const char *text,
                               struct adit_failure *failure);

/* ---- step.c: what the attempt has passed, for the application ---- */

void adit_step_tell(const struct adit_tunnel *t, enum adit_step step, const char *text);
/* That of a dial for the tunnel `arg`. */
void adit_step_looked_up(void *arg, const struct adit_sockaddrs *addresses);
void adit_step_connected(const struct adit_tunnel *t, int fd);

/* ---- events.c: what the link hands on ---- */

extern const struct adit_link_owner adit_tunnel_link_owner;

/* ---- authenticate.c ---- */

void adit_auth_init(struct adit_tunnel *t);
void adit_auth_clear(struct adit_auth *auth);
void adit_auth_needed(struct adit_tunnel *t, const struct adit_auth_needed_event *event);
void adit_auth_key_accepted(struct adit_tunnel *t);
/* Another step, after one that came to nothing without the server. */
void adit_auth_go_on(struct adit_tunnel *t);
/* The server has been sent something: its answer is waited for. */
void adit_auth_sent(struct adit_tunnel *t);

/* ---- interactive.c: keyboard-interactive ---- */

ADIT_MUST_USE enum adit_err adit_interactive_start(struct adit_tunnel *t);
void adit_interactive_prompts(struct adit_tunnel *t, const struct adit_auth_prompts_event *event);
void adit_interactive_clear(struct adit_auth *auth);

#endif
