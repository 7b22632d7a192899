/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/route.h"

#include "base/deadline.h"
#include "base/memory.h"
#include "base/span.h"
#include "net/process.h"
#include "net/proxy.h"
#include "net/proxy_env.h"
#include "net/turn.h"

#include <stdio.h>
#include <stdlib.h>

struct adit_route {
    struct adit_loop *loop;
    adit_dial_fn *done;
    void (*looked_up)(void *arg, const struct adit_sockaddrs *addresses);
    void *arg;
    uint64_t deadline_ms; /* UINT64_MAX: none */

    /* One of these at a time. */
    struct adit_task begin; /* starts the command once the caller has returned */
    struct adit_dial *dial;
    struct adit_proxy *proxy;

    char *command;
    struct adit_process *process; /* that runs it */
    bool has_proxy;               /* the url is the first hop */
    struct adit_proxy_url url;
    char *host; /* of the gateway, for the proxy */
    uint16_t port;
};

/* ---- by a command ---- */

static void on_begin(struct adit_task *task)
{
    struct adit_route *route = ADIT_LIST_ENTRY(task, struct adit_route, begin);
    char why[ADIT_PROCESS_TEXT_SIZE];
    char text[ADIT_ROUTE_TEXT_SIZE] = "";
    enum adit_err err;
    int fd;

    err = adit_process_start(route->loop, route->command, &fd, &route->process, why);
    if (err)
        (void)snprintf(text, sizeof text, "ProxyCommand: %s", why);
    route->done(route->arg, fd, err, text);
}

/* ---- through a proxy ---- */

static void proxy_done(void *arg, int fd, enum adit_err err, const char *text)
{
    struct adit_route *route = arg;

    route->proxy = NULL;
    route->done(route->arg, fd, err, text);
}

static void ask_proxy(struct adit_route *route, int fd)
{
    const uint64_t now_ms = adit_loop_now_ms(route->loop);
    struct adit_dial_settings target = { .host = route->host, .port = route->port };
    enum adit_err err;

    if (route->deadline_ms != UINT64_MAX)
        target.timeout_ms = route->deadline_ms > now_ms ? route->deadline_ms - now_ms : 1;
    err = adit_proxy_start(route->loop, fd, &route->url, &target, proxy_done, route, &route->proxy);
    if (err)
        route->done(route->arg, -1, err,
                    err == ADIT_ERR_USAGE ? "a proxy cannot be asked for such a host name"
                                          : adit_err_text(err));
}

static void dial_done(void *arg, int fd, enum adit_err err, const char *text)
{
    struct adit_route *route = arg;
    char longer[1024];

    route->dial = NULL;
    if (!route->has_proxy) {
        route->done(route->arg, fd, err, text);
    } else if (fd < 0) {
        (void)snprintf(longer, sizeof longer, "the proxy: %s", text);
        route->done(route->arg, -1, err, longer);
    } else {
        ask_proxy(route, fd);
    }
}

/* ---- all of them ---- */

static void looked_up(void *arg, const struct adit_sockaddrs *addresses)
{
    const struct adit_route *route = arg;

    if (route->looked_up)
        route->looked_up(route->arg, addresses);
}

static enum adit_err set_proxy(struct adit_route *route, const struct adit_route_settings *settings)
{
    const char *url = settings->proxy_url;
    char why[ADIT_PROXY_WHY_SIZE];
    char found[ADIT_PROXY_ENV_SIZE];
    const char *origin = "ProxyURL";
    enum adit_err err;

    if (url && strcmp(url, ADIT_PROXY_FROM_ENVIRONMENT) == 0)
        url = adit_proxy_from_environment(settings->dial.host, found, &origin) ? found : NULL;
    if (url == NULL)
        return ADIT_OK;
    err = adit_proxy_url_parse(url, &route->url, why);
    adit_wipe(found, sizeof found);
    if (err && settings->why)
        (void)snprintf(settings->why, ADIT_ROUTE_TEXT_SIZE, "the proxy of %s: %s", origin, why);
    if (err)
        return err;
    route->has_proxy = true;
    route->port = settings->dial.port;
    route->host = adit_text_copy(adit_span_text(settings->dial.host));
    return route->host ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

static enum adit_err start(struct adit_route *route, const struct adit_route_settings *settings)
{
    struct adit_dial_settings dial = settings->dial;
    enum adit_err err;

    if (settings->command) {
        route->command = adit_text_copy(adit_span_text(settings->command));
        if (route->command == NULL)
            return ADIT_ERR_NO_MEMORY;
        adit_task_schedule(route->loop, &route->begin);
        return ADIT_OK;
    }
    err = set_proxy(route, settings);
    if (route->has_proxy) {
        dial.host = route->url.host;
        dial.port = route->url.port;
    }
    dial.looked_up = looked_up;
    return err ? err : adit_dial_start(route->loop, &dial, dial_done, route, &route->dial);
}

enum adit_err adit_route_start(struct adit_loop *loop, const struct adit_route_settings *settings,
                               adit_dial_fn *done, void *arg, struct adit_route **out)
{
    struct adit_route *route = adit_new(sizeof *route);
    const uint64_t timeout_ms = settings->dial.timeout_ms;
    enum adit_err err;

    *out = NULL;
    if (route == NULL)
        return ADIT_ERR_NO_MEMORY;
    route->loop = loop;
    route->done = done;
    route->looked_up = settings->dial.looked_up;
    route->arg = arg;
    route->deadline_ms =
        timeout_ms ? adit_deadline(adit_loop_now_ms(loop), timeout_ms) : UINT64_MAX;
    adit_task_init(&route->begin, on_begin);
    err = start(route, settings);
    if (err)
        adit_route_free(route);
    else
        *out = route;
    return err;
}

void adit_route_free(struct adit_route *route)
{
    if (route == NULL)
        return;
    adit_task_cancel(&route->begin);
    if (route->dial)
        adit_dial_cancel(route->dial);
    if (route->proxy)
        adit_proxy_cancel(route->proxy);
    adit_process_end(route->process);
    adit_proxy_url_clear(&route->url);
    adit_text_free_secret(route->command);
    free(route->host);
    free(route);
}

void adit_route_describe_end(const struct adit_route *route, char text[static ADIT_ROUTE_TEXT_SIZE])
{
    char end[ADIT_PROCESS_TEXT_SIZE] = "";

    if (route->process)
        adit_process_describe_end(route->process, end);
    (void)snprintf(text, ADIT_ROUTE_TEXT_SIZE, "%s%s", end[0] ? "ProxyCommand " : "", end);
}
