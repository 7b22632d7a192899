/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 4254 for one session: its channels and its global requests. The life of a
 * channel:
 *
 *     ASKED_BY_US ──CONFIRMATION──▶ OPEN ◀──accepted── ASKED_BY_PEER
 *          │                          │                      │
 *          └─FAILURE─▶ gone     EOF each way by itself       └─refused─▶ gone
 *                                     │
 *                        CLOSE sent and CLOSE received ─▶ gone
 *
 * A number is used again only after both CLOSEs (5.3). A channel that is gone
 * from the table lives on until its last event has been pulled.
 */
#ifndef ADIT_CONNECTION_CONNECTION_H
#define ADIT_CONNECTION_CONNECTION_H

#include "connection/window.h"
#include "connection/window_memory.h"
#include "transport/transport.h"
#include "wire/connection_messages.h"

enum adit_channel_state {
    ADIT_CHANNEL_ASKED_BY_US,
    ADIT_CHANNEL_ASKED_BY_PEER,
    ADIT_CHANNEL_IS_OPEN,
};

/* Events of a channel that no packet is at hand for when they are pulled. */
enum {
    ADIT_PENDING_WRITABLE = 1,
    ADIT_PENDING_CLOSED = 2,
};

struct adit_connection;

struct adit_channel {
    struct adit_connection *connection;
    void *user_data;
    struct adit_list pending_node; /* in connection->pending while `pending` is not 0 */
    uint32_t local_id;
    uint32_t peer_id;
    enum adit_channel_state state;
    uint32_t send_window;
    uint32_t send_packet_max;
    uint32_t in_flight;  /* sent, and not known to be consumed */
    uint32_t credit;     /* the least that it gave at once: it consumes no more before it says so */
    uint64_t limited_ms; /* since when it may send no more for low delay's sake; 0: it may */
    struct adit_receive_window receive;
    uint8_t pending;
    bool starved; /* a reservation found the window closed */
    bool eof_sent;
    bool eof_received;
    bool close_sent; /* or to be sent as soon as the peer confirms */
    bool close_received;
};

enum adit_request_kind {
    ADIT_REQUEST_OTHER, /* answered with failure */
    ADIT_REQUEST_FORWARD,
    ADIT_REQUEST_CANCEL,
    ADIT_REQUEST_ALIVE,
    ADIT_REQUEST_PROVE,
};

/* A global request that waits for its reply, ours or the peer's. */
struct adit_request {
    struct adit_list node;
    enum adit_request_kind kind;
    bool want_reply;
    bool answered;
    bool accepted;
    bool is_path;  /* address is the path of a socket */
    uint16_t port; /* asked for */
    uint16_t bound_port;
    void *user_data;
    uint64_t sent_ms;
    uint64_t sent_us;        /* 0: that time was not told since */
    char *address;           /* of one of ours */
    struct adit_buffer data; /* ours to PROVE: the keys; the peer's: what goes into the reply */
};

struct adit_connection {
    struct adit_transport *transport;
    bool no_more_sessions;
    bool low_delay;
    struct adit_channel **channels; /* by local id; NULL: free */
    uint32_t slots;
    uint32_t first_free; /* no free slot lies before it */
    uint32_t channel_count;
    struct adit_list pending;  /* channels with pending events */
    struct adit_channel *gone; /* its last event was pulled: freed at the next pull */
    struct adit_list incoming; /* the peer's requests, oldest first */
    struct adit_list outgoing; /* ours */
    size_t incoming_count;
    size_t outgoing_count;
    struct adit_request *told; /* the request of the event that was pulled last */
    uint64_t round_trip_ms;    /* the shortest that was measured; UINT64_MAX: none yet */
    uint64_t round_trip_us;    /* the same, by the clock of adit_connection_tell_us() */
    uint64_t now_us;           /* of that clock */
    size_t alive_waiting;      /* signs of life that are asked for */
    bool round_trip_asked;
    size_t proofs; /* signatures of ours, so far */

    /* Settings. */
    uint32_t channels_max;
    uint32_t window_initial;
    uint32_t window_max;
    struct adit_window_memory *window_memory;
    bool host_keys_told; /* server: and proved */
};

void adit_connection_init(struct adit_connection *c, struct adit_transport *transport);
void adit_connection_clear(struct adit_connection *c);
/* Frees what the event pulled last has borrowed. */
void adit_connection_forget_told(struct adit_connection *c);
/* The next event of a channel that needs no packet. */
bool adit_connection_next_event(struct adit_connection *c, struct adit_event *event);

/* ---- round_trip.c ---- */

/* Whether a finer time than that of the transport is of use now. */
bool adit_connection_measures(const struct adit_connection *c);
/* That time. It may begin anywhere but at 0, and never goes back. */
void adit_connection_tell_us(struct adit_connection *c, uint64_t now_us);
/* The sign of life has come that was asked for. */
void adit_connection_note_round_trip(struct adit_connection *c, const struct adit_request *request);

/* ---- channel.c: opening and closing ---- */

ADIT_MUST_USE enum adit_err adit_connection_open(struct adit_connection *c,
                                                 const struct adit_channel_open_event *open,
                                                 void *user_data, struct adit_channel **out);
ADIT_MUST_USE enum adit_err adit_connection_accept(struct adit_channel *channel);
/* Frees the channel, also on error. */
ADIT_MUST_USE enum adit_err adit_connection_refuse(struct adit_channel *channel, uint32_t reason,
                                                   const char *text);
ADIT_MUST_USE enum adit_err adit_connection_send_eof(struct adit_channel *channel);
ADIT_MUST_USE enum adit_err adit_connection_close(struct adit_channel *channel);

ADIT_MUST_USE enum adit_err adit_connection_handle_open(struct adit_connection *c,
                                                        struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_connection_handle_confirmation(struct adit_connection *c,
                                                                struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_connection_handle_failure(struct adit_connection *c,
                                                           struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_connection_handle_eof(struct adit_connection *c,
                                                       struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_connection_handle_close(struct adit_connection *c,
                                                         struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_connection_handle_channel_request(struct adit_connection *c,
                                                                   struct adit_span payload);

/* ---- data.c: data and windows ---- */

/* Bytes that may be sent now, as far as the peer's window and our manners go. */
uint32_t adit_connection_allowance(const struct adit_channel *channel);
ADIT_MUST_USE enum adit_err adit_connection_reserve(struct adit_channel *channel, size_t want,
                                                    struct adit_room *rooms, size_t max,
                                                    size_t *count);
ADIT_MUST_USE enum adit_err adit_connection_commit(struct adit_channel *channel, size_t len);
ADIT_MUST_USE enum adit_err adit_connection_consumed(struct adit_channel *channel, size_t len);

ADIT_MUST_USE enum adit_err adit_connection_handle_data(struct adit_connection *c,
                                                        struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_connection_handle_extended_data(struct adit_connection *c,
                                                                 struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_connection_handle_window_adjust(struct adit_connection *c,
                                                                 struct adit_span payload);

/* ---- say.c ---- */

/* A few bytes as a message of their own. *said: false while the window does not let them go. */
ADIT_MUST_USE enum adit_err adit_connection_say(struct adit_channel *channel,
                                                struct adit_span bytes, bool *said);

/* ---- global_request.c ---- */

ADIT_MUST_USE enum adit_err adit_connection_forward(struct adit_connection *c, const char *address,
                                                    uint16_t port, bool cancel, void *user_data);
/* The answer to the oldest forward or cancel that has none. */
ADIT_MUST_USE enum adit_err adit_connection_forward_verdict(struct adit_connection *c,
                                                            bool accepted, uint16_t port);
/* Asks for a sign of life, which any answer is. */
ADIT_MUST_USE enum adit_err adit_connection_ask_alive(struct adit_connection *c);
ADIT_MUST_USE enum adit_err adit_connection_send_no_more_sessions(struct adit_connection *c);

/* A request of ours or the peer's; the address is copied. */
ADIT_MUST_USE enum adit_err adit_request_new(enum adit_request_kind kind, struct adit_span address,
                                             struct adit_request **out);
void adit_request_free(struct adit_request *request);
/* One that wants a reply. It is the queue's when this succeeds. */
ADIT_MUST_USE enum adit_err adit_request_send(struct adit_connection *c,
                                              struct adit_request *request, const char *name,
                                              struct adit_span data);

ADIT_MUST_USE enum adit_err adit_connection_handle_global_request(struct adit_connection *c,
                                                                  struct adit_span payload);
/* REQUEST_SUCCESS and REQUEST_FAILURE. */
ADIT_MUST_USE enum adit_err adit_connection_handle_reply(struct adit_connection *c,
                                                         struct adit_span payload);

/* ---- host_keys.c ---- */

/* Server: tells of all of them, if that is wanted. */
ADIT_MUST_USE enum adit_err adit_connection_send_host_keys(struct adit_connection *c);
/*
 * The signatures for the reply to a request for proofs. On error, that of a key
 * that is none of ours (NOT_FOUND) or of too many (LIMIT) among others, the
 * reply is a failure, and *out is to be cleared.
 */
ADIT_MUST_USE enum adit_err adit_connection_prove_host_keys(struct adit_connection *c,
                                                            struct adit_span data,
                                                            struct adit_buffer *out);
/* Client: */
void adit_connection_tell_host_keys(struct adit_connection *c, struct adit_span data);
ADIT_MUST_USE enum adit_err adit_connection_ask_proofs(struct adit_connection *c,
                                                       const struct adit_span *blobs, size_t count);
void adit_connection_tell_proofs(struct adit_connection *c, const struct adit_request *request,
                                 bool success, struct adit_span answer);

/* ---- channel_table.c ---- */

/* A zeroed channel with a number of its own, in the table. LIMIT, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_channel_new(struct adit_connection *c, struct adit_channel **out);
/* The channel with this number, or NULL. */
struct adit_channel *adit_channel_find(const struct adit_connection *c, uint32_t local_id);
/* Takes it out of the table; its number is free. */
void adit_channel_detach(struct adit_channel *channel);
/* Detaches and frees it. */
void adit_channel_free(struct adit_channel *channel);
/* Queues an event that needs no packet. */
void adit_channel_tell(struct adit_channel *channel, uint8_t pending);

#endif
