/* SPDX-License-Identifier: BSD-2-Clause */
/* "http://user:password@host:port" and the like: which proxy, and how to talk to it. */
#ifndef ADIT_CONFIG_PROXY_URL_H
#define ADIT_CONFIG_PROXY_URL_H

#include "adit/err.h"

enum adit_proxy_kind {
    ADIT_PROXY_HTTP,    /* CONNECT (RFC 9110, 9.3.6) */
    ADIT_PROXY_SOCKS5,  /* RFC 1928; the proxy looks the name up */
    ADIT_PROXY_SOCKS4A, /* the same for its older protocol */
};

enum {
    ADIT_PROXY_PART_SIZE = 256, /* SOCKS has one byte for a length */
    ADIT_PROXY_SHOWN_SIZE = 320,
    ADIT_PROXY_WHY_SIZE = 128,
};

/* As ProxyURL: the one that the variables HTTPS_PROXY, ALL_PROXY and NO_PROXY name. */
#define ADIT_PROXY_FROM_ENVIRONMENT "env"

struct adit_proxy_url {
    enum adit_proxy_kind kind;
    bool has_user;
    char user[ADIT_PROXY_PART_SIZE];
    char password[ADIT_PROXY_PART_SIZE];
    char host[ADIT_PROXY_PART_SIZE];
    uint16_t port;
};

/* FORMAT with a sentence in `why` that shows nothing of the text. To be cleared in any case. */
ADIT_MUST_USE enum adit_err adit_proxy_url_parse(const char *text, struct adit_proxy_url *out,
                                                 char why[static ADIT_PROXY_WHY_SIZE]);
/* Wipes it. */
void adit_proxy_url_clear(struct adit_proxy_url *url);

/* "http://host:port", without who logs in there. Returns `out`. */
const char *adit_proxy_url_shown(const struct adit_proxy_url *url,
                                 char out[static ADIT_PROXY_SHOWN_SIZE]);

#endif
