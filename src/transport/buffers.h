/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all sessions of one thread share: the input area, the blocks that output
 * is built in, a scratch buffer for the message under construction.
 */
#ifndef ADIT_TRANSPORT_BUFFERS_H
#define ADIT_TRANSPORT_BUFFERS_H

#include "adit/ssh.h"
#include "base/buffer.h"
#include "crypto/random.h"

enum {
    /* What is read at once, and beside it room for the part of a packet that came before. */
    ADIT_READ_SIZE = 256 * 1024,
    ADIT_INPUT_SIZE = ADIT_READ_SIZE + 256 * 1024 + 1024,
    ADIT_BLOCK_LARGE = 260 * 1024, /* eight packets of data, sealed */
    ADIT_BLOCK_SMALL = 2 * 1024,   /* a few messages */
    ADIT_MESSAGE_MAX = 256 * 1024,
};

/* Bytes [head, tail) are output that waits to be sent. */
struct adit_block {
    struct adit_block *next;
    size_t capacity;
    size_t head;
    size_t tail;
    uint8_t bytes[];
};

struct adit_buffers {
    uint8_t *input;
    struct adit_block *free_large;
    size_t free_large_count;
    struct adit_buffer scratch;
    struct adit_padding_pool padding;
    uint8_t *unpacked;   /* for compress.c: NULL until a session compresses */
    size_t unpacked_at;  /* where the next payload goes… */
    size_t unpacked_len; /* …and how much of it the last one takes, if that is to stay */
};

/* An empty block with room for at least `need` bytes, or NULL. */
struct adit_block *adit_block_take(struct adit_buffers *buffers, size_t need);
void adit_block_give_back(struct adit_buffers *buffers, struct adit_block *block);

#endif
