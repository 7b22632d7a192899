/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of algorithm names as Ciphers and its kin take them. */
#ifndef ADIT_CONFIG_ALGORITHM_LIST_H
#define ADIT_CONFIG_ALGORITHM_LIST_H

#include "base/buffer.h"
#include "crypto/algorithms.h"

#define ADIT_ALGORITHM_LIST_MAX ((size_t)16 * 1024)

/*
 * Appends the names that `text` stands for: "a,b" as they are, "+a,b" after the
 * default ones, "^a,b" before them, "-a*,b" the default ones without what
 * matches. A name may be a pattern, and one that OpenSSH has and we have not is
 * passed over. Each name once. FORMAT when nobody knows a name or none is left.
 * `why` gets a sentence about that, or about what was passed over, or is "".
 * LIMIT, NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_algorithm_list_resolve(struct adit_span text,
                                                        enum adit_algorithm_kind kind,
                                                        struct adit_buffer *out, char *why,
                                                        size_t why_size);

#endif
