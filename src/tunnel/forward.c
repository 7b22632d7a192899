/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/forward.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "net/resolve.h"
#include "tunnel/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct forward_call {
    struct adit_call call;
    struct adit_forward *forward;
};

void adit_forward_delete(struct adit_forward *forward)
{
    free(forward->bind);
    free(forward->host);
    free(forward);
}

struct adit_forward_status *adit_forward_counts(struct adit_tunnel *t, uint64_t id)
{
    for (struct adit_list *node = t->forwards.next; node != &t->forwards; node = node->next) {
        struct adit_forward *forward = ADIT_LIST_ENTRY(node, struct adit_forward, node);

        if (forward->id == id)
            return &forward->counts;
    }
    return NULL;
}

/* The address to listen on: for the gateway in the words of RFC 4254, 7.1. */
static const char *address_to_bind(const struct adit_tunnel *t,
                                   const struct adit_forward_settings *settings, bool is_remote)
{
    if (settings->bind == NULL && is_remote)
        return "localhost";
    if (settings->bind == NULL)
        return t->settings.gateway_ports ? "" : NULL;
    return strcmp(settings->bind, "*") == 0 ? "" : settings->bind;
}

static struct adit_forward *new_forward(struct adit_tunnel *t,
                                        const struct adit_forward_settings *settings,
                                        bool is_remote)
{
    struct adit_forward *forward = adit_new(sizeof *forward);
    const char *bind = address_to_bind(t, settings, is_remote);

    if (forward == NULL)
        return NULL;
    adit_list_init(&forward->node);
    adit_list_init(&forward->askers);
    forward->tunnel = t;
    forward->is_remote = is_remote;
    forward->bind_port = settings->bind_port;
    forward->target_port = settings->port;
    if (settings->host != NULL)
        forward->host = adit_text_copy(adit_span_text(settings->host));
    if (bind != NULL)
        forward->bind = adit_text_copy(adit_span_text(bind));
    if ((settings->host != NULL && forward->host == NULL) ||
        (bind != NULL && forward->bind == NULL)) {
        adit_forward_delete(forward);
        return NULL;
    }
    return forward;
}

static enum adit_err check_settings(const struct adit_forward_settings *settings,
                                    struct adit_failure *failure)
{
    const bool dynamic = settings->host == NULL;

    if (settings->bind_port != 0 && adit_is_path(settings->bind))
        return adit_failure_return(failure, ADIT_ERR_USAGE, ADIT_LEG_CLIENT,
                                   "a socket in the file system has no port");
    if ((!dynamic && settings->host[0] == '\0') ||
        (settings->port == 0) != (dynamic || adit_is_path(settings->host)))
        return adit_failure_return(failure, ADIT_ERR_USAGE, ADIT_LEG_CLIENT,
                                   "a forward needs a host and a port to connect to");
    return ADIT_OK;
}

const char *adit_forward_place(const struct adit_forward *forward,
                               char out[static ADIT_TARGET_SIZE])
{
    const unsigned port = forward->port ? forward->port : forward->bind_port;

    if (adit_is_path(forward->bind))
        (void)snprintf(out, ADIT_TARGET_SIZE, "%s", forward->bind);
    else if (forward->is_remote)
        (void)snprintf(out, ADIT_TARGET_SIZE, "port %u of %s", port,
                       forward->bind[0] != '\0' ? forward->bind : "all addresses");
    else
        (void)snprintf(out, ADIT_TARGET_SIZE, "port %u", port);
    return out;
}

const char *adit_forward_target(const struct adit_forward *forward,
                                char out[static ADIT_TARGET_SIZE])
{
    if (forward->host == NULL)
        return "whatever is asked for by SOCKS";
    return adit_target_text(forward->host, forward->target_port, out);
}

static enum adit_err begin_forward(struct adit_forward *forward, struct adit_failure *failure)
{
    const struct adit_tunnel *t = forward->tunnel;
    const bool is_awaited = adit_tunnel_is_awaited(t);
    enum adit_err err = ADIT_OK;

    if (!is_awaited)
        err = adit_tunnel_check_up(t, failure);
    if (err)
        return err;
    if (!forward->is_remote)
        return adit_local_forward_start(forward, failure);
    if (!is_awaited)
        return adit_remote_forward_ask(forward, failure);
    forward->port = forward->bind_port;
    forward->state = ADIT_FORWARD_DOWN;
    return ADIT_OK;
}

static void start_forward(struct adit_call *call)
{
    struct adit_forward *forward = ((struct forward_call *)(void *)call)->forward;
    struct adit_tunnel *t = forward->tunnel;
    struct adit_failure failure;
    const enum adit_err err = begin_forward(forward, &failure);

    if (err) {
        adit_call_fail(call, &failure);
        return;
    }
    forward->id = ++t->last_forward_id;
    adit_list_append(&t->forwards, &forward->node);
    if (forward->state == ADIT_FORWARD_ASKED)
        forward->call = call;
    else
        adit_call_finish(call, ADIT_OK);
}

static enum adit_err open_forward(struct adit_tunnel *t,
                                  const struct adit_forward_settings *settings, bool is_remote,
                                  struct adit_forward **out, struct adit_failure *failure)
{
    struct forward_call open = { .forward = NULL };
    enum adit_err err;

    *out = NULL;
    if (failure != NULL)
        *failure = (struct adit_failure){ 0 };
    err = check_settings(settings, failure);
    if (err)
        return err;
    open.forward = new_forward(t, settings, is_remote);
    if (open.forward == NULL)
        return adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT, "out of memory");
    adit_call_init(&open.call, start_forward, failure);
    err = adit_runtime_ask(t->runtime, &open.call);
    if (err)
        adit_forward_delete(open.forward);
    else
        *out = open.forward;
    return err;
}

enum adit_err adit_tunnel_forward_local(struct adit_tunnel *tunnel,
                                        const struct adit_forward_settings *settings,
                                        struct adit_forward **out, struct adit_failure *failure)
{
    return open_forward(tunnel, settings, false, out, failure);
}

enum adit_err adit_tunnel_forward_remote(struct adit_tunnel *tunnel,
                                         const struct adit_forward_settings *settings,
                                         struct adit_forward **out, struct adit_failure *failure)
{
    return open_forward(tunnel, settings, true, out, failure);
}

uint16_t adit_forward_port(const struct adit_forward *forward)
{
    return forward->port;
}

/* ---- the end ---- */

void adit_forward_forget(struct adit_forward *forward)
{
    adit_list_remove(&forward->node);
    adit_timer_free(forward->timer);
    forward->timer = NULL;
    adit_resolve_cancel(forward->resolve);
    forward->resolve = NULL;
}

static void stop(struct adit_forward *forward)
{
    if (forward->is_remote) {
        adit_remote_forward_cancel(forward);
        return;
    }
    adit_dynamic_forward_stop(forward);
    adit_resolve_cancel(forward->resolve);
    forward->resolve = NULL;
    adit_listener_free(forward->listener);
    forward->listener = NULL;
    forward->state = ADIT_FORWARD_OVER;
}

static void start_remove(struct adit_call *call)
{
    struct adit_forward *forward = ((struct forward_call *)(void *)call)->forward;

    stop(forward);
    if (forward->state == ADIT_FORWARD_ASKED || forward->state == ADIT_FORWARD_CANCELLING) {
        forward->is_unwanted = true;
        forward->call = call; /* when this returns the gateway listens no more */
        adit_remote_forward_await(forward);
        return;
    }
    adit_forward_forget(forward);
    adit_call_finish(call, ADIT_OK);
}

void adit_forward_remove(struct adit_forward *forward)
{
    struct forward_call remove = { .forward = forward };

    if (forward == NULL)
        return;
    adit_call_init(&remove.call, start_remove, NULL);
    if (adit_runtime_ask(forward->tunnel->runtime, &remove.call) == ADIT_OK)
        adit_forward_delete(forward);
}

/* Whoever waits for an answer frees the forward. */
static void answer_call(struct adit_forward *forward)
{
    struct adit_tunnel *t = forward->tunnel;
    struct adit_call *call = forward->call;

    forward->call = NULL;
    if (call == NULL)
        return;
    adit_forward_forget(forward);
    if (forward->is_unwanted) {
        adit_call_finish(call, ADIT_OK);
        return;
    }
    if (call->failure != NULL && !t->failed)
        adit_failure_set(call->failure, ADIT_ERR_DISCONNECTED, ADIT_LEG_CLIENT,
                         "the tunnel was closed");
    if (t->failed)
        adit_call_fail(call, &t->failure);
    else
        adit_call_finish(call, ADIT_ERR_DISCONNECTED);
}

void adit_forwards_stop(struct adit_tunnel *t)
{
    struct adit_list *node = t->forwards.next;

    adit_talks_stop(t);
    while (node != &t->forwards) {
        struct adit_forward *forward = ADIT_LIST_ENTRY(node, struct adit_forward, node);

        node = node->next;
        stop(forward);
        if (forward->is_remote || forward->call == NULL)
            continue;
        adit_forward_forget(forward);
        answer_call(forward); /* its name is not looked up any more */
    }
}

/* It was lost with the connection before the gateway's first word: as if it was asked for only now. */
static void postpone(struct adit_forward *forward)
{
    struct adit_call *call = forward->call;

    forward->call = NULL;
    forward->port = forward->bind_port;
    adit_call_finish(call, ADIT_OK);
}

/* What listens here, or looks up where to, goes on with it while the tunnel is down. */
static void lose(struct adit_forward *forward, bool for_good)
{
    if (!for_good && !forward->is_remote)
        return;
    adit_timer_free(forward->timer);
    forward->timer = NULL;
    if (for_good || forward->state == ADIT_FORWARD_CANCELLING)
        forward->state = ADIT_FORWARD_OVER;
    else if (forward->state != ADIT_FORWARD_OVER)
        forward->state = ADIT_FORWARD_DOWN;
    if (forward->state == ADIT_FORWARD_DOWN && forward->call != NULL && !forward->is_unwanted)
        postpone(forward);
    else
        answer_call(forward);
}

static void lose_all(struct adit_tunnel *t, bool for_good)
{
    struct adit_list *node = t->forwards.next;

    while (node != &t->forwards) {
        struct adit_forward *forward = ADIT_LIST_ENTRY(node, struct adit_forward, node);

        node = node->next;
        lose(forward, for_good);
    }
}

void adit_forwards_end(struct adit_tunnel *t)
{
    lose_all(t, true);
}

void adit_forwards_lose(struct adit_tunnel *t)
{
    lose_all(t, false);
}

/* One that cannot be asked for fails the tunnel, and then all are down again. */
void adit_forwards_return(struct adit_tunnel *t)
{
    struct adit_list *node = t->forwards.next;

    for (; t->stage == ADIT_STAGE_UP && node != &t->forwards; node = node->next) {
        struct adit_forward *forward = ADIT_LIST_ENTRY(node, struct adit_forward, node);

        if (forward->state == ADIT_FORWARD_DOWN)
            adit_remote_forward_ask_again(forward);
    }
}
