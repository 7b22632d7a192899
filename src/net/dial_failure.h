/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentence about a connection that failed, with every address that was tried. */
#ifndef ADIT_NET_DIAL_FAILURE_H
#define ADIT_NET_DIAL_FAILURE_H

#include "adit/err.h"

#include <sys/socket.h>

enum {
    ADIT_DIAL_TEXT_SIZE = 640,
    /* Reasons besides errno's. */
    ADIT_DIAL_NOT_PERMITTED = -1,
    ADIT_DIAL_NO_ANSWER = -2,
    ADIT_DIAL_NO_SOURCE = -3,
};

/* All zero: nothing has failed yet. */
struct adit_dial_failure {
    enum adit_err err;
    int reason;       /* of the addresses that `tried` lists */
    char tried[200];  /* "10.0.0.7, 10.0.0.8" */
    char before[200]; /* "(::1): Network is unreachable; ": addresses with other reasons */
    char look_up[80]; /* the resolver's words, if it was the look-up */
};

/* An address could not be connected to: an errno or one of the reasons above. */
void adit_dial_failure_add(struct adit_dial_failure *failure, const struct sockaddr *address,
                           int reason);
void adit_dial_failure_look_up(struct adit_dial_failure *failure, enum adit_err err,
                               const char *words);
void adit_dial_failure_text(const struct adit_dial_failure *failure, const char *host,
                            uint16_t port, char text[static ADIT_DIAL_TEXT_SIZE]);

#endif
