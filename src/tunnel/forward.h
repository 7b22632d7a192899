/* SPDX-License-Identifier: BSD-2-Clause */
/* Forwards of a tunnel: listening here (local_forward.c) or at the gateway (remote_forward.c). */
#ifndef ADIT_TUNNEL_FORWARD_H
#define ADIT_TUNNEL_FORWARD_H

#include "tunnel/failure.h"
#include "tunnel/tunnel.h"

enum adit_forward_state {
    ADIT_FORWARD_ASKED, /* the gateway, or for the name to listen at; there is no answer yet */
    ADIT_FORWARD_LISTENING,
    ADIT_FORWARD_DOWN,       /* it is to listen at the gateway, which is to be asked later */
    ADIT_FORWARD_CANCELLING, /* the gateway was asked to stop */
    ADIT_FORWARD_OVER,
};

struct adit_forward {
    struct adit_list node; /* among its tunnel's */
    struct adit_tunnel *tunnel;
    uint64_t id; /* its connections know it by this: they may outlast it */
    enum adit_forward_state state;
    bool is_remote;
    bool has_listened;
    char *bind;            /* NULL: loopback (local only) */
    uint16_t bind_port;    /* asked for */
    _Atomic uint16_t port; /* that listens; 0: bind is a path, or it is not known; for any thread */
    char *host;            /* the target; NULL: each connection names its own by SOCKS */
    uint16_t target_port;
    struct adit_listener *listener; /* local */
    struct adit_resolve *resolve;   /* local: of the name that it is to listen at */
    struct adit_list askers;        /* struct adit_asker: connections that have not named it yet */
    struct adit_call *call;         /* waits for the answer */
    bool is_unwanted;               /* …and that is adit_forward_remove()'s */
    struct adit_timer *timer;       /* remote: the answer is due, or the next request */
    uint64_t refused_ms;            /* since when the gateway refuses it; 0: it does not */
    struct adit_forward_status counts; /* of what has ended; its connections: open now */
};

/* forward.c */

/* Where it listens, for messages: "port 3306", "port 3306 of localhost", a path. */
const char *adit_forward_place(const struct adit_forward *forward,
                               char out[static ADIT_TARGET_SIZE]);
/* What it leads to, for messages. */
const char *adit_forward_target(const struct adit_forward *forward,
                                char out[static ADIT_TARGET_SIZE]);
void adit_forward_delete(struct adit_forward *forward);
/* Where the connections of a forward are counted; NULL: it was removed, or `id` is 0. */
struct adit_forward_status *adit_forward_counts(struct adit_tunnel *t, uint64_t id);
/* The tunnel has done with it: from now on it is the application's to delete, on any thread. */
void adit_forward_forget(struct adit_forward *forward);
/* Nothing new comes through any of them, here and at the gateway. */
void adit_forwards_stop(struct adit_tunnel *t);
/* The link is going: whoever waits for an answer learns that none comes. For good: */
void adit_forwards_end(struct adit_tunnel *t);
/* …or until the tunnel is up again: then the gateway is asked for its ports again. */
void adit_forwards_lose(struct adit_tunnel *t);
void adit_forwards_return(struct adit_tunnel *t);

/* local_forward.c */
ADIT_MUST_USE enum adit_err adit_local_forward_start(struct adit_forward *forward,
                                                     struct adit_failure *failure);

/* dynamic_forward.c: local forwards whose connections name their target */
void adit_dynamic_forward_accepted(struct adit_forward *forward, int fd, const char *originator,
                                   uint16_t originator_port);
/* Closes the connections that have not named one. */
void adit_dynamic_forward_stop(struct adit_forward *forward);

/* remote_forward.c */
ADIT_MUST_USE enum adit_err adit_remote_forward_ask(struct adit_forward *forward,
                                                    struct adit_failure *failure);
void adit_remote_forward_cancel(struct adit_forward *forward);
/* The gateway's answer is due in half a minute, or it is no gateway. */
void adit_remote_forward_await(struct adit_forward *forward);
/* Once more, or at last, for one that was asked for while the tunnel was down. */
void adit_remote_forward_ask_again(struct adit_forward *forward);
void adit_remote_forward_answered(const struct adit_forward_event *event);

/* arrival.c: connections that came in at the gateway */
void adit_arrival_start(struct adit_tunnel *t, struct adit_channel *channel,
                        const struct adit_channel_open_event *open);
void adit_arrivals_cancel(struct adit_tunnel *t);

/* remote_dynamic.c */

/* What comes on a channel that has no relay. */
void adit_arrival_event(const struct adit_event *event);
/* Hangs up on those that have not said yet where they want to go. */
void adit_talks_stop(struct adit_tunnel *t);

/* The forward that address and port of a forwarded-tcpip channel belong to, or NULL. */
const struct adit_forward *adit_forward_find(struct adit_list *forwards, struct adit_span address,
                                             uint16_t port);

#endif
