/* SPDX-License-Identifier: BSD-2-Clause */
/* The options at the front of a line of authorized_keys (sshd(8)). */
#ifndef ADIT_KEYS_KEY_OPTIONS_H
#define ADIT_KEYS_KEY_OPTIONS_H

#include "keys/authorized_keys.h"

/*
 * Splits a line that begins with options: they end at the first blank outside
 * of quotes.
 */
void adit_key_options_split(struct adit_span line, struct adit_span *options,
                            struct adit_span *rest);

/*
 * Reads "name,name=\"value\",…" on top of what `*out` holds. FORMAT: something
 * in it is not known or broken, `complaint` says what. On error *out is cleared.
 */
ADIT_MUST_USE enum adit_err adit_key_options_parse(struct adit_span options,
                                                   struct adit_key_options *out,
                                                   struct adit_authorized_complaint *complaint);

/*
 * "YYYYMMDD", "YYYYMMDDHHMM", "YYYYMMDDHHMMSS", each with or without a "Z", as
 * seconds since 1970. Always UTC: the engine knows no time zone, so without a Z
 * this differs from sshd, which takes its own.
 */
ADIT_MUST_USE enum adit_err adit_expiry_time_parse(struct adit_span text, uint64_t *out);

#endif
