/* SPDX-License-Identifier: BSD-2-Clause */
/* The proxy that the environment names, as other programs understand it. */
#ifndef ADIT_NET_PROXY_ENV_H
#define ADIT_NET_PROXY_ENV_H

#include "config/proxy_url.h"

enum { ADIT_PROXY_ENV_SIZE = 1024 };

/*
 * The first of HTTPS_PROXY, https_proxy, ALL_PROXY and all_proxy that is set,
 * as an URL, to be wiped by the caller; false: none, or NO_PROXY exempts the
 * host, or it is too long. *variable is the one that it came from.
 */
bool adit_proxy_from_environment(const char *host, char url[static ADIT_PROXY_ENV_SIZE],
                                 const char **variable);

/* Whether a list as of NO_PROXY has the host: names, ends of names, or "*" for all. */
bool adit_proxy_is_exempt(const char *list, const char *host);

#endif
