/* SPDX-License-Identifier: BSD-2-Clause */
/* What `adit key show` says of a public key and of a certificate. */
#ifndef ADIT_APP_KEY_SHOW_PUBLIC_H
#define ADIT_APP_KEY_SHOW_PUBLIC_H

#include "adit/public_key.h"

/* All that stands behind the format; `readers` of a plain key's file. */
void adit_key_print_public(const struct adit_public_key *key, const char *readers);

#endif
