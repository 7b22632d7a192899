/* SPDX-License-Identifier: BSD-2-Clause */
/* --password-file: a password for where nobody can be asked. */
#ifndef ADIT_APP_PASSWORD_FILE_H
#define ADIT_APP_PASSWORD_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define ADIT_PASSWORD_SIZE 1024 /* with its NUL */

/*
 * The first line of a regular file that nobody but its owner may read. False
 * with a sentence in `why`; then `password` is "". To be wiped by the caller.
 */
bool adit_password_file_read(const char *path, char password[static ADIT_PASSWORD_SIZE], char *why,
                             size_t why_size);

/* The same of another secret: `what` is how the sentence calls it. */
bool adit_secret_file_read(const char *what, const char *path,
                           char secret[static ADIT_PASSWORD_SIZE], char *why, size_t why_size);

#endif
