/* SPDX-License-Identifier: BSD-2-Clause */
/* What client and server of the traffic say to each other, and the commands of load.c. */
#ifndef ADIT_BENCH_LOAD_H
#define ADIT_BENCH_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define ADIT_LOAD_CHUNK 65536

enum adit_load_service {
    ADIT_LOAD_SINK = 1, /* takes all bytes; answers the client's EOF with a count */
    ADIT_LOAD_SOURCE,   /* sends `bytes` */
    ADIT_LOAD_ECHO,
    ADIT_LOAD_DEAF, /* never reads */
};

/* The first bytes of a connection, in the order of bytes of this machine. */
struct adit_load_request {
    uint64_t service;
    uint64_t bytes;
    uint64_t skip; /* the clock starts after so many */
};

/* What a receiver measured: all bytes, and the time of those after the skipped ones. */
struct adit_load_count {
    uint64_t bytes;
    uint64_t ns;
};

/* Takes up to `most` bytes until the end of the stream, without looking at them. */
struct adit_load_count adit_load_take(int fd, uint64_t most, uint64_t skip,
                                      const atomic_bool *stop);

/* One connection full of bytes in one direction. */
struct adit_load_bulk {
    uint16_t port;
    bool is_pull;
    uint64_t bytes;
    uint64_t skip;
    const atomic_bool *stop; /* ends it before all bytes are through; or NULL */
    struct adit_load_count count;
};

/* For pthread_create(), with a struct adit_load_bulk. */
void *adit_load_bulk_run(void *arg);
/* MB a second of the bytes that were not skipped; of all, if it came no further than those. */
double adit_load_bulk_rate(const struct adit_load_bulk *bulk);

/* The commands; each prints its figures. */
_Noreturn void adit_load_serve(const char *path);
void adit_load_bulk(const struct adit_load_bulk *bulk, unsigned connections, unsigned seconds);
void adit_load_ping(uint16_t port, uint64_t ms, const char *beside);
void adit_load_conn(uint16_t port, unsigned count, unsigned parallel);
_Noreturn void adit_load_hold(uint16_t port, unsigned count, bool is_pull);

#endif
