/* SPDX-License-Identifier: BSD-2-Clause */
/* The identification line (RFC 4253, 4.2). */
#ifndef ADIT_TRANSPORT_IDENTIFICATION_H
#define ADIT_TRANSPORT_IDENTIFICATION_H

#include "adit/ssh.h"

enum {
    ADIT_IDENTIFICATION_MAX = 255, /* CR LF included */
    ADIT_PRELUDE_LINES_MAX = 1024, /* what a server may say before it */
    ADIT_PRELUDE_LINE_MAX = 8192,
};

enum adit_line_verdict {
    ADIT_LINE_NEEDS_MORE,
    ADIT_LINE_PRELUDE,        /* a server's line before its identification */
    ADIT_LINE_IDENTIFICATION, /* `*line` is it, without CR LF */
    ADIT_LINE_NOT_SSH,        /* nothing that an SSH-2 peer in its right mind sends */
    ADIT_LINE_OLD_VERSION,    /* SSH, but not 2.0 */
};

/*
 * Judges the line at the front of `bytes`. `*consumed` counts its end, LF
 * included; of NEEDS_MORE and NOT_SSH it is 0. `from_server`: lines before the
 * identification are allowed and "SSH-1.99-" means 2.0 (RFC 4253, 5.1).
 */
enum adit_line_verdict adit_identification_judge(struct adit_span bytes, bool from_server,
                                                 struct adit_span *line, size_t *consumed);

#endif
