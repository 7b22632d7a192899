/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks a proxy, on a socket that is connected to it, for a way through to a host. */
#ifndef ADIT_NET_PROXY_H
#define ADIT_NET_PROXY_H

#include "config/proxy_url.h"
#include "net/dial.h"

struct adit_proxy;

/*
 * Takes `fd` over, also on error. `done` comes once, as that of a dial, never
 * from inside this call, after `timeout_ms` at the latest (0: no limit); then
 * the proxy is out of the way and this is gone. USAGE: such a host cannot be
 * asked for; NO_MEMORY; SYSTEM: the descriptor cannot be polled.
 */
ADIT_MUST_USE enum adit_err adit_proxy_start(struct adit_loop *loop, int fd,
                                             const struct adit_proxy_url *url,
                                             const struct adit_dial_settings *target,
                                             adit_dial_fn *done, void *arg,
                                             struct adit_proxy **out);
/* `done` will not come. */
void adit_proxy_cancel(struct adit_proxy *proxy);

#endif
