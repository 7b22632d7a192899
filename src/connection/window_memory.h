/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the receive windows of a process may come to, all told. Half of it is
 * for the windows that channels are born with, which get smaller as it fills
 * up; the other half is for those that grow. When the first half is used up,
 * channels are still born, with one packet's window: that the bytes which
 * really lie here stay within bounds then is the driver's to see to.
 */
#ifndef ADIT_CONNECTION_WINDOW_MEMORY_H
#define ADIT_CONNECTION_WINDOW_MEMORY_H

#include "adit/ssh.h"

/* For a new channel that would like `want` bytes. NULL: all of it. */
uint32_t adit_window_memory_first(struct adit_window_memory *memory, uint32_t want);
/* For a window that would like to grow by `want`; maybe 0. */
uint32_t adit_window_memory_more(struct adit_window_memory *memory, uint32_t want);
void adit_window_memory_give_back(struct adit_window_memory *memory, uint32_t size);

#endif
