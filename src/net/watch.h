/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A descriptor that the loop polls. To want less costs nothing: the poller is
 * told only when it reports something that nobody wants any more. To want it
 * again before that costs nothing either.
 */
#ifndef ADIT_NET_WATCH_H
#define ADIT_NET_WATCH_H

#include "base/list.h"
#include "net/loop.h"

enum {
    ADIT_WATCH_READ = 1,
    ADIT_WATCH_WRITE = 2,
    /* Reported without being asked for: the socket has an error, such as a reset. */
    ADIT_WATCH_BROKEN = 4,
};

struct adit_poller;

/* Lives inside another struct. */
struct adit_watch {
    struct adit_list node; /* among those that were closed in this turn */
    struct adit_poller *poller;
    void (*ready)(struct adit_watch *watch, unsigned events);
    void (*closed)(struct adit_watch *watch);
    int fd;
    unsigned wanted;
    unsigned armed; /* what the poller was told */
    bool is_in;     /* the poller has it */
};

/*
 * Polls a non-blocking descriptor, which stays the caller's. SYSTEM: it cannot
 * be polled (a regular file), or another watch has it.
 */
ADIT_MUST_USE enum adit_err adit_watch_open(struct adit_watch *watch, struct adit_loop *loop,
                                            int fd, unsigned wanted,
                                            void (*ready)(struct adit_watch *watch,
                                                          unsigned events));
void adit_watch_want(struct adit_watch *watch, unsigned events);
/* Before the descriptor is closed. The memory may be freed from `closed` on, at the turn's end. */
void adit_watch_close(struct adit_watch *watch, void (*closed)(struct adit_watch *watch));

#endif
