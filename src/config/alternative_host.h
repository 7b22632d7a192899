/* SPDX-License-Identifier: BSD-2-Clause */
/* One word of AlternativeHosts: host, host:port or [address]:port. */
#ifndef ADIT_CONFIG_ALTERNATIVE_HOST_H
#define ADIT_CONFIG_ALTERNATIVE_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct adit_alternative_host {
    char host[256];
    uint16_t port; /* 0: none was given */
};

/* False: the word is none of these forms. */
bool adit_alternative_host_parse(const char *word, struct adit_alternative_host *out);

#endif
