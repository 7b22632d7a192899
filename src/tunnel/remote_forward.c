/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"

enum adit_err adit_remote_forward_ask(struct adit_forward *forward, struct adit_failure *failure)
{
    struct adit_tunnel *t = forward->tunnel;
    char place[ADIT_TARGET_SIZE];
    const enum adit_err err = adit_session_forward(adit_link_session(t->link), forward->bind,
                                                   forward->bind_port, false, forward);

    if (err)
        return adit_failure_return(failure, err, ADIT_LEG_CLIENT,
                                   "cannot ask the gateway to listen on %s: %s",
                                   adit_forward_place(forward, place), adit_err_text(err));
    forward->state = ADIT_FORWARD_ASKED;
    adit_link_wake(t->link);
    return ADIT_OK;
}

void adit_remote_forward_cancel(struct adit_forward *forward)
{
    struct adit_tunnel *t = forward->tunnel;

    if (forward->state != ADIT_FORWARD_LISTENING)
        return;
    forward->state = ADIT_FORWARD_OVER;
    if (t->link == NULL || adit_session_forward(adit_link_session(t->link), forward->bind,
                                                forward->port, true, forward) != ADIT_OK)
        return;
    forward->state = ADIT_FORWARD_CANCELLING;
    adit_link_wake(t->link);
}

/* Who waits for it frees the forward, if it failed. */
static void ask_answered(struct adit_forward *forward, const struct adit_forward_event *event)
{
    struct adit_tunnel *t = forward->tunnel;
    struct adit_call *call = forward->call;
    struct adit_failure failure;
    char place[ADIT_TARGET_SIZE];
    char target[ADIT_TARGET_SIZE];

    forward->call = NULL;
    if (!event->accepted) {
        adit_list_remove(&forward->node);
        adit_failure_set(&failure, ADIT_ERR_REFUSED, ADIT_LEG_GATEWAY,
                         "refused to listen on %s: it may be in use, or %s may not listen there",
                         adit_forward_place(forward, place), t->settings.user);
        adit_call_fail(call, &failure);
        return;
    }
    forward->port = event->port;
    forward->state = ADIT_FORWARD_LISTENING;
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "%s listens at the gateway for %s",
                  adit_forward_place(forward, place), adit_forward_target(forward, target));
    adit_call_finish(call, ADIT_OK);
}

void adit_remote_forward_answered(struct adit_tunnel *t, const struct adit_forward_event *event)
{
    struct adit_forward *forward = event->user_data;
    struct adit_call *call = forward->call;
    char place[ADIT_TARGET_SIZE];

    if (forward->state == ADIT_FORWARD_ASKED) {
        ask_answered(forward, event);
        return;
    }
    if (!event->accepted)
        adit_user_say(&t->user, ADIT_SAY_INFO, "gateway: refused to stop listening on %s",
                      adit_forward_place(forward, place));
    forward->state = ADIT_FORWARD_OVER;
    forward->call = NULL;
    if (call == NULL)
        return;
    adit_list_remove(&forward->node);
    adit_call_finish(call, ADIT_OK);
}

/* ---- which forward a connection belongs to ---- */

enum kind { ONE_ADDRESS, LOOPBACK, ALL_ADDRESSES };

static enum kind kind_of(struct adit_span address)
{
    static const char *const loopback[] = { "localhost", "127.0.0.1", "::1" };
    static const char *const all[] = { "", "*", "0.0.0.0", "::" };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(loopback); i++)
        if (adit_span_is(address, loopback[i]))
            return LOOPBACK;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(all); i++)
        if (adit_span_is(address, all[i]))
            return ALL_ADDRESSES;
    return ONE_ADDRESS;
}

/*
 * RFC 4254, 7.2: the address as it was asked for. Some servers name the one
 * that they bound instead, so another name of the same addresses is good too,
 * when no forward has this very name.
 */
const struct adit_forward *adit_forward_find(struct adit_list *forwards, struct adit_span address,
                                             uint16_t port)
{
    const struct adit_forward *alike = NULL;

    for (struct adit_list *node = forwards->next; node != forwards; node = node->next) {
        const struct adit_forward *forward = ADIT_LIST_ENTRY(node, struct adit_forward, node);
        const struct adit_span bind = adit_span_text(forward->bind);

        if (!forward->is_remote || forward->state != ADIT_FORWARD_LISTENING ||
            forward->port != port)
            continue;
        if (adit_span_equal(bind, address))
            return forward;
        if (kind_of(bind) != ONE_ADDRESS && kind_of(bind) == kind_of(address))
            alike = forward;
    }
    return alike;
}
