/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -f. A child does all the work from the start; we wait until it has said how
 * that went, so that a script may rely on the tunnel when we return.
 */
#ifndef ADIT_APP_BACKGROUND_H
#define ADIT_APP_BACKGROUND_H

#include <stdbool.h>

struct adit_background {
    int verdict; /* in the child: the pipe to whoever waits */
};

enum adit_background_side {
    ADIT_BACKGROUND_FAILED, /* errno tells why */
    ADIT_BACKGROUND_CHILD,
    ADIT_BACKGROUND_PARENT, /* the child is up or has failed */
};

/* To be called before there are threads. The parent gets its exit code. */
enum adit_background_side adit_background_fork(struct adit_background *background, int *exit_code);

/*
 * In the child: leaves the terminal for good and lets the parent go with
 * success. False: nobody waits any more.
 */
bool adit_background_detach(struct adit_background *background);

#endif
