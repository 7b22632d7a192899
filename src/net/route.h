/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the gateway: a connection of our own, one through a proxy, or a
 * command that makes one.
 */
#ifndef ADIT_NET_ROUTE_H
#define ADIT_NET_ROUTE_H

#include "net/dial.h"

struct adit_route;

enum { ADIT_ROUTE_TEXT_SIZE = 192 };

struct adit_route_settings {
    struct adit_dial_settings dial; /* to the gateway; its address settings serve a proxy too, and
                                       `looked_up` tells of a proxy's name */
    const char *command;            /* of ProxyCommand, run by the user's shell; NULL: none */
    const char *proxy_url;          /* see adit_proxy_url_parse(), or "env"; NULL: none */
    char *why; /* ADIT_ROUTE_TEXT_SIZE bytes for a sentence on a wrong proxy_url; may be NULL */
};

/*
 * `done` comes once, as that of a dial and within one timeout for everything,
 * never from inside this call. The route lasts until it is freed: what the
 * connection needs (the command) lives with it. FORMAT: a wrong proxy_url;
 * NO_MEMORY; `done` will not come.
 */
ADIT_MUST_USE enum adit_err adit_route_start(struct adit_loop *loop,
                                             const struct adit_route_settings *settings,
                                             adit_dial_fn *done, void *arg,
                                             struct adit_route **out);
/* `done` will not come any more. NULL is fine. */
void adit_route_free(struct adit_route *route);

/* Why the connection has ended, if that is known here ("ProxyCommand ended with exit code 1"); "". */
void adit_route_describe_end(const struct adit_route *route,
                             char text[static ADIT_ROUTE_TEXT_SIZE]);

#endif
