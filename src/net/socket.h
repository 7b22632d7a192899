/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of sockets, all of them wishes: a socket that has no such option is fine too. */
#ifndef ADIT_NET_SOCKET_H
#define ADIT_NET_SOCKET_H

#include "adit/adit.h"

#include <sys/uio.h>

/* Small writes leave at once. */
void adit_socket_no_delay(int fd);
/* Reads and writes never wait. */
void adit_socket_no_block(int fd);
/* The kernel asks a silent peer for a sign of life. */
void adit_socket_keep_alive(int fd);
/* The socket takes no more than this beyond what it can send: what waits, waits with us. */
void adit_socket_limit_unsent(int fd, int bytes);
/*
 * How long ago the peer's system acknowledged something, whatever its programs do. 0: nobody
 * tells, as where there is no TCP.
 */
uint64_t adit_socket_silent_ms(int fd);
/*
 * What a reset would throw away: bytes that the peer's system does not have yet. 0: nobody tells,
 * as where there is no TCP.
 */
size_t adit_socket_unsent(int fd);
/* Closes with a reset: the peer is to see that the stream broke off. */
void adit_socket_reset(int fd);

/* For a call that writes: iovec has no const, because it serves reading too. */
struct iovec adit_socket_piece(struct adit_span bytes);

/* Whether read or write would only have to wait. */
bool adit_errno_is_again(int error);
/* The system's words for an errno. */
const char *adit_errno_text(int error, char *buf, size_t size);

#endif
