/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reload is no start: sessions go on meanwhile, and new ones come in. So no
 * name server that is silent may hold the main thread up.
 */
#include "endpoint_names.h"

#include "base/memory.h"
#include "base/span.h"
#include "net/resolve.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAMES_MAX = 3 * ADIT_ENDPOINTS_MAX };

struct name {
    struct adit_endpoint_names *names;
    struct adit_resolve *resolve; /* while it is under way */
    char *host;
    int family;
    struct adit_sockaddrs found;
    char why[96];
};

struct adit_endpoint_names {
    void (*done)(void *arg);
    void *arg;
    struct adit_timer *timer;
    size_t waiting;
    size_t count;
    struct name list[];
};

static void answered(void *arg, const struct adit_sockaddrs *addresses, const char *failure)
{
    struct name *name = arg;
    struct adit_endpoint_names *names = name->names;

    name->resolve = NULL;
    name->found = *addresses;
    (void)snprintf(name->why, sizeof name->why, "%s", failure ? failure : "no address");
    if (--names->waiting == 0)
        names->done(names->arg);
}

static void time_is_over(void *arg)
{
    struct adit_endpoint_names *names = arg;

    for (size_t i = 0; i < names->count; i++) {
        adit_resolve_cancel(names->list[i].resolve);
        names->list[i].resolve = NULL;
    }
    names->done(names->arg);
}

static const struct name *find(const struct adit_endpoint_names *names, const char *host,
                               int family)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->list[i].family == family && strcmp(names->list[i].host, host) == 0)
            return &names->list[i];
    return NULL;
}

static enum adit_err add(struct adit_endpoint_names *names, struct adit_loop *loop,
                         const char *host, int family)
{
    const struct adit_resolve_name wanted = { .host = host, .family = family };
    struct name *name = &names->list[names->count];
    enum adit_err err;

    if (!adit_listen_needs_look_up(host, family) || find(names, host, family))
        return ADIT_OK;
    name->names = names;
    name->family = family;
    name->host = adit_text_copy(adit_span_text(host));
    if (name->host == NULL)
        return ADIT_ERR_NO_MEMORY;
    names->count++;
    (void)snprintf(name->why, sizeof name->why, "the name server does not answer");
    err = adit_resolve_start(loop, &wanted, answered, name, &name->resolve);
    if (err == ADIT_OK)
        names->waiting++;
    else
        (void)snprintf(name->why, sizeof name->why, "%s", adit_err_text(err));
    return ADIT_OK;
}

static enum adit_err add_all(struct adit_endpoint_names *names,
                             const struct adit_endpoints *endpoints,
                             const struct adit_sshd_config *config)
{
    const int family = adit_endpoints_family(config);
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; i < config->listen_address_count && i < ADIT_ENDPOINTS_MAX && !err; i++)
        err = add(names, endpoints->loop, config->listen_addresses[i].host, family);
    for (size_t i = 0; i < endpoints->count && !err; i++)
        err = add(names, endpoints->loop, endpoints->list[i].host, endpoints->list[i].family);
    return err;
}

enum adit_err adit_endpoint_names_start(const struct adit_endpoints *endpoints,
                                        const struct adit_sshd_config *config, uint64_t timeout_ms,
                                        void (*done)(void *arg), void *arg,
                                        struct adit_endpoint_names **out)
{
    struct adit_endpoint_names *names = adit_new(sizeof *names + NAMES_MAX * sizeof names->list[0]);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (names == NULL)
        return err;
    names->done = done;
    names->arg = arg;
    err = adit_timer_new(endpoints->loop, time_is_over, names, &names->timer);
    if (err == ADIT_OK)
        err = add_all(names, endpoints, config);
    if (err || names->count == 0) {
        adit_endpoint_names_free(names);
        return err;
    }
    /* With nothing under way it comes at once, but not from in here. */
    adit_timer_set(names->timer,
                   adit_loop_now_ms(endpoints->loop) + (names->waiting ? timeout_ms : 0));
    *out = names;
    return ADIT_OK;
}

const struct adit_sockaddrs *adit_endpoint_names_find(const struct adit_endpoint_names *names,
                                                      const char *host, int family,
                                                      const char **why)
{
    const struct name *name = find(names, host, family);

    *why = name ? name->why : "it was not looked up";
    return name && name->found.count ? &name->found : NULL;
}

void adit_endpoint_names_free(struct adit_endpoint_names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < names->count; i++) {
        adit_resolve_cancel(names->list[i].resolve);
        free(names->list[i].host);
    }
    adit_timer_free(names->timer);
    free(names);
}
