/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be sent: a chain of blocks, filled at the tail, sent from the head. */
#ifndef ADIT_TRANSPORT_OUTPUT_H
#define ADIT_TRANSPORT_OUTPUT_H

#include "transport/buffers.h"

struct adit_output {
    struct adit_block *first;
    struct adit_block *last;
    size_t size; /* bytes that wait */
};

/*
 * `len` bytes in one piece at the tail, or NULL. They count only after
 * adit_output_filled().
 */
uint8_t *adit_output_room(struct adit_output *o, struct adit_buffers *buffers, size_t len);
void adit_output_filled(struct adit_output *o, size_t len);
/* Bytes in one piece that adit_output_room() could give without a new block. */
size_t adit_output_left(const struct adit_output *o);
size_t adit_output_spans(const struct adit_output *o, struct adit_span *spans, size_t max);
void adit_output_sent(struct adit_output *o, struct adit_buffers *buffers, size_t len);
/* Gives everything back. Also right when nothing waits: for room that was not filled. */
void adit_output_clear(struct adit_output *o, struct adit_buffers *buffers);

#endif
