/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "base/text.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_TIMEOUT_MS = 30 * 1000 };

static uint64_t now_ms(const struct adit_forward *forward)
{
    return adit_loop_now_ms(adit_runtime_loop(forward->tunnel->runtime));
}

/* ---- asking ---- */

/* Who waits for it frees the forward. */
static void fail_first(struct adit_forward *forward, const struct adit_failure *failure)
{
    struct adit_call *call = forward->call;

    forward->call = NULL;
    adit_forward_forget(forward);
    adit_call_fail(call, failure);
}

/* A gateway that does not answer is no gateway; its answer could not be told from a later one's. */
static void on_timer(void *arg)
{
    struct adit_forward *forward = arg;
    struct adit_tunnel *t = forward->tunnel;
    const bool cancels = forward->state == ADIT_FORWARD_CANCELLING;
    struct adit_failure failure;
    char place[ADIT_TARGET_SIZE];

    if (forward->state == ADIT_FORWARD_DOWN) {
        adit_remote_forward_ask_again(forward);
        return;
    }
    adit_failure_set(&failure, ADIT_ERR_TIMEOUT, ADIT_LEG_GATEWAY,
                     "no answer to the request to %s on %s in %d s",
                     cancels ? "stop listening" : "listen", adit_forward_place(forward, place),
                     ANSWER_TIMEOUT_MS / 1000);
    if (forward->call != NULL && !forward->is_unwanted)
        fail_first(forward, &failure);
    adit_tunnel_fail(t, &failure);
}

void adit_remote_forward_await(struct adit_forward *forward)
{
    adit_timer_set(forward->timer, now_ms(forward) + ANSWER_TIMEOUT_MS);
}

static enum adit_err ask(struct adit_forward *forward, uint16_t port)
{
    struct adit_tunnel *t = forward->tunnel;
    enum adit_err err = ADIT_OK;

    if (forward->timer == NULL)
        err = adit_timer_new(adit_runtime_loop(t->runtime), on_timer, forward, &forward->timer);
    if (err == ADIT_OK)
        err = adit_session_forward(adit_link_session(t->attempt.link), forward->bind, port, false,
                                   forward);
    if (err)
        return err;
    forward->state = ADIT_FORWARD_ASKED;
    adit_remote_forward_await(forward);
    adit_link_wake(t->attempt.link);
    return ADIT_OK;
}

enum adit_err adit_remote_forward_ask(struct adit_forward *forward, struct adit_failure *failure)
{
    const enum adit_err err = ask(forward, forward->bind_port);
    char place[ADIT_TARGET_SIZE];

    if (err == ADIT_OK)
        return ADIT_OK;
    adit_timer_free(forward->timer);
    forward->timer = NULL;
    return adit_failure_return(failure, err, ADIT_LEG_CLIENT,
                               "cannot ask the gateway to listen on %s: %s",
                               adit_forward_place(forward, place), adit_err_text(err));
}

/* For the port that it had, also where the gateway has chosen that one. */
void adit_remote_forward_ask_again(struct adit_forward *forward)
{
    struct adit_failure failure;
    char place[ADIT_TARGET_SIZE];
    const enum adit_err err = ask(forward, forward->port);

    if (err == ADIT_OK)
        return;
    adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "cannot ask the gateway to listen on %s: %s",
                     adit_forward_place(forward, place), adit_err_text(err));
    adit_tunnel_fail(forward->tunnel, &failure);
}

void adit_remote_forward_cancel(struct adit_forward *forward)
{
    struct adit_tunnel *t = forward->tunnel;

    if (forward->state != ADIT_FORWARD_LISTENING)
        return;
    forward->state = ADIT_FORWARD_OVER;
    if (t->attempt.link == NULL ||
        adit_session_forward(adit_link_session(t->attempt.link), forward->bind, forward->port, true,
                             forward) != ADIT_OK)
        return;
    forward->state = ADIT_FORWARD_CANCELLING;
    adit_link_wake(t->attempt.link);
}

/* ---- answers ---- */

static void say_listens(const struct adit_forward *forward)
{
    struct adit_user *user = &forward->tunnel->user;
    const uint64_t held_ms = forward->refused_ms > 0 ? now_ms(forward) - forward->refused_ms : 0;
    char place[ADIT_TARGET_SIZE];
    char target[ADIT_TARGET_SIZE];

    if (forward->refused_ms > 0)
        adit_user_say(user, ADIT_SAY_INFO, "%s listens at the gateway%s after %llu.%llu s",
                      adit_forward_place(forward, place), forward->has_listened ? " again" : "",
                      (unsigned long long)held_ms / 1000, (unsigned long long)held_ms / 100 % 10);
    else
        adit_user_say(user, ADIT_SAY_DEBUG1, "%s listens at the gateway for %s",
                      adit_forward_place(forward, place), adit_forward_target(forward, target));
}

/* What the gateway said (aditd names the leg: once is enough), or what it is most of the time. */
static const char *reason_of(const struct adit_forward *forward, char out[static ADIT_SAID_SIZE])
{
    static const char leg[] = "gateway: ";
    const struct adit_tunnel *t = forward->tunnel;
    const char *reason = t->attempt.said.reason;

    if (reason[0] != '\0')
        return strncmp(reason, leg, sizeof leg - 1) == 0 ? reason + sizeof leg - 1 : reason;
    (void)snprintf(out, ADIT_SAID_SIZE, "%s, or %s may not listen there",
                   adit_is_path(forward->bind) ? "a file may be there already" : "it may be in use",
                   t->settings.user);
    return out;
}

/*
 * Most likely the gateway has not noticed yet that our last session is dead. Of
 * a socket in its file system, sshd leaves the file: that one never lets go.
 */
static const char *why_refused_again(const struct adit_forward *forward)
{
    return adit_is_path(forward->bind)
               ? "most likely sshd has left its file behind: remove it there, or set "
                 "StreamLocalBindUnlink yes in its sshd_config; asking until it listens"
               : "it may still hold it for our lost connection; asking until it lets go";
}

static void say_refused_again(struct adit_forward *forward)
{
    struct adit_tunnel *t = forward->tunnel;
    struct adit_failure failure;
    char place[ADIT_TARGET_SIZE];
    char reason[ADIT_SAID_SIZE];

    adit_failure_set(&failure, ADIT_ERR_REFUSED, ADIT_LEG_GATEWAY, "refused to listen on %s%s",
                     adit_forward_place(forward, place), forward->has_listened ? " again" : "");
    adit_tunnel_note_failure(t, &failure);
    if (forward->has_listened && t->attempt.said.reason[0] == '\0')
        adit_user_say(&t->user, ADIT_SAY_ERROR, "%s: %s", failure.text, why_refused_again(forward));
    else
        adit_user_say(&t->user, ADIT_SAY_ERROR, "%s: %s; asking until it says yes", failure.text,
                      reason_of(forward, reason));
}

static void refused_again(struct adit_forward *forward)
{
    const uint64_t now = now_ms(forward);

    if (forward->refused_ms == 0) {
        forward->refused_ms = now;
        say_refused_again(forward);
    }
    forward->state = ADIT_FORWARD_DOWN;
    adit_timer_set(forward->timer, now + adit_supervisor_ask_pause(now - forward->refused_ms));
}

static void refused_first(struct adit_forward *forward)
{
    struct adit_failure failure;
    char place[ADIT_TARGET_SIZE];
    char reason[ADIT_SAID_SIZE];

    adit_failure_set(&failure, ADIT_ERR_REFUSED, ADIT_LEG_GATEWAY, "refused to listen on %s: %s",
                     adit_forward_place(forward, place), reason_of(forward, reason));
    fail_first(forward, &failure);
}

static void accepted(struct adit_forward *forward, uint16_t port)
{
    struct adit_call *call = forward->call;

    forward->call = NULL;
    forward->port = port;
    forward->state = ADIT_FORWARD_LISTENING;
    say_listens(forward);
    forward->has_listened = true;
    forward->refused_ms = 0;
    if (call != NULL)
        adit_call_finish(call, ADIT_OK);
}

static void ask_answered(struct adit_forward *forward, const struct adit_forward_event *event)
{
    adit_timer_set(forward->timer, UINT64_MAX);
    if (event->accepted)
        accepted(forward, event->port);
    else if (forward->call != NULL)
        refused_first(forward);
    else
        refused_again(forward);
}

/* It was removed while the gateway was being asked for it again. */
static void unwanted_answered(struct adit_forward *forward, bool listens)
{
    struct adit_call *call = forward->call;

    if (listens) {
        forward->state = ADIT_FORWARD_LISTENING;
        adit_remote_forward_cancel(forward);
    }
    if (forward->state == ADIT_FORWARD_CANCELLING) {
        adit_remote_forward_await(forward);
        return;
    }
    adit_forward_forget(forward);
    adit_call_finish(call, ADIT_OK);
}

static void cancel_answered(struct adit_forward *forward, bool done)
{
    struct adit_call *call = forward->call;
    char place[ADIT_TARGET_SIZE];

    if (!done)
        adit_user_say(&forward->tunnel->user, ADIT_SAY_INFO,
                      "gateway: refused to stop listening on %s",
                      adit_forward_place(forward, place));
    forward->state = ADIT_FORWARD_OVER;
    forward->call = NULL;
    if (call == NULL)
        return;
    adit_forward_forget(forward);
    adit_call_finish(call, ADIT_OK);
}

void adit_remote_forward_answered(const struct adit_forward_event *event)
{
    struct adit_forward *forward = event->user_data;
    struct adit_tunnel *t = forward->tunnel;

    if (forward->state != ADIT_FORWARD_ASKED)
        cancel_answered(forward, event->accepted);
    else if (forward->is_unwanted)
        unwanted_answered(forward, event->accepted);
    else
        ask_answered(forward, event);
    adit_gateway_said_answered(t, event->accepted);
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
