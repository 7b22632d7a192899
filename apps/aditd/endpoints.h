/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the gateway listens: one endpoint for each ListenAddress. New settings
 * open what is new before they close what is not wanted any more.
 */
#ifndef ADITD_ENDPOINTS_H
#define ADITD_ENDPOINTS_H

#include "config/sshd_config.h"
#include "net/listen.h"

#define ADIT_ENDPOINTS_MAX 64

struct adit_endpoint {
    char *host;
    uint16_t port; /* as the settings say; 0: any */
    int family;
    bool wanted; /* by the newest settings */
    struct adit_listener *listener;
};

struct adit_endpoint_names;

struct adit_endpoints {
    struct adit_loop *loop;
    const struct adit_log *log;
    struct adit_endpoint_names *names; /* looked up already; NULL: to be looked up, which blocks */
    adit_accept_fn *accepted;
    void *arg;
    size_t count;
    struct adit_endpoint list[2 * ADIT_ENDPOINTS_MAX]; /* the old ones and the new ones */
};

/*
 * Listens on every address of the settings and, if that goes well, nowhere else.
 * SYSTEM, LIMIT, NO_MEMORY: on some it does not; *text says why of the last one,
 * the log of those before, and everything that was open is open still.
 */
ADIT_MUST_USE enum adit_err adit_endpoints_renew(struct adit_endpoints *endpoints,
                                                 const struct adit_sshd_config *config,
                                                 bool any_port, char *text, size_t size);
/* AF_UNSPEC, AF_INET or AF_INET6. */
int adit_endpoints_family(const struct adit_sshd_config *config);
/* The port of the first one; 0: there is none. */
uint16_t adit_endpoints_port(const struct adit_endpoints *endpoints);
void adit_endpoints_close(struct adit_endpoints *endpoints);

#endif
