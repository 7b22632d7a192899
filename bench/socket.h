/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the traffic tools share: blocking sockets of 127.0.0.1. A failure ends
 * the program with a sentence: a figure with a hole in it is worth nothing.
 */
#ifndef ADIT_BENCH_SOCKET_H
#define ADIT_BENCH_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Says what failed, with errno's text if it is set, and ends the program. */
_Noreturn void adit_bench_die(const char *what);

/* A decimal number of at most `max`; ends the program on any other text. */
uint64_t adit_bench_number(const char *text, uint64_t max);

/* Memory or the end. */
void *adit_bench_new(size_t count, size_t size);

/* A clock that never goes back, the same for all processes. */
uint64_t adit_bench_now_ns(void);

/* Takes as many descriptors as the hard limit allows; SIGPIPE is ignored from here on. */
void adit_bench_prepare(void);

/* A listening socket; *port 0 becomes the port that was given. */
int adit_bench_listen(uint16_t *port);
/* The same, or -1. */
int adit_bench_try_listen(uint16_t *port);

/*
 * For a socket before it connects or its first connection: the segments of a
 * real network, and a small buffer. With loopback's large ones the system grants
 * megabytes to each socket, and a thousand that nobody reads would use up what
 * there is for all.
 */
void adit_bench_set_narrow(int fd);

/* The next connection, with TCP_NODELAY. */
int adit_bench_accept(int listener);

/* Connected, with TCP_NODELAY. */
int adit_bench_dial(uint16_t port);
int adit_bench_dial_narrow(uint16_t port);

void adit_bench_set_blocking(int fd, bool blocking);

/* False when the other end is gone. */
bool adit_bench_send(int fd, const void *data, size_t len);

/* False when the stream ends before `len` bytes. */
bool adit_bench_receive(int fd, void *data, size_t len);

/* However it is closed, also at the end of the process: what is on its way is dropped. */
void adit_bench_end_with_reset(int fd);

/* Closes with a reset, so that no port is left waiting. */
void adit_bench_reset(int fd);

#endif
