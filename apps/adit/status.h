/* SPDX-License-Identifier: BSD-2-Clause */
/* What `adit status` prints of one tunnel, written by the program that has the tunnel. */
#ifndef ADIT_APP_STATUS_H
#define ADIT_APP_STATUS_H

#include "member.h"

#include <stdio.h>

/* A few lines for people. */
void adit_status_print_text(FILE *out, struct adit_member *member);
/* One line, an object. */
void adit_status_print_json(FILE *out, struct adit_member *member);

/* "connecting", "up", "waiting", "closing", "ended". */
const char *adit_status_state(enum adit_tunnel_state state);

#endif
