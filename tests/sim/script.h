/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A byte string read as what a hostile peer does to a whole session: payloads
 * of its own, time that passes, key exchanges, calls of the driver. For the
 * fuzzers; whatever the bytes are, nothing may break.
 *
 * Each step is one byte of what to do, and for a payload its length (2 bytes)
 * and the bytes.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "adit/ssh.h"

/* `victim` is the side that gets the payloads. */
void script_run(const uint8_t *data, size_t size, enum adit_role victim);

#endif
