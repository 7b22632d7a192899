/* SPDX-License-Identifier: BSD-2-Clause */
/* One tunnel's line of the live view. Pure. */
#ifndef ADIT_APP_LIVE_LINE_H
#define ADIT_APP_LIVE_LINE_H

#include "adit/tunnel.h"

struct adit_live_sample {
    const char *name;
    const struct adit_tunnel_status *status;
    uint64_t sent_rate; /* bytes in a second */
    uint64_t received_rate;
};

/* Writes at most `columns` characters that each take one, and a NUL; `size` is at least 1. */
void adit_live_line(const struct adit_live_sample *sample, size_t columns, char *out, size_t size);

#endif
