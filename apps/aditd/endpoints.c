/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An old endpoint can be in the way of a new one: all addresses of a port, where
 * it was one. The system says that the address is in use then, and only then is
 * the old one closed first, and opened again if that was no help.
 */
#include "endpoints.h"

#include "base/memory.h"
#include "base/span.h"
#include "endpoint_names.h"
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>

enum { TARGET_SIZE = 280 };

/* ---- one endpoint ------------------------------------------------------------- */

static const char *name_of(const struct adit_endpoint *endpoint, char out[static TARGET_SIZE])
{
    return adit_policy_target(endpoint->host,
                              endpoint->listener && endpoint->port == 0
                                  ? adit_listener_port(endpoint->listener)
                                  : endpoint->port,
                              out, TARGET_SIZE);
}

/* *in_use says whether that is why it failed. */
static enum adit_err listen_at(const struct adit_endpoints *endpoints,
                               struct adit_endpoint *endpoint, bool *in_use, char *text,
                               size_t size)
{
    struct adit_listen_settings settings = {
        .address = endpoint->host,
        .port = endpoint->port,
        .family = endpoint->family,
        .log = endpoints->log,
    };
    const char *why;

    settings.in_use = in_use;
    if (endpoints->names && adit_listen_needs_look_up(endpoint->host, endpoint->family)) {
        settings.found =
            adit_endpoint_names_find(endpoints->names, endpoint->host, endpoint->family, &why);
        if (settings.found == NULL) {
            (void)snprintf(text, size, "listen on %s: %s", endpoint->host, why);
            return ADIT_ERR_SYSTEM;
        }
    }

    return adit_listener_new(endpoints->loop, &settings, endpoints->accepted, endpoints->arg, text,
                             size, &endpoint->listener);
}

static void clear(struct adit_endpoint *endpoint)
{
    adit_listener_free(endpoint->listener);
    free(endpoint->host);
    *endpoint = (struct adit_endpoint){ .host = NULL };
}

/* ---- one in the way of another -------------------------------------------------- */

static bool is_in_the_way(const struct adit_endpoint *old, const struct adit_endpoint *endpoint)
{
    return !old->wanted && old->port == endpoint->port && old->port != 0;
}

/* Returns whether there was any. */
static bool make_way(struct adit_endpoints *endpoints, const struct adit_endpoint *endpoint)
{
    bool any = false;

    for (size_t i = 0; i < endpoints->count; i++) {
        struct adit_endpoint *old = &endpoints->list[i];

        if (!is_in_the_way(old, endpoint))
            continue;
        any = any || old->listener;
        adit_listener_free(old->listener);
        old->listener = NULL;
    }
    return any;
}

static void open_again(struct adit_endpoints *endpoints, const struct adit_endpoint *endpoint)
{
    char text[256];

    for (size_t i = 0; i < endpoints->count; i++) {
        struct adit_endpoint *old = &endpoints->list[i];

        if (is_in_the_way(old, endpoint) && old->listener == NULL &&
            listen_at(endpoints, old, NULL, text, sizeof text) != ADIT_OK)
            adit_log_line(endpoints->log, ADIT_LOG_ERROR, "not open again: %s", text);
    }
}

static enum adit_err open_endpoint(struct adit_endpoints *endpoints, struct adit_endpoint *endpoint,
                                   char *text, size_t size)
{
    bool in_use = false;
    enum adit_err err = listen_at(endpoints, endpoint, &in_use, text, size);
    char target[TARGET_SIZE];

    if (err && in_use && make_way(endpoints, endpoint)) {
        err = listen_at(endpoints, endpoint, &in_use, text, size);
        if (err)
            open_again(endpoints, endpoint);
    }
    if (!err)
        adit_log_line(endpoints->log, ADIT_LOG_INFO, "listening on %s", name_of(endpoint, target));
    return err;
}

/* ---- all of them ------------------------------------------------------------------ */

struct place {
    const char *host;
    uint16_t port;
    int family;
};

int adit_endpoints_family(const struct adit_sshd_config *config)
{
    static const int families[] = {
        [ADIT_FAMILY_ANY] = AF_UNSPEC,
        [ADIT_FAMILY_INET] = AF_INET,
        [ADIT_FAMILY_INET6] = AF_INET6,
    };

    return families[config->address_family];
}

static struct place place_of(const struct adit_sshd_config *config, size_t i, bool any_port)
{
    const struct adit_listen_address *at = &config->listen_addresses[i];

    return (struct place){ at->host, any_port ? 0 : at->port, adit_endpoints_family(config) };
}

static struct adit_endpoint *find(struct adit_endpoints *endpoints, const struct place *place)
{
    for (size_t i = 0; i < endpoints->count; i++) {
        struct adit_endpoint *endpoint = &endpoints->list[i];

        if (endpoint->port == place->port && endpoint->family == place->family &&
            strcmp(endpoint->host, place->host) == 0)
            return endpoint;
    }
    return NULL;
}

static enum adit_err add(struct adit_endpoints *endpoints, const struct place *place, char *text,
                         size_t size)
{
    struct adit_endpoint endpoint = {
        .host = adit_text_copy(adit_span_text(place->host)),
        .port = place->port,
        .family = place->family,
        .wanted = true,
    };
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    if (endpoints->count == ADIT_ARRAY_LEN(endpoints->list))
        err = ADIT_ERR_LIMIT; /* of several reloads that went wrong */
    (void)snprintf(text, size, "listen: %s", adit_err_text(err));
    if (endpoint.host && err != ADIT_ERR_LIMIT)
        err = open_endpoint(endpoints, &endpoint, text, size);
    if (err)
        clear(&endpoint);
    else
        endpoints->list[endpoints->count++] = endpoint;
    return err;
}

/* Closes those that are not wanted, and forgets those that could not be opened again. */
static void drop(struct adit_endpoints *endpoints, bool unwanted)
{
    char target[TARGET_SIZE];
    size_t kept = 0;

    for (size_t i = 0; i < endpoints->count; i++) {
        struct adit_endpoint *endpoint = &endpoints->list[i];

        if (endpoint->listener && (endpoint->wanted || !unwanted)) {
            endpoints->list[kept++] = *endpoint;
            continue;
        }
        adit_log_line(endpoints->log, ADIT_LOG_INFO, "listening no more on %s",
                      name_of(endpoint, target));
        clear(endpoint);
    }
    endpoints->count = kept;
}

/* Before any is opened: what stays must not make way. */
static void mark_wanted(struct adit_endpoints *endpoints, const struct adit_sshd_config *config,
                        bool any_port)
{
    for (size_t i = 0; i < endpoints->count; i++)
        endpoints->list[i].wanted = false;
    for (size_t i = 0; i < config->listen_address_count; i++) {
        const struct place place = place_of(config, i, any_port);
        struct adit_endpoint *old = find(endpoints, &place);

        if (old)
            old->wanted = true;
    }
}

/* What has made way comes back when the new places are not to be had; what it gave way to goes. */
static void restore(struct adit_endpoints *endpoints, size_t before)
{
    char text[256];

    for (size_t i = 0; i < before; i++) {
        struct adit_endpoint *old = &endpoints->list[i];

        if (old->listener)
            continue;
        for (size_t k = before; k < endpoints->count; k++)
            if (endpoints->list[k].port == old->port) {
                adit_listener_free(endpoints->list[k].listener);
                endpoints->list[k].listener = NULL;
            }
        if (listen_at(endpoints, old, NULL, text, sizeof text) != ADIT_OK)
            adit_log_line(endpoints->log, ADIT_LOG_ERROR, "not open again: %s", text);
    }
}

enum adit_err adit_endpoints_renew(struct adit_endpoints *endpoints,
                                   const struct adit_sshd_config *config, bool any_port, char *text,
                                   size_t size)
{
    const size_t before = endpoints->count;
    enum adit_err last = ADIT_OK;

    if (config->listen_address_count > ADIT_ENDPOINTS_MAX) {
        (void)snprintf(text, size, "more than %d addresses to listen on", ADIT_ENDPOINTS_MAX);
        return ADIT_ERR_LIMIT;
    }
    mark_wanted(endpoints, config, any_port);
    for (size_t i = 0; i < config->listen_address_count; i++) {
        const struct place place = place_of(config, i, any_port);
        char why[300];
        enum adit_err err;

        if (find(endpoints, &place))
            continue;
        err = add(endpoints, &place, why, sizeof why);
        if (err && last)
            adit_log_line(endpoints->log, ADIT_LOG_ERROR, "%s", text);
        if (err) {
            (void)snprintf(text, size, "%s", why);
            last = err;
        }
    }
    if (last)
        restore(endpoints, before);
    drop(endpoints, last == ADIT_OK);
    return last;
}

uint16_t adit_endpoints_port(const struct adit_endpoints *endpoints)
{
    return endpoints->count ? adit_listener_port(endpoints->list[0].listener) : 0;
}

void adit_endpoints_close(struct adit_endpoints *endpoints)
{
    for (size_t i = 0; i < endpoints->count; i++)
        clear(&endpoints->list[i]);
    endpoints->count = 0;
}
