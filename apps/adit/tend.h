/* SPDX-License-Identifier: BSD-2-Clause */
/* What the main thread does while tunnels run: it tells whoever waits how they are. */
#ifndef ADIT_APP_TEND_H
#define ADIT_APP_TEND_H

#include "background.h"
#include "roster.h"

struct adit_tending {
    const struct adit_roster *roster;
    struct adit_background *background; /* to be left once all is up; or NULL */
    int ready_fd;                       /* gets a line then, and is closed; -1: none */
    const char *master_path;            /* of -M with -S; or NULL */
    int replaced_status; /* when nothing worse ended it than newer clients with our keys */
};

/* Until somebody asks us to stop or every tunnel has ended; the exit status. */
int adit_tend(struct adit_tending *tending);

#endif
