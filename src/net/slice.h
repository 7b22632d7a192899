/* SPDX-License-Identifier: BSD-2-Clause */
/* How long a thread may keep its processor from others that want it. */
#ifndef ADIT_NET_SLICE_H
#define ADIT_NET_SLICE_H

/*
 * Asks for the shortest slices of the scheduler, for the calling thread and what it starts.
 * What it does when it is woken is short, and somebody waits for it: with short slices it comes
 * first, and gives way sooner. Linux from 6.12 on; elsewhere nothing changes (docs/decisions/0030).
 */
void adit_slice_shorten(void);

#endif
