/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forwards of a tunnel: those of the configuration, and those that come and
 * go while it runs. The gateway's answer is waited for without the lock.
 */
#include "member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORWARDS_MAX = 1024 };

/* "host:port", or a path. */
static const char *print_address(const char *host, uint16_t port,
                                 char out[static ADIT_ADDRESS_SIZE])
{
    const bool is_v6 = strchr(host, ':') != NULL;

    if (host[0] == '/')
        (void)snprintf(out, ADIT_ADDRESS_SIZE, "%s", host);
    else
        (void)snprintf(out, ADIT_ADDRESS_SIZE, "%s%s%s:%u", is_v6 ? "[" : "", host,
                       is_v6 ? "]" : "", (unsigned)port);
    return out;
}

/* What listens, as far as we know: the gateway may have another idea of it. */
const char *adit_forward_bind_text(const struct adit_member *member,
                                   const struct adit_member_forward *item, uint16_t port,
                                   char out[static ADIT_ADDRESS_SIZE])
{
    const struct adit_forward_spec *spec = &item->spec;
    const char *host = member->settings.gateway_ports ? "*" : "127.0.0.1";

    if (spec->bind_given)
        host = spec->bind[0] ? spec->bind : "*";
    else if (item->kind == ADIT_FORWARD_SPEC_REMOTE)
        host = "localhost";
    return print_address(host, port, out);
}

const char *adit_forward_target_text(const struct adit_forward_spec *spec,
                                     char out[static ADIT_ADDRESS_SIZE])
{
    if (spec->host[0] == '\0')
        (void)snprintf(out, ADIT_ADDRESS_SIZE, "SOCKS");
    else
        (void)print_address(spec->host, spec->port, out);
    return out;
}

/* ---- the list, under the member's lock ---- */

/* The port that was asked for, or the one that listens in its place. */
static bool has_port(const struct adit_member_forward *item, uint16_t port)
{
    return item->spec.bind_port == port || adit_forward_port(item->forward) == port;
}

static struct adit_member_forward *find(struct adit_member *member, enum adit_forward_kind kind,
                                        const struct adit_forward_spec *spec)
{
    for (size_t i = 0; i < member->forward_count; i++) {
        struct adit_member_forward *item = &member->forwards[i];
        const struct adit_forward_spec *have = &item->spec;

        if (item->kind == kind && have->bind_given == spec->bind_given &&
            strcmp(have->bind, spec->bind) == 0 && strcmp(have->host, spec->host) == 0 &&
            have->port == spec->port && has_port(item, spec->bind_port))
            return item;
    }
    return NULL;
}

/* False: no memory, or there are too many. */
static bool append(struct adit_member *member, const struct adit_member_forward *item)
{
    struct adit_member_forward *grown = NULL;
    const size_t count = member->forward_count;

    if (count < FORWARDS_MAX)
        grown = calloc(count + 1, sizeof *grown);
    if (grown == NULL)
        return false;
    if (count > 0)
        memcpy(grown, member->forwards, count * sizeof *grown);
    grown[count] = *item;
    free(member->forwards);
    member->forwards = grown;
    member->forward_count = count + 1;
    return true;
}

/* ---- one more, one less ---- */

static bool keep(struct adit_member *member, const struct adit_member_forward *item)
{
    bool kept;

    (void)pthread_mutex_lock(&member->lock);
    kept = append(member, item);
    (void)pthread_mutex_unlock(&member->lock);
    return kept;
}

/* Once it is in the list, another client may remove it: the port is known before. */
static enum adit_err open_forward(struct adit_member *member, struct adit_member_forward *item,
                                  uint16_t *port, struct adit_failure *failure)
{
    const struct adit_forward_spec *spec = &item->spec;
    const struct adit_forward_settings settings = {
        .bind = spec->bind_given ? spec->bind : NULL,
        .bind_port = spec->bind_port,
        .host = spec->host[0] ? spec->host : NULL,
        .port = spec->port,
    };
    enum adit_err err =
        item->kind == ADIT_FORWARD_SPEC_REMOTE
            ? adit_tunnel_forward_remote(member->tunnel, &settings, &item->forward, failure)
            : adit_tunnel_forward_local(member->tunnel, &settings, &item->forward, failure);

    if (err == ADIT_OK)
        *port = adit_forward_port(item->forward);
    if (err == ADIT_OK && !keep(member, item)) {
        adit_forward_remove(item->forward);
        err = ADIT_ERR_LIMIT;
    }
    if (err && failure->text[0] == '\0')
        (void)snprintf(failure->text, sizeof failure->text, "client side: the forward: %s",
                       adit_err_text(err));
    return err;
}

enum adit_err adit_member_add_forward(struct adit_member *member, enum adit_forward_kind kind,
                                      const struct adit_forward_spec *spec, uint16_t *port,
                                      struct adit_failure *failure)
{
    struct adit_member_forward item = { .kind = kind, .spec = *spec };
    const struct adit_member_forward *there;

    (void)pthread_mutex_lock(&member->lock);
    there = find(member, kind, spec);
    if (there != NULL)
        *port = adit_forward_port(there->forward);
    (void)pthread_mutex_unlock(&member->lock);
    if (there != NULL)
        return ADIT_OK;
    *failure = (struct adit_failure){ 0 };
    return open_forward(member, &item, port, failure);
}

enum adit_err adit_member_remove_forward(struct adit_member *member, enum adit_forward_kind kind,
                                         const struct adit_forward_spec *spec)
{
    struct adit_forward *forward = NULL;
    struct adit_member_forward *item;

    (void)pthread_mutex_lock(&member->lock);
    item = find(member, kind, spec);
    if (item != NULL) {
        forward = item->forward;
        *item = member->forwards[--member->forward_count];
    }
    (void)pthread_mutex_unlock(&member->lock);
    adit_forward_remove(forward);
    return forward != NULL ? ADIT_OK : ADIT_ERR_NOT_FOUND;
}

/* ---- those of the configuration ---- */

/* Before there are other clients. */
static void tell_open(const struct adit_member *member, const struct adit_member_forward *item,
                      uint16_t port)
{
    static const char *const names[] = { [ADIT_FORWARD_SPEC_LOCAL] = "local",
                                         [ADIT_FORWARD_SPEC_REMOTE] = "remote",
                                         [ADIT_FORWARD_SPEC_DYNAMIC] = "dynamic" };
    const struct adit_forward_spec *spec = &item->spec;
    struct adit_forward_status status;
    char from[ADIT_ADDRESS_SIZE];
    char to[ADIT_ADDRESS_SIZE];

    adit_forward_status(item->forward, &status);
    if (!status.listens)
        return; /* the gateway has not said yes yet */
    (void)adit_forward_target_text(spec, to);
    if (item->kind == ADIT_FORWARD_SPEC_REMOTE && spec->bind_port == 0 && port != 0)
        adit_client_tell(&member->log, ADIT_LOG_INFO, "Allocated port %u for remote forward to %s",
                         (unsigned)port, to);
    adit_client_say(&member->log, ADIT_LOG_VERBOSE, "%s forward %s -> %s listens",
                    names[item->kind], adit_forward_bind_text(member, item, port, from), to);
}

static bool open_configured(struct adit_member *member, enum adit_forward_kind kind,
                            const struct adit_forward_spec *spec)
{
    const struct adit_ssh_config *config = member->settings.loaded;
    const bool tolerated = !config->exit_on_forward_failure;
    struct adit_member_forward item = { .kind = kind, .spec = *spec };
    struct adit_failure failure = { 0 };
    uint16_t port = 0;

    if (open_forward(member, &item, &port, &failure)) {
        adit_client_say(&member->log, tolerated ? ADIT_LOG_ERROR : ADIT_LOG_FATAL, "%s%s%s",
                        member->shows_name ? member->name : "", member->shows_name ? ": " : "",
                        failure.text);
        return tolerated;
    }
    tell_open(member, &item, port);
    return true;
}

bool adit_member_open_forwards(struct adit_member *member)
{
    const struct adit_ssh_config *config = member->settings.loaded;
    const struct {
        const struct adit_forward_spec *specs;
        size_t count;
        enum adit_forward_kind kind;
    } rows[] = {
        { config->local_forwards, config->local_forward_count, ADIT_FORWARD_SPEC_LOCAL },
        { config->dynamic_forwards, config->dynamic_forward_count, ADIT_FORWARD_SPEC_DYNAMIC },
        { config->remote_forwards, config->remote_forward_count, ADIT_FORWARD_SPEC_REMOTE },
    };

    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (size_t i = 0; i < rows[r].count; i++)
            if (!open_configured(member, rows[r].kind, &rows[r].specs[i]))
                return false;
    return true;
}
