/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of PuTTY's plink that are words behind one dash, for hands that are used to them. */
#ifndef ADIT_APP_PLINK_WORDS_H
#define ADIT_APP_PLINK_WORDS_H

#include "log.h"
#include "options.h"

enum adit_plink { ADIT_PLINK_NONE, ADIT_PLINK_TAKEN, ADIT_PLINK_BAD };

/*
 * A word that is plink's and that ssh could not mean; `next` is the one behind
 * it, or NULL. *used_next: it belongs to it. BAD: options->error says why.
 */
enum adit_plink adit_plink_take(struct adit_options *options, const char *word, char *next,
                                bool *used_next);

/* Says what was noted of them. */
void adit_plink_tell(const struct adit_options *options, const struct adit_client_log *log);

#endif
