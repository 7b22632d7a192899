/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a tunnel. A stage is left by one of the steps below and by no
 * other. Its end is always a turn of the loop away: whoever calls
 * adit_tunnel_fail() may still use the tunnel until it returns to the loop.
 *
 *               ┌──────────────┬──────────────┬─────────────┬───────────┬──────┬─▶ waiting ─┐
 * idle ─▶ preparing ─▶ connecting ─▶ identifying ─▶ exchanging ─▶ login ─▶ up ─▶ closing     │
 *           ▲ └──────────────┴──────────────┴─────────────┴───────────┴─────┴──────┴─▶ ending ─▶ ended
 *           └────────────────────────────────────────────────────────────────────────────────┘
 */
#include "tunnel/tunnel.h"

#include "base/deadline.h"
#include "base/memory.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"
#include "tunnel/passage.h"
#include "tunnel/settings.h"

#include <assert.h>
#include <stdlib.h>

#define TO(stage) (1U << ADIT_STAGE_##stage)

static const unsigned steps[ADIT_STAGES] = {
    [ADIT_STAGE_IDLE] = TO(PREPARING) | TO(ENDED),
    [ADIT_STAGE_WAITING] = TO(PREPARING) | TO(ENDING),
    [ADIT_STAGE_PREPARING] = TO(CONNECTING) | TO(WAITING) | TO(ENDING),
    [ADIT_STAGE_CONNECTING] = TO(IDENTIFYING) | TO(WAITING) | TO(ENDING),
    [ADIT_STAGE_IDENTIFYING] = TO(EXCHANGING) | TO(WAITING) | TO(ENDING),
    [ADIT_STAGE_EXCHANGING] = TO(LOGIN) | TO(WAITING) | TO(ENDING),
    [ADIT_STAGE_LOGIN] = TO(UP) | TO(WAITING) | TO(ENDING),
    [ADIT_STAGE_UP] = TO(WAITING) | TO(CLOSING) | TO(ENDING),
    [ADIT_STAGE_CLOSING] = TO(ENDING),
    [ADIT_STAGE_ENDING] = TO(ENDED),
};

static const char *const stage_names[ADIT_STAGES] = {
    [ADIT_STAGE_IDLE] = "idle",
    [ADIT_STAGE_WAITING] = "waiting",
    [ADIT_STAGE_PREPARING] = "preparing",
    [ADIT_STAGE_CONNECTING] = "connecting",
    [ADIT_STAGE_IDENTIFYING] = "identifying",
    [ADIT_STAGE_EXCHANGING] = "exchanging keys",
    [ADIT_STAGE_LOGIN] = "logging in",
    [ADIT_STAGE_UP] = "up",
    [ADIT_STAGE_CLOSING] = "closing",
    [ADIT_STAGE_ENDING] = "ending",
    [ADIT_STAGE_ENDED] = "ended",
};

void adit_tunnel_set_stage(struct adit_tunnel *t, enum adit_stage stage)
{
    assert(steps[t->stage] & 1U << stage);
    adit_user_say(&t->user, ADIT_SAY_DEBUG2, "tunnel: %s, then %s", stage_names[t->stage],
                  stage_names[stage]);
    t->stage = stage;
}

void adit_tunnel_set_timeout(struct adit_tunnel *t, uint64_t timeout_ms)
{
    const uint64_t now_ms = adit_loop_now_ms(adit_runtime_loop(t->runtime));

    adit_timer_set(t->timer, adit_deadline(now_ms, timeout_ms));
}

enum adit_err adit_tunnel_check_up(const struct adit_tunnel *t, struct adit_failure *failure)
{
    if (t->stage == ADIT_STAGE_UP)
        return ADIT_OK;
    if (t->failed && failure != NULL)
        *failure = t->failure;
    else
        adit_failure_set(failure, ADIT_ERR_DISCONNECTED, ADIT_LEG_CLIENT, "the tunnel is %s",
                         stage_names[t->stage]);
    return t->failed ? t->failure.err : ADIT_ERR_DISCONNECTED;
}

/* ---- errands ---- */

static void finish_errand(void *arg)
{
    struct adit_tunnel *t = arg;
    void (*done)(struct adit_tunnel *) = t->attempt.errand_done;

    t->attempt.errand_done = NULL;
    if (t->stage != ADIT_STAGE_WAITING && t->stage < ADIT_STAGE_ENDING)
        done(t);
    adit_tunnel_settle(t);
}

void adit_tunnel_errand(struct adit_tunnel *t, void (*run)(void *arg),
                        void (*done)(struct adit_tunnel *t))
{
    struct adit_errand *errand;
    struct adit_failure failure;
    enum adit_err err;

    adit_tunnel_set_timeout(t, UINT64_MAX); /* users think as long as they like */
    t->attempt.errand_done = done;
    err = adit_errand_start(t->runtime, run, finish_errand, t, &errand);
    if (err == ADIT_OK)
        return;
    t->attempt.errand_done = NULL;
    adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "cannot start a thread");
    adit_tunnel_fail(t, &failure);
}

/* ---- the end ---- */

static bool is_quiet(const struct adit_tunnel *t)
{
    return adit_list_is_empty(&t->passages) && adit_list_is_empty(&t->arrivals) &&
           adit_list_is_empty(&t->connections);
}

void adit_tunnel_settle(struct adit_tunnel *t)
{
    const bool ending = t->stage == ADIT_STAGE_ENDING && !adit_attempt_is_busy(t);

    if (ending || (t->stage == ADIT_STAGE_CLOSING && is_quiet(t)))
        adit_tunnel_set_timeout(t, 0);
    else if (t->stage == ADIT_STAGE_WAITING && !adit_attempt_is_busy(t))
        adit_timer_set(t->timer, t->supervisor.due_ms);
}

void adit_tunnel_fail(struct adit_tunnel *t, const struct adit_failure *failure)
{
    if (t->stage >= ADIT_STAGE_ENDING || (failure != NULL && t->stage == ADIT_STAGE_WAITING))
        return; /* the first failure counts */
    if (failure != NULL && adit_hosts_try_next(t, failure))
        return;
    if (failure != NULL && adit_tunnel_comes_back(t) && !adit_tunnel_is_replaced(failure)) {
        adit_tunnel_lose(t, failure);
        return;
    }
    t->failed = failure != NULL;
    if (failure != NULL) {
        adit_tunnel_note_failure(t, failure);
        if (adit_tunnel_is_replaced(failure))
            t->failure.err = ADIT_ERR_REPLACED;
    } else {
        adit_failure_set(&t->failure, ADIT_OK, ADIT_LEG_NONE, "closed");
        adit_connections_abort(t);
    }
    adit_tunnel_set_stage(t, ADIT_STAGE_ENDING);
    adit_tunnel_set_timeout(t, UINT64_MAX);
    adit_forwards_stop(t);
    adit_forwards_end(t);
    adit_arrivals_cancel(t);
    adit_waiting_end(t);
    adit_passages_end(t);
    adit_attempt_cancel(t);
    if (t->attempt.link != NULL)
        adit_link_close(t->attempt.link, failure != NULL ? "giving up" : "closed by user");
    adit_tunnel_settle(t);
}

void adit_tunnel_end(struct adit_tunnel *t)
{
    adit_tunnel_fail(t, NULL);
}

static void delete_tunnel(struct adit_tunnel *t)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&t->forwards)) != NULL)
        adit_forward_delete(ADIT_LIST_ENTRY(node, struct adit_forward, node));
    adit_attempt_clear(t);
    adit_hosts_clear(t);
    adit_settings_clear(&t->settings);
    adit_user_clear(&t->user);
    adit_window_memory_free(t->window_memory);
    adit_runtime_drop(t->runtime);
    free(t);
}

static void run_farewell(void *arg)
{
    struct adit_tunnel *t = arg;

    t->settings.ended(t->user.data, &t->failure);
}

static void finish_farewell(void *arg)
{
    struct adit_tunnel *t = arg;

    t->farewell = NULL;
    if (t->is_orphan)
        delete_tunnel(t);
    else if (t->retirer != NULL)
        adit_call_finish(t->retirer, ADIT_OK);
}

/* When opener or the last closer hears of it, the tunnel may be freed: nothing comes after. */
static void conclude(struct adit_tunnel *t)
{
    struct adit_runtime *runtime = t->runtime;
    struct adit_call *opener = t->opener;
    struct adit_list *node;
    bool is_abandoned;

    adit_tunnel_set_stage(t, ADIT_STAGE_ENDED);
    adit_connections_disown(t);
    adit_timer_free(t->timer);
    t->timer = NULL;
    adit_list_remove(&t->node);
    if (t->was_up && t->settings.ended != NULL &&
        adit_errand_start(runtime, run_farewell, finish_farewell, t, &t->farewell) != ADIT_OK)
        run_farewell(t); /* better on the wrong thread than never */
    is_abandoned = t->is_orphan && t->farewell == NULL;
    while ((node = adit_list_take_first(&t->closers)) != NULL)
        adit_call_finish(ADIT_LIST_ENTRY(node, struct adit_call, node), ADIT_OK);
    if (opener != NULL && !t->failed)
        adit_failure_set(&t->failure, ADIT_ERR_DISCONNECTED, ADIT_LEG_CLIENT,
                         "closed before the login was done");
    if (opener != NULL)
        adit_call_fail(opener, &t->failure);
    if (is_abandoned)
        delete_tunnel(t);
    adit_runtime_end(runtime);
}

void adit_tunnel_abandon(struct adit_tunnel *t)
{
    adit_user_silence(&t->user);
    t->is_orphan = true;
    if (t->stage == ADIT_STAGE_ENDED)
        delete_tunnel(t);
    else
        adit_tunnel_end(t);
}

static void on_timer(void *arg)
{
    struct adit_tunnel *t = arg;
    struct adit_failure failure;

    if (t->stage == ADIT_STAGE_ENDING) {
        conclude(t);
    } else if (t->stage == ADIT_STAGE_WAITING) {
        adit_tunnel_try(t);
    } else if (t->stage == ADIT_STAGE_CLOSING) {
        adit_tunnel_end(t);
    } else {
        adit_attempt_describe_end(t, ADIT_ERR_TIMEOUT, "", &failure);
        adit_tunnel_fail(t, &failure);
    }
}

/* ---- open ---- */

struct open_call {
    struct adit_call call;
    struct adit_tunnel *tunnel;
    const bool *cancelled; /* or NULL */
};

static void start_open(struct adit_call *call)
{
    const struct open_call *open = (const struct open_call *)(const void *)call;
    struct adit_tunnel *t = open->tunnel;
    enum adit_err err = ADIT_ERR_USAGE;

    if (open->cancelled != NULL && *open->cancelled)
        err = ADIT_ERR_DISCONNECTED;
    else if (adit_runtime_is_open(t->runtime))
        err = adit_timer_new(adit_runtime_loop(t->runtime), on_timer, t, &t->timer);
    if (err) {
        adit_tunnel_set_stage(t, ADIT_STAGE_ENDED);
        adit_failure_set(&t->failure, err, ADIT_LEG_CLIENT, "%s", adit_err_text(err));
        adit_call_fail(call, &t->failure);
        return;
    }
    if (!t->settings.keep_trying)
        t->opener = call;
    adit_list_append(adit_runtime_tunnels(t->runtime), &t->node);
    adit_runtime_begin(t->runtime);
    t->since_ms = adit_loop_now_ms(adit_runtime_loop(t->runtime));
    adit_supervisor_start(&t->supervisor, t->since_ms);
    if (t->settings.keep_trying)
        adit_runtime_watch(t->runtime);
    adit_attempt_start(t);
    if (t->settings.keep_trying)
        adit_call_finish(call, ADIT_OK);
}

static enum adit_err new_tunnel(struct adit_runtime *runtime,
                                const struct adit_tunnel_settings *settings,
                                struct adit_tunnel **out, struct adit_failure *failure)
{
    struct adit_tunnel *t = adit_new(sizeof *t);
    enum adit_err err;

    *out = NULL;
    if (t == NULL)
        return adit_failure_return(failure, ADIT_ERR_NO_MEMORY, ADIT_LEG_CLIENT, "out of memory");
    err = adit_settings_copy(&t->settings, settings, failure);
    if (err == ADIT_OK)
        err = adit_guard_init(&t->guard, &t->settings, failure);
    if (err) {
        adit_settings_clear(&t->settings);
        free(t);
        return err;
    }
    err = adit_window_memory_new(t->settings.window_memory, &t->window_memory);
    if (err) {
        adit_settings_clear(&t->settings);
        free(t);
        return adit_failure_return(failure, err, ADIT_LEG_CLIENT, "out of memory");
    }
    adit_user_init(&t->user, &t->settings);
    adit_hosts_init(t);
    t->user.passphrases = adit_runtime_passphrases(runtime);
    adit_list_init(&t->node);
    adit_list_init(&t->forwards);
    adit_list_init(&t->waiting);
    adit_list_init(&t->passages);
    adit_list_init(&t->arrivals);
    adit_list_init(&t->connections);
    adit_list_init(&t->closers);
    t->runtime = runtime;
    adit_runtime_hold(runtime);
    *out = t;
    return ADIT_OK;
}

enum adit_err adit_tunnel_open_unless(const bool *cancelled, struct adit_runtime *runtime,
                                      const struct adit_tunnel_settings *settings,
                                      struct adit_tunnel **out, struct adit_failure *failure)
{
    struct open_call open = { .cancelled = cancelled };
    enum adit_err err;

    *out = NULL;
    if (failure != NULL)
        *failure = (struct adit_failure){ 0 };
    err = new_tunnel(runtime, settings, &open.tunnel, failure);
    if (err)
        return err;
    adit_call_init(&open.call, start_open, failure);
    err = adit_runtime_ask(runtime, &open.call);
    if (err)
        delete_tunnel(open.tunnel);
    else
        *out = open.tunnel;
    return err;
}

enum adit_err adit_tunnel_open(struct adit_runtime *runtime,
                               const struct adit_tunnel_settings *settings,
                               struct adit_tunnel **out, struct adit_failure *failure)
{
    return adit_tunnel_open_unless(NULL, runtime, settings, out, failure);
}

/* ---- close and free ---- */

struct close_call {
    struct adit_call call;
    struct adit_tunnel *tunnel;
    uint64_t deadline_ms;
    pthread_t caller;
    bool is_orphaned;
};

static void start_close(struct adit_call *call)
{
    const struct close_call *close = (const struct close_call *)(const void *)call;
    struct adit_tunnel *t = close->tunnel;

    if (t->stage == ADIT_STAGE_ENDED) {
        adit_call_finish(call, ADIT_OK);
        return;
    }
    adit_list_append(&t->closers, &call->node);
    if (t->stage < ADIT_STAGE_UP) {
        adit_tunnel_end(t); /* there is nothing to wait for */
    } else if (t->stage == ADIT_STAGE_UP) {
        adit_tunnel_set_stage(t, ADIT_STAGE_CLOSING);
        adit_forwards_stop(t);
        adit_tunnel_set_timeout(t, close->deadline_ms);
        adit_tunnel_settle(t);
    } else if (t->stage == ADIT_STAGE_CLOSING) {
        adit_tunnel_set_timeout(t, close->deadline_ms);
        adit_tunnel_settle(t);
    }
}

void adit_tunnel_close(struct adit_tunnel *tunnel, uint64_t deadline_ms)
{
    struct close_call close = { .tunnel = tunnel, .deadline_ms = deadline_ms };

    if (tunnel == NULL)
        return;
    adit_call_init(&close.call, start_close, NULL);
    (void)!adit_runtime_ask(tunnel->runtime, &close.call);
}

static void start_retire(struct adit_call *call)
{
    struct close_call *close = (struct close_call *)(void *)call;
    struct adit_tunnel *t = close->tunnel;

    if (t->farewell == NULL) {
        adit_call_finish(call, ADIT_OK);
    } else if (adit_errand_is_on(t->farewell, close->caller)) {
        /* The callback frees the tunnel that it was called for: when it returns. */
        t->is_orphan = true;
        close->is_orphaned = true;
        adit_call_finish(call, ADIT_OK);
    } else {
        t->retirer = call;
    }
}

void adit_tunnel_free(struct adit_tunnel *tunnel)
{
    struct close_call retire = { .tunnel = tunnel, .caller = pthread_self() };

    if (tunnel == NULL)
        return;
    adit_tunnel_close(tunnel, 0);
    adit_call_init(&retire.call, start_retire, NULL);
    /* It cannot be freed from a callback on the loop's thread; then it is lost. */
    if (adit_runtime_ask(tunnel->runtime, &retire.call) == ADIT_OK && !retire.is_orphaned)
        delete_tunnel(tunnel);
}
