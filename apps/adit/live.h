/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live view: a line for each tunnel under the lines of the log, on a
 * terminal. It changes no mode of the terminal, and the cursor stands on an
 * empty line below, so there is nothing to be put in order after any end.
 */
#ifndef ADIT_APP_LIVE_H
#define ADIT_APP_LIVE_H

#include "adit/tunnel.h"

#include "log.h"
#include "options.h"

#include <pthread.h>

#define ADIT_LIVE_TUNNELS_MAX 64
#define ADIT_LIVE_TEXT_SIZE   8192
#define ADIT_LIVE_MS          1000 /* it is drawn once in this time at most */

struct adit_live_tunnel {
    const char *name;
    struct adit_tunnel *tunnel;
};

/* What was seen of a tunnel the last time. */
struct adit_live_past {
    const struct adit_tunnel *tunnel;
    uint64_t bytes_sent, bytes_received;
};

struct adit_live {
    int fd;
    uint64_t seen_ms; /* when it was looked at last; 0: never */
    struct adit_live_past pasts[ADIT_LIVE_TUNNELS_MAX];

    pthread_mutex_t lock; /* of what is on the screen */
    char text[ADIT_LIVE_TEXT_SIZE];
    size_t len;
    unsigned lines; /* of the text that are on the screen now */
    bool is_held;   /* none are to be there */
};

/*
 * Where -v was given, or it is `adit up`, and stdout and the log are a terminal that can show it,
 * the log leads to the view from now on. Before there are threads.
 */
void adit_live_choose(struct adit_live *live, const struct adit_options *options,
                      struct adit_client_log *log);

/* Looks at the tunnels, and draws when something has changed. From one thread. */
void adit_live_show(struct adit_live *live, const struct adit_live_tunnel *tunnels, size_t count);

/* Takes the view off the screen. */
void adit_live_end(struct adit_live *live);

/* Keeps the view off the screen while a question stands there; NULL: there is no view. */
void adit_live_hold(struct adit_live *live, bool held);

/* Writes a line of the log above the view. From any thread. */
void adit_live_log(struct adit_live *live, const char *line, size_t len);

#endif
