/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two directions of bytes over one connection, each known to both ends from a
 * seed. Every byte that comes is compared, so that one that is lost, doubled or
 * changed is found, and so is a clean end that came too early. Sockets here are
 * nonblocking and on 127.0.0.1; whatever makes no progress for 30 s fails.
 */
#ifndef ADIT_INTEROP_FLOW_H
#define ADIT_INTEROP_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FLOW_CHUNK 65536

/* Says what went wrong on stderr; returns false. */
__attribute__((format(printf, 1, 2))) bool adit_fail(const char *format, ...);

/* Splitmix64; a word's bytes go out lowest first. */
struct adit_stream {
    uint64_t state;
    uint64_t word;
    unsigned left; /* bytes of word */
};

struct adit_stream adit_stream_init(uint64_t seed, bool is_down);
void adit_stream_fill(struct adit_stream *s, uint8_t *buf, size_t len);

/* -1 with errno. */
int adit_connect_to(uint16_t port);
/* A listening socket, or -1; *port 0 becomes the one that was given. */
int adit_listen_on(uint16_t *port);
bool adit_wait_for(int fd, short events, short *got);
bool adit_write_all(int fd, const void *data, size_t len);
/* Fewer bytes than `len` only at the end of the stream; -1 after an error. */
ssize_t adit_read_all(int fd, void *data, size_t len);
/* The peer's EOF comes next. */
bool adit_expect_end(int fd);

struct adit_flow {
    int fd;
    struct adit_stream out;
    struct adit_stream in;
    uint64_t to_send;
    uint64_t to_come;
    bool ends_first;  /* EOF after the last byte sent */
    bool waits_first; /* nothing is sent before the peer's EOF */
    bool eof_seen;
    size_t pending; /* bytes of `buf` that wait for room in the socket */
    size_t pending_at;
    uint8_t buf[FLOW_CHUNK];
};

/* Until all is sent and has come, and with `until_eof` the peer's EOF too. */
bool adit_flow_run(struct adit_flow *f, bool until_eof);

#endif
