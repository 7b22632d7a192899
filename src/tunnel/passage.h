/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways through the tunnel: channels that are asked for, and those that carry data. */
#ifndef ADIT_TUNNEL_PASSAGE_H
#define ADIT_TUNNEL_PASSAGE_H

#include "net/socks_server.h"
#include "tunnel/tunnel.h"

/* A direct-tcpip channel that the gateway has not answered yet. */
struct adit_passage {
    struct adit_list node;
    struct adit_tunnel *tunnel;
    int fd; /* to be carried; ours, -1 once it was given away */
    char *host;
    uint16_t port;
    uint64_t forward_id;      /* where the connection is to be counted, too */
    unsigned socks_version;   /* not 0: the descriptor's other end is told the outcome */
    struct adit_timer *timer; /* NULL: as long as the gateway takes */
    /* Once: NULL, the descriptor is carried from now on; or why it is not. */
    void (*done)(void *arg, const struct adit_failure *failure);
    void *arg;
};

struct adit_passage_settings {
    const char *host; /* with port 0 the path of a socket */
    uint16_t port;
    const char *originator;
    uint16_t originator_port;
    uint64_t forward_id;    /* 0: of no forward */
    uint64_t timeout_ms;    /* 0: as long as the gateway takes */
    unsigned socks_version; /* 4, 5: the other end has asked by SOCKS and is told the outcome */
};

/*
 * Asks the gateway for a way to host:port and carries `fd`, which it takes over
 * also on error. `done` never comes from inside this call; on error it does not
 * come and *failure says why.
 */
ADIT_MUST_USE enum adit_err adit_passage_start(struct adit_tunnel *t, int fd,
                                               const struct adit_passage_settings *settings,
                                               void (*done)(void *arg,
                                                            const struct adit_failure *failure),
                                               void *arg, struct adit_failure *failure);
/* Closes the descriptor of one that cannot have its connection; -1: it is closed already. */
void adit_passage_turn_away(int fd, unsigned socks_version, enum adit_socks_outcome outcome);
void adit_passage_confirmed(struct adit_tunnel *t, struct adit_channel *channel);
void adit_passage_refused(struct adit_tunnel *t, struct adit_channel *channel,
                          const struct adit_refused_event *refused);
/* With the tunnel's failure, all of them. */
void adit_passages_end(struct adit_tunnel *t);

/*
 * waiting.c: the same for a tunnel that is down but comes back. It begins when
 * the tunnel is up; `done` also comes when that takes too long.
 */
ADIT_MUST_USE enum adit_err adit_waiting_start(struct adit_tunnel *t, int fd,
                                               const struct adit_passage_settings *settings,
                                               void (*done)(void *arg,
                                                            const struct adit_failure *failure),
                                               void *arg, struct adit_failure *failure);
bool adit_waiting_is_possible(const struct adit_tunnel *t);
/* The tunnel is up: all of them go their way. */
void adit_waiting_go_on(struct adit_tunnel *t);
/* With the tunnel's failure, all of them. */
void adit_waiting_end(struct adit_tunnel *t);

/* Relays the channel and the descriptor, which it takes over, also on error. */
ADIT_MUST_USE enum adit_err adit_connection_start(struct adit_tunnel *t,
                                                  struct adit_channel *channel, int fd,
                                                  uint64_t forward_id);
/* The same for a channel that has brought something already: see adit_relay_give(). */
ADIT_MUST_USE enum adit_err adit_connection_start_late(struct adit_tunnel *t,
                                                       struct adit_channel *channel, int fd,
                                                       uint64_t forward_id, struct adit_span early,
                                                       bool eof);
/* The bytes of those that are open; of one forward's, unless `forward_id` is 0. */
void adit_connections_count(struct adit_tunnel *t, uint64_t forward_id, uint64_t *sent,
                            uint64_t *received);
/* Resets all of them. */
void adit_connections_abort(struct adit_tunnel *t);
/* They may outlast the tunnel until their sockets have taken what came. */
void adit_connections_disown(struct adit_tunnel *t);

#endif
