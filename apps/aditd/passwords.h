/* SPDX-License-Identifier: BSD-2-Clause */
/* PasswordFile: lines `user:hash` for crypt(3). Blocks: not for the loop's thread. */
#ifndef ADITD_PASSWORDS_H
#define ADITD_PASSWORDS_H

#include "adit/adit.h"

/*
 * Whether the password is the user's. An unknown user costs the time of a
 * known one. `why` tells the log what is wrong with the file, else it is "".
 */
bool adit_password_good(const char *path, bool strict, const char *user, struct adit_span password,
                        char *why, size_t size);

#endif
