/* SPDX-License-Identifier: BSD-2-Clause */
/* The names among the addresses to listen on, looked up off the loop, for so long and no longer. */
#ifndef ADITD_ENDPOINT_NAMES_H
#define ADITD_ENDPOINT_NAMES_H

#include "endpoints.h"

/*
 * Looks up the names that the settings have, and those that are listened on, for
 * they may have to be opened again. `done` comes once, when all are answered or
 * `timeout_ms` is over, never from inside this call. *out is NULL, and `done` does
 * not come, when there is no name. NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_endpoint_names_start(const struct adit_endpoints *endpoints,
                                                      const struct adit_sshd_config *config,
                                                      uint64_t timeout_ms, void (*done)(void *arg),
                                                      void *arg, struct adit_endpoint_names **out);
/* What a name stands for; NULL: *why says why it stands for nothing. */
const struct adit_sockaddrs *adit_endpoint_names_find(const struct adit_endpoint_names *names,
                                                      const char *host, int family,
                                                      const char **why);
/* `done` will not come. NULL is fine. */
void adit_endpoint_names_free(struct adit_endpoint_names *names);

#endif
