/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said to a proxy until it is out of the way. Pure: bytes to bytes. It
 * never asks for a byte more than the proxy's answer has, because what follows
 * comes from the gateway already.
 */
#ifndef ADIT_NET_PROXY_TALK_H
#define ADIT_NET_PROXY_TALK_H

#include "base/buffer.h"
#include "config/proxy_url.h"

enum { ADIT_PROXY_TEXT_SIZE = 256 };

struct adit_proxy_talk {
    struct adit_proxy_url proxy;
    char host[ADIT_PROXY_PART_SIZE]; /* that the proxy is to connect to */
    uint16_t port;

    struct adit_buffer out; /* to be sent before more is read; secret */
    bool done;              /* the proxy has connected */
    enum adit_err err;      /* it has not, and `why` is a sentence, printable */
    char why[ADIT_PROXY_TEXT_SIZE];

    /* Private. */
    unsigned step;
    size_t wanted;         /* SOCKS: the answer that is waited for has so many bytes */
    struct adit_buffer in; /* SOCKS: the answer; HTTP: its first line, cut */
    size_t taken;          /* HTTP: bytes of the header so far… */
    size_t line_len;       /* …and of its current line */
};

/*
 * Writes the first message. `proxy` is copied. USAGE: such a host cannot be
 * asked for; NO_MEMORY. To be cleared in any case.
 */
ADIT_MUST_USE enum adit_err adit_proxy_talk_start(struct adit_proxy_talk *talk,
                                                  const struct adit_proxy_url *proxy,
                                                  const char *host, uint16_t port);
/* Wipes what it knows of the user. */
void adit_proxy_talk_clear(struct adit_proxy_talk *talk);
/*
 * Takes from the front of `bytes` what belongs to the answer and returns how
 * much that was: 0 only when `done` or `err` is set.
 */
size_t adit_proxy_talk_take(struct adit_proxy_talk *talk, struct adit_span bytes);

/* ---- one for each kind of proxy ---- */

ADIT_MUST_USE enum adit_err adit_proxy_http_ask(struct adit_proxy_talk *talk);
size_t adit_proxy_http_take(struct adit_proxy_talk *talk, struct adit_span bytes);
ADIT_MUST_USE enum adit_err adit_proxy_socks_ask(struct adit_proxy_talk *talk);
size_t adit_proxy_socks_take(struct adit_proxy_talk *talk, struct adit_span bytes);
/* Ends the talk. */
void adit_proxy_talk_fail(struct adit_proxy_talk *talk, enum adit_err err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
