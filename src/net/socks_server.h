/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's side of SOCKS 4, 4a and 5 (RFC 1928), as a value: bytes of the
 * client in, what is to be said to it out. Of SOCKS only CONNECT without a
 * login is spoken; every refusal carries its real reason, as far as the version
 * has words for it.
 */
#ifndef ADIT_NET_SOCKS_SERVER_H
#define ADIT_NET_SOCKS_SERVER_H

#include "adit/adit.h"

enum {
    ADIT_SOCKS_HOST_SIZE = 256,
    /* SOCKS 4a, the longest: eight bytes, a user and a host with their NULs. */
    ADIT_SOCKS_MESSAGE_MAX = 8 + 256 + 256,
};

enum adit_socks_state {
    ADIT_SOCKS_READING, /* more is to come */
    ADIT_SOCKS_ASKED,   /* host and port are there; the client waits for the outcome */
    ADIT_SOCKS_BROKEN,  /* the client is to hear the answer, if there is one, and to go */
};

/* The outcome in the numbers of RFC 1928, 6; SOCKS 4 tells yes from no only. */
enum adit_socks_outcome {
    ADIT_SOCKS_SUCCEEDED = 0,
    ADIT_SOCKS_FAILED = 1,
    ADIT_SOCKS_NOT_ALLOWED = 2,
    ADIT_SOCKS_NETWORK_UNREACHABLE = 3,
    ADIT_SOCKS_HOST_UNREACHABLE = 4,
    ADIT_SOCKS_REFUSED = 5,
    ADIT_SOCKS_COMMAND_UNKNOWN = 7,
    ADIT_SOCKS_ADDRESS_UNKNOWN = 8,
};

/* All zero at its beginning. */
struct adit_socks {
    enum adit_socks_state state;
    uint8_t version; /* 4 or 5, once it is known */
    bool greeted;    /* SOCKS 5: the login is agreed upon */
    uint16_t port;
    char host[ADIT_SOCKS_HOST_SIZE]; /* a name, or a numeric address */

    /* private: the message that is under way */
    size_t user_end; /* SOCKS 4: behind the user's NUL, 0: it has not come */
    size_t kept_len;
    uint8_t kept[ADIT_SOCKS_MESSAGE_MAX];
};

struct adit_socks_answer {
    uint8_t bytes[12]; /* the greeting's and the request's, at most */
    size_t len;        /* 0: nothing is to be said */
};

/*
 * Takes bytes of the client and returns how many; what it leaves, once the
 * state is not READING any more, is the client's data. *answer is to be said to
 * the client now.
 */
size_t adit_socks_take(struct adit_socks *socks, struct adit_span bytes,
                       struct adit_socks_answer *answer);

/*
 * What the client that has asked is told in the end, in its version of SOCKS.
 * Before SUCCEEDED it is to see no data.
 */
void adit_socks_outcome(unsigned version, enum adit_socks_outcome outcome,
                        struct adit_socks_answer *answer);

/*
 * The outcome that stands for a refused channel: its reason (RFC 4254, 5.1)
 * and, where that is SSH_OPEN_CONNECT_FAILED, the words that say why.
 */
enum adit_socks_outcome adit_socks_outcome_of(uint32_t reason, struct adit_span text);

#endif
