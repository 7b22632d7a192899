/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of PasswordFile: "user:hash", a hash of crypt(3); "#" begins a comment. */
#ifndef ADIT_CONFIG_PASSWORD_LINES_H
#define ADIT_CONFIG_PASSWORD_LINES_H

#include "base/span.h"

/*
 * The user's hash; or, for one who is unknown or locked ("!"), the first hash of
 * `text`, so that the time of an answer does not tell who exists; empty when
 * there is none at all. *known tells whether it is the user's.
 */
struct adit_span adit_password_hash_find(struct adit_span text, const char *user, bool *known);

#endif
