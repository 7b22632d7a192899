/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64 cut into lines, as it stands in key files. */
#ifndef ADIT_KEYS_BASE64_LINES_H
#define ADIT_KEYS_BASE64_LINES_H

#include "base/buffer.h"

/* Appends lines of at most `width` letters, each with its newline. What is secret stays so. */
ADIT_MUST_USE enum adit_err adit_base64_lines_encode(struct adit_span bytes, size_t width,
                                                     struct adit_buffer *out);

/* How many lines that makes. */
size_t adit_base64_lines_count(size_t len, size_t width);

#endif
