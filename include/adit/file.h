/* SPDX-License-Identifier: BSD-2-Clause */
/* New files, written whole or not at all: for keys above all. */
#ifndef ADIT_FILE_H
#define ADIT_FILE_H

#include "adit/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes beside `path`, to the disk, and gives that its name. What is there
 * already stays, unless `replace` is set; what is no regular file stays always.
 * REFUSED: something stays there; SYSTEM, NOT_FOUND: it cannot be written. `why`
 * says it then, beginning with the path.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_file_create(const char *path, struct adit_span content,
                                                      unsigned mode, bool replace, char *why,
                                                      size_t size);

#ifdef __cplusplus
}
#endif

#endif
