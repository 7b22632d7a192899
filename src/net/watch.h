/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A descriptor that the loop polls. To want less costs nothing: the poller is
 * told only when it reports something that nobody wants any more. To want it
 * again before that costs nothing either.
 */
#ifndef ADIT_NET_WATCH_H
#define ADIT_NET_WATCH_H

#include "net/loop.h"

#include <uv.h>

enum {
    ADIT_WATCH_READ = UV_READABLE,
    ADIT_WATCH_WRITE = UV_WRITABLE,
    /* Reported without being asked for: the socket has an error, such as a reset. */
    ADIT_WATCH_BROKEN = 1U << 8,
};

/* Lives inside another struct. */
struct adit_watch {
    uv_poll_t handle;
    void (*ready)(struct adit_watch *watch, unsigned events);
    void (*closed)(struct adit_watch *watch);
    unsigned wanted;
    unsigned armed; /* what the poller was told */
};

/*
 * Starts with nothing wanted; makes the descriptor non-blocking. SYSTEM: it
 * cannot be polled (a regular file), or another watch has it. The descriptor
 * stays the caller's.
 */
ADIT_MUST_USE enum adit_err adit_watch_open(struct adit_watch *watch, struct adit_loop *loop,
                                            int fd,
                                            void (*ready)(struct adit_watch *watch,
                                                          unsigned events));
void adit_watch_want(struct adit_watch *watch, unsigned events);
/* The descriptor may be closed at once, the memory freed from `closed` on. */
void adit_watch_close(struct adit_watch *watch, void (*closed)(struct adit_watch *watch));

#endif
