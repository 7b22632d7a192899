/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/listen.h"
#include "net/resolve.h"
#include "net/socket.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"
#include "tunnel/passage.h"

#include <stdio.h>

enum {
    WHY_SIZE = 256,
    ADDRESS_SIZE = 64,
};

/* `arg` is the tunnel: the forward may be gone by then. */
static void passage_done(void *arg, const struct adit_failure *failure)
{
    struct adit_tunnel *t = arg;

    /* That the tunnel is down was said when it was lost. */
    if (failure != NULL)
        adit_user_say(&t->user, t->stage == ADIT_STAGE_UP ? ADIT_SAY_INFO : ADIT_SAY_DEBUG1, "%s",
                      failure->text);
}

static void accepted(void *arg, int fd, const struct sockaddr *peer)
{
    struct adit_forward *forward = arg;
    struct adit_tunnel *t = forward->tunnel;
    char address[ADDRESS_SIZE];
    char place[ADIT_TARGET_SIZE];
    char target[ADIT_TARGET_SIZE];
    struct adit_failure failure;
    struct adit_passage_settings settings = {
        .host = forward->host,
        .port = forward->target_port,
        .originator = address,
        .forward_id = forward->id,
    };

    if (!adit_guard_admits(forward, fd)) {
        adit_socket_reset(fd);
        return;
    }
    if (peer->sa_family == AF_UNIX) /* RFC 4254, 7.2 wants an address */
        (void)snprintf(address, sizeof address, "127.0.0.1");
    else
        adit_address_text(peer, address, sizeof address, &settings.originator_port);
    if (forward->host == NULL) {
        adit_dynamic_forward_accepted(forward, fd, address, settings.originator_port);
        return;
    }
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "connection from %s port %u to %s, for %s", address,
                  settings.originator_port, adit_forward_place(forward, place),
                  adit_forward_target(forward, target));
    if (adit_passage_start(t, fd, &settings, passage_done, t, &failure) != ADIT_OK)
        passage_done(t, &failure);
}

/* `found` is NULL where nothing had to be looked up. */
static enum adit_err listen_here(struct adit_forward *forward, const struct adit_sockaddrs *found,
                                 struct adit_failure *failure)
{
    struct adit_tunnel *t = forward->tunnel;
    const struct adit_listen_settings settings = {
        .address = forward->bind,
        .found = found,
        .port = forward->bind_port,
        .family = t->settings.address_family,
        .socket_mode = t->settings.socket_mode,
        .unlink_first = t->settings.unlink_sockets,
        .log = &t->user.net_log,
    };
    char why[WHY_SIZE] = "";
    char place[ADIT_TARGET_SIZE];
    char target[ADIT_TARGET_SIZE];
    const enum adit_err err = adit_listener_new(adit_runtime_loop(t->runtime), &settings, accepted,
                                                forward, why, sizeof why, &forward->listener);

    if (err)
        return adit_failure_return(failure, err, ADIT_LEG_CLIENT, "%s",
                                   why[0] != '\0' ? why : adit_err_text(err));
    forward->port = adit_listener_port(forward->listener);
    forward->state = ADIT_FORWARD_LISTENING;
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "%s listens here for %s",
                  adit_forward_place(forward, place), adit_forward_target(forward, target));
    return ADIT_OK;
}

/* Whoever waits for it frees a forward that does not listen. */
static void looked_up(void *arg, const struct adit_sockaddrs *addresses, const char *why)
{
    struct adit_forward *forward = arg;
    struct adit_call *call = forward->call;
    struct adit_failure failure;
    enum adit_err err;

    forward->resolve = NULL;
    forward->call = NULL;
    err = why ? adit_failure_return(&failure, ADIT_ERR_SYSTEM, ADIT_LEG_CLIENT, "listen on %s: %s",
                                    forward->bind, why)
              : listen_here(forward, addresses, &failure);
    if (!err) {
        adit_call_finish(call, ADIT_OK);
        return;
    }
    adit_forward_forget(forward);
    adit_call_fail(call, &failure);
}

enum adit_err adit_local_forward_start(struct adit_forward *forward, struct adit_failure *failure)
{
    struct adit_tunnel *t = forward->tunnel;
    const struct adit_resolve_name name = { forward->bind, 0, t->settings.address_family, 0 };
    enum adit_err err;

    if (!adit_listen_needs_look_up(forward->bind, name.family))
        return listen_here(forward, NULL, failure);
    err = adit_resolve_start(adit_runtime_loop(t->runtime), &name, looked_up, forward,
                             &forward->resolve);
    if (err)
        return adit_failure_return(failure, err, ADIT_LEG_CLIENT, "%s", adit_err_text(err));
    forward->state = ADIT_FORWARD_ASKED;
    return ADIT_OK;
}
