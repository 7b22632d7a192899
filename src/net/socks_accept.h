/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket whose other end is to say by SOCKS where it wants to go. */
#ifndef ADIT_NET_SOCKS_ACCEPT_H
#define ADIT_NET_SOCKS_ACCEPT_H

#include "net/loop.h"
#include "net/socks_server.h"

struct adit_socks_accept;

/*
 * `fd` is the callee's, with all that came behind the request still in it; or it
 * is -1 and closed: the client was refused, or went, or took too long, as `text`
 * says. `socks` is good until this returns.
 */
typedef void adit_socks_accept_fn(void *arg, int fd, const struct adit_socks *socks,
                                  const char *text);

/*
 * Takes the descriptor over, also on error. The callback comes once, never from
 * inside this call. NO_MEMORY, SYSTEM: it will not come.
 */
ADIT_MUST_USE enum adit_err adit_socks_accept_start(struct adit_loop *loop, int fd,
                                                    adit_socks_accept_fn *done, void *arg,
                                                    struct adit_socks_accept **out);
/* Closes the descriptor; the callback will not come. */
void adit_socks_accept_cancel(struct adit_socks_accept *accept);

/* Says a few bytes to a client that has asked. False: it does not take them. */
bool adit_socks_say(int fd, const struct adit_socks_answer *answer);
/* The same as the last words: closes the descriptor so that the client gets to read them. */
void adit_socks_say_and_close(int fd, const struct adit_socks_answer *answer);

#endif
