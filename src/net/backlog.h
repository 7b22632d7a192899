/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that a socket did not take yet, in blocks. It has no limit of its own:
 * the channel's window is one. All zero is an empty backlog, which holds no memory.
 */
#ifndef ADIT_NET_BACKLOG_H
#define ADIT_NET_BACKLOG_H

#include "adit/err.h"

#include <sys/uio.h>

struct adit_backlog_block;

struct adit_backlog {
    struct adit_backlog_block *first;
    struct adit_backlog_block *last;
    size_t size;
};

/* NO_MEMORY: then nothing was added. */
ADIT_MUST_USE enum adit_err adit_backlog_append(struct adit_backlog *b, struct adit_span bytes);
/* Fills at most `max` pieces with what waits, in order; returns how many. */
size_t adit_backlog_pieces(const struct adit_backlog *b, struct iovec *pieces, size_t max);
/* The first `len` bytes are done. */
void adit_backlog_drop(struct adit_backlog *b, size_t len);
void adit_backlog_clear(struct adit_backlog *b);

#endif
