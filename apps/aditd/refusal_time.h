/* SPDX-License-Identifier: BSD-2-Clause */
/* When a login is refused: at a time that tells nothing about who exists and why. */
#ifndef ADITD_REFUSAL_TIME_H
#define ADITD_REFUSAL_TIME_H

#include "adit/adit.h"

#define ADIT_DELAY_SECRET_SIZE 32

/*
 * From the request to its refusal: 5 to 9 ms, the same for one name every time,
 * or that doubled until it covers what the judging took.
 */
uint64_t adit_refusal_time_ms(const uint8_t secret[static ADIT_DELAY_SECRET_SIZE],
                              struct adit_span user, uint64_t elapsed_ms);

#endif
