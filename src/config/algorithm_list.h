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
 * matches. Each name once. FORMAT when a name is not supported or none is left,
 * with a sentence in `why`; LIMIT, NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_algorithm_list_resolve(struct adit_span text,
                                                        enum adit_algorithm_kind kind,
                                                        struct adit_buffer *out, char *why,
                                                        size_t why_size);

#endif
