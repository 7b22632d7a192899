/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are written whole or not at all. */
#ifndef ADIT_APP_NEW_FILE_H
#define ADIT_APP_NEW_FILE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Writes a new file beside `path` and gives that its name. Unless `force` is
 * set, what is there already stays as it is; what is no regular file stays
 * always. NULL, or what went wrong.
 */
const char *adit_new_file_write(const char *path, const char *text, mode_t mode, bool force);

bool adit_write_all(int fd, const char *text);

#endif
