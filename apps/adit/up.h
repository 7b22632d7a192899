/* SPDX-License-Identifier: BSD-2-Clause */
/* adit up: tunnels of the configuration, by their names, that are tried until they are up. */
#ifndef ADIT_APP_UP_H
#define ADIT_APP_UP_H

#include "options.h"

/* The exit status when newer clients with our keys have our ports, and nothing else failed. */
enum { ADIT_UP_REPLACED = 10 };

/* The exit status. The options are those of adit_options_parse_up(). */
int adit_up(struct adit_options *options);

#endif
