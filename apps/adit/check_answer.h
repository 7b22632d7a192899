/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a server speak, and says which it is. */
#ifndef ADIT_APP_CHECK_ANSWER_H
#define ADIT_APP_CHECK_ANSWER_H

#include "adit/greeting.h"
#include "adit/tunnel.h"

/* How one more connection to the same place is made; -1: not at all. */
struct adit_check_place {
    int (*open)(void *arg);
    void *arg;
    uint16_t port; /* what it usually has is tried first; 0: a path */
};

enum adit_check_outcome {
    ADIT_CHECK_KNOWN,   /* the greeting says which */
    ADIT_CHECK_STRANGE, /* it said something that no known server says… */
    ADIT_CHECK_SHY,     /* …or only hung up on each question */
    ADIT_CHECK_SILENT,  /* it answered nothing */
    ADIT_CHECK_CLOSED,  /* it hung up before it was asked anything */
};

struct adit_check_answer {
    enum adit_check_outcome outcome;
    struct adit_greeting greeting;
    char said[80]; /* STRANGE: the beginning, printable */
};

/* `fd` is the first connection; it is closed here. Takes 15 seconds at most, besides `open`. */
void adit_check_ask(const struct adit_check_place *place, int fd, struct adit_check_answer *out);

#endif
