/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One key exchange after the other (RFC 4253, 7 to 9):
 *
 *      IDLE ──our KEXINIT──▶ OFFERED ──peer's KEXINIT──▶ EXCHANGING ──K, H known──▶
 *        ▲                                                   (client: KEY_UNJUDGED)
 *        └──────────── peer's NEWKEYS ◀── SWITCHING ◀── our NEWKEYS
 *
 * The peer's KEXINIT in IDLE makes us answer with ours at once.
 */
#ifndef ADIT_TRANSPORT_KEX_H
#define ADIT_TRANSPORT_KEX_H

#include "transport/negotiate.h"

enum adit_kex_step {
    ADIT_KEX_IDLE,
    ADIT_KEX_OFFERED,
    ADIT_KEX_EXCHANGING,
    ADIT_KEX_KEY_UNJUDGED, /* client: K is known, the host key waits for its verdict */
    ADIT_KEX_SWITCHING,    /* our NEWKEYS is sent, the peer's is due */
};

struct adit_transport;

struct adit_kex {
    enum adit_kex_step step;
    bool first_done;      /* the initial exchange is over */
    bool strict;          /* both sides said strict kex in their first KEXINIT */
    bool peer_ext_info;   /* the peer takes SSH_MSG_EXT_INFO */
    bool drop_next;       /* the peer's wrong guess is still to come */
    uint64_t deadline_ms; /* for the exchange that runs */
    uint64_t done_ms;     /* when the last one was done */
    struct adit_negotiated chosen;
    struct adit_kex_group *group;   /* of the group exchange, once it is chosen… */
    struct adit_buffer group_text;  /* …and all that was said of it, as it is hashed */
    struct adit_kex_secret *secret; /* client, with the init bytes that were sent */
    struct adit_buffer init;
    uint8_t *own_kexinit; /* payloads, while an exchange runs */
    size_t own_kexinit_len;
    uint8_t *peer_kexinit;
    size_t peer_kexinit_len;
    uint8_t *host_key; /* the server's blob in the first exchange; a client wants it shown again */
    size_t host_key_len;
    struct adit_cipher *next_in; /* waits for the peer's NEWKEYS */
    struct adit_cipher *next_out;
    uint8_t session_id[ADIT_HASH_MAX];
    size_t session_id_len;
    enum adit_kexinit_list failed_list; /* of NO_AGREEMENT */
};

/* Sends our KEXINIT: at the start, or to rekey. Nothing happens if one is on its way. */
ADIT_MUST_USE enum adit_err adit_kex_offer(struct adit_transport *t);

ADIT_MUST_USE enum adit_err adit_kex_handle_kexinit(struct adit_transport *t,
                                                    struct adit_span payload);
/* The numbers 30 to 49: the messages of the method that was agreed, or a wrong guess of one. */
ADIT_MUST_USE enum adit_err adit_kex_handle_method(struct adit_transport *t,
                                                   struct adit_span payload);
ADIT_MUST_USE enum adit_err adit_kex_handle_newkeys(struct adit_transport *t,
                                                    struct adit_span payload);
/* Client: the host key is the right one; goes on with NEWKEYS. */
ADIT_MUST_USE enum adit_err adit_kex_host_key_accepted(struct adit_transport *t);

void adit_kex_clear(struct adit_kex *kex);

#endif
