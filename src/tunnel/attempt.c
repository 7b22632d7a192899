/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One attempt to get from the settings to a link that may log in. Key files and
 * known_hosts are read, and the host key is judged, on errands; the rest is
 * waiting for the next event.
 */
#include "base/deadline.h"
#include "base/text.h"
#include "crypto/algorithms.h"
#include "tunnel/failure.h"
#include "tunnel/host_key_update.h"
#include "tunnel/tunnel.h"
#include "wire/numbers.h"

#include <stdlib.h>

enum {
    TYPES_MAX = 64 * 1024,
    HOST_KEY_MAX = 64 * 1024,
    SHOWN_SIZE = 256,
};

/* ---- preparing ---- */

/* Only the order of the proposal tells that a key is known, and only to a gateway that we know. */
static enum adit_err order_host_keys(struct adit_tunnel *t)
{
    const char *proposal = adit_algorithms_default(ADIT_ALGORITHM_HOST_KEY, true);
    struct adit_buffer types = adit_buffer_init(TYPES_MAX);
    struct adit_known_name name;
    enum adit_err err = ADIT_OK;

    if (t->settings.algorithms.host_keys != NULL)
        return ADIT_OK; /* the user has an order in mind */
    err = adit_known_name(&t->settings, &name);
    if (err == ADIT_OK)
        err = adit_known_files_types(&t->settings, &name, &types);
    if (err == ADIT_OK)
        err = adit_host_certificates_wanted(&t->settings, &name, &types, &proposal);
    if (err == ADIT_OK)
        err = adit_known_types_first(proposal, adit_buffer_span(&types), &t->attempt.host_keys);
    adit_buffer_clear(&types);
    return err;
}

static void prepare(void *arg)
{
    struct adit_tunnel *t = arg;
    struct adit_failure failure;
    enum adit_err err =
        adit_identities_read(&t->settings, &t->user, &t->attempt.auth.login.identities, &failure);

    if (err == ADIT_OK) {
        err = order_host_keys(t);
        if (err)
            adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "known_hosts: %s", adit_err_text(err));
    }
    t->attempt.prepared = err == ADIT_OK;
    if (err)
        t->attempt.prepare_failure = failure;
}

static void dialled(void *arg, int fd, enum adit_err err, const char *text);

static void connect_to_gateway(struct adit_tunnel *t)
{
    const struct adit_dial_settings dial = {
        .host = t->settings.host,
        .port = t->settings.port,
        .family = t->settings.address_family,
        .bind_address = t->settings.bind_address,
        .bind_interface = t->settings.bind_interface,
        .timeout_ms = t->settings.connect_timeout_ms,
        .tcp_keepalive = !t->settings.no_tcp_keepalive,
        .looked_up = adit_step_looked_up,
    };
    char why[ADIT_ROUTE_TEXT_SIZE] = "";
    const struct adit_route_settings route = {
        .why = why,
        .dial = dial,
        .command = t->settings.proxy_command,
        .proxy_url = t->settings.proxy_url,
    };
    char place[ADIT_TARGET_SIZE];
    struct adit_failure failure;
    enum adit_err err;

    if (!t->attempt.prepared) {
        adit_tunnel_fail(t, &t->attempt.prepare_failure);
        return;
    }
    adit_step_tell(t, ADIT_STEP_PREPARED,
                   t->host_at > 0 ? adit_target_text(dial.host, dial.port, place) : "");
    adit_tunnel_set_stage(t, ADIT_STAGE_CONNECTING);
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "connecting to %s port %u", dial.host, dial.port);
    t->attempt.exchange_due_ms = adit_deadline(adit_loop_now_ms(adit_runtime_loop(t->runtime)),
                                               t->settings.connect_timeout_ms);
    err = t->settings.jump != NULL ? adit_jump_start(t, dialled, &t->attempt.jump)
                                   : adit_route_start(adit_runtime_loop(t->runtime), &route,
                                                      dialled, t, &t->attempt.route);
    if (err == ADIT_OK)
        return;
    adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "connect to %s:%u: %s", dial.host, dial.port,
                     why[0] ? why : adit_err_text(err));
    adit_tunnel_fail(t, &failure);
}

void adit_attempt_start(struct adit_tunnel *t)
{
    adit_auth_init(t);
    adit_interrupt_arm(&t->user.interrupt);
    adit_tunnel_set_stage(t, ADIT_STAGE_PREPARING);
    adit_tunnel_errand(t, prepare, connect_to_gateway);
}

/* ---- the session ---- */

static struct adit_session_settings session_settings(const struct adit_tunnel *t)
{
    struct adit_session_settings settings = {
        .role = ADIT_CLIENT,
        .algorithms = t->settings.algorithms,
        .software_version =
            t->settings.only_checks ? "adit_" ADIT_VERSION ADIT_CHECK_MARK : "adit_" ADIT_VERSION,
        .user = t->settings.user,
        .rekey_bytes = t->settings.rekey_bytes,
        .rekey_ms = t->settings.rekey_ms,
        .window_memory = t->window_memory,
        .alive_count_max = t->settings.alive_count_max,
        .require_strict_kex = t->settings.require_strict_kex,
        .publickey_unbound = t->settings.publickey_unbound,
    };

    if (t->settings.alive_interval_ms != UINT64_MAX)
        settings.alive_interval_ms = t->settings.alive_interval_ms;
    if (t->settings.compression && settings.algorithms.compression == NULL)
        settings.algorithms.compression = "zlib@openssh.com,zlib,none";
    if (settings.algorithms.host_keys == NULL)
        settings.algorithms.host_keys = t->attempt.host_keys;
    return settings;
}

static void dialled(void *arg, int fd, enum adit_err err, const char *text)
{
    struct adit_tunnel *t = arg;
    const struct adit_session_settings settings = session_settings(t);
    struct adit_loop *loop = adit_runtime_loop(t->runtime);
    struct adit_failure failure;

    if (fd < 0) {
        adit_failure_set(&failure, err, ADIT_LEG_GATEWAY, "%s", text);
        adit_tunnel_fail(t, &failure);
        return;
    }
    adit_step_connected(t, fd);
    err = adit_link_new(loop, fd, fd, &settings, &adit_tunnel_link_owner, t, &t->attempt.link);
    if (err) {
        adit_failure_set(&failure, err, ADIT_LEG_CLIENT, "no session can be started: %s",
                         adit_err_text(err));
        adit_tunnel_fail(t, &failure);
        return;
    }
    if (t->attempt.jump != NULL) /* its user may have been asked, who may take his time */
        t->attempt.exchange_due_ms =
            adit_deadline(adit_loop_now_ms(loop), t->settings.connect_timeout_ms);
    adit_tunnel_set_stage(t, ADIT_STAGE_IDENTIFYING);
    adit_timer_set(t->timer, t->attempt.exchange_due_ms);
}

void adit_attempt_identified(struct adit_tunnel *t, struct adit_span identification)
{
    char shown[SHOWN_SIZE];

    if (t->stage != ADIT_STAGE_IDENTIFYING)
        return;
    (void)adit_text_printable(identification, shown, sizeof shown);
    adit_user_say(&t->user, ADIT_SAY_DEBUG1, "%s:%u is %s", t->settings.host, t->settings.port,
                  shown);
    adit_step_tell(t, ADIT_STEP_IDENTIFIED, shown);
    adit_tunnel_set_stage(t, ADIT_STAGE_EXCHANGING); /* which is to be over by the same time */
}

/* ---- the host key ---- */

static void judge(void *arg)
{
    struct adit_tunnel *t = arg;

    adit_host_key_judge(&t->settings, &t->user, adit_buffer_span(&t->attempt.host_key),
                        &t->attempt.judgement);
}

static void judged(struct adit_tunnel *t)
{
    adit_session_host_key_verdict(adit_link_session(t->attempt.link),
                                  t->attempt.judgement.accepted);
    adit_link_wake(t->attempt.link);
    t->attempt.auth.login.settings.passwords_barred = t->attempt.judgement.passwords_barred;
    adit_tunnel_set_timeout(t, t->settings.connect_timeout_ms); /* the user took his time */
    if (t->attempt.judgement.accepted)
        adit_step_tell(t, ADIT_STEP_HOST_KEY, t->attempt.judgement.shown);
    else
        adit_tunnel_fail(t, &t->attempt.judgement.failure);
}

void adit_attempt_host_key(struct adit_tunnel *t, const struct adit_host_key_event *event)
{
    struct adit_failure failure;
    enum adit_err err;

    adit_step_tell(t, ADIT_STEP_EXCHANGED, "");
    t->attempt.host_key = adit_buffer_init(HOST_KEY_MAX);
    err = adit_buffer_append(&t->attempt.host_key, event->blob);
    if (err == ADIT_OK) {
        adit_tunnel_errand(t, judge, judged);
        return;
    }
    adit_session_host_key_verdict(adit_link_session(t->attempt.link), false);
    adit_failure_set(&failure, err, ADIT_LEG_GATEWAY, "the host key: %s", adit_err_text(err));
    adit_tunnel_fail(t, &failure);
}

void adit_attempt_keys_changed(struct adit_tunnel *t)
{
    const struct adit_agreement *a = adit_session_agreement(adit_link_session(t->attempt.link));

    if (a != NULL && a->kex != NULL)
        adit_user_say(&t->user, ADIT_SAY_DEBUG1,
                      "keys: %s, host key %s, to the gateway %s %s %s, from it %s %s %s%s", a->kex,
                      a->host_key, a->cipher_c2s, a->mac_c2s, a->compression_c2s, a->cipher_s2c,
                      a->mac_s2c, a->compression_s2c,
                      a->strict_kex ? "" : "; without strict key exchange");
    if (t->stage != ADIT_STAGE_EXCHANGING)
        return;
    adit_tunnel_set_stage(t, ADIT_STAGE_LOGIN);
    adit_tunnel_set_timeout(t, adit_login_answer_ms(&t->attempt.auth.login));
}

/* ---- the end ---- */

void adit_attempt_describe_end(const struct adit_tunnel *t, enum adit_err err, const char *text,
                               struct adit_failure *failure)
{
    const char *host = t->settings.host;
    const unsigned port = t->settings.port;
    const char *why = text[0] != '\0' ? text : adit_err_text(err);
    char end[ADIT_JUMP_TEXT_SIZE] = "";

    if (t->attempt.route != NULL)
        adit_route_describe_end(t->attempt.route, end);
    else if (t->attempt.jump != NULL)
        adit_jump_describe_end(t->attempt.jump, end);
    if (end[0] != '\0')
        why = end;
    switch (t->stage) {
    case ADIT_STAGE_IDENTIFYING:
        adit_failure_set(failure, err, ADIT_LEG_GATEWAY,
                         "%s:%u does not answer as an SSH server: %s", host, port, why);
        break;
    case ADIT_STAGE_EXCHANGING:
        /* It has said who it is, so small packets arrive; an exchange has the first large ones. */
        adit_failure_set(
            failure, err, ADIT_LEG_GATEWAY, "key exchange with %s:%u: %s%s", host, port, why,
            err == ADIT_ERR_TIMEOUT ? "; large packets may be lost on the way (MTU)" : "");
        break;
    case ADIT_STAGE_LOGIN:
        adit_failure_set(failure, err, ADIT_LEG_GATEWAY, "login at %s:%u: %s", host, port, why);
        break;
    case ADIT_STAGE_IDLE:
    case ADIT_STAGE_WAITING:
    case ADIT_STAGE_PREPARING:
    case ADIT_STAGE_CONNECTING:
    case ADIT_STAGE_UP:
    case ADIT_STAGE_CLOSING:
    case ADIT_STAGE_ENDING:
    case ADIT_STAGE_ENDED:
    case ADIT_STAGES:
        adit_failure_set(failure, err, ADIT_LEG_GATEWAY, "the connection to %s:%u was lost: %s",
                         host, port, why);
        break;
    }
}

/* The way lasts as long as the link that is on it. */
void adit_attempt_cancel(struct adit_tunnel *t)
{
    adit_interrupt_fire(&t->user.interrupt);
    if (t->attempt.link != NULL)
        return;
    adit_route_free(t->attempt.route);
    t->attempt.route = NULL;
    if (t->attempt.jump != NULL)
        adit_jump_end(t->attempt.jump);
}

bool adit_attempt_is_busy(const struct adit_tunnel *t)
{
    return t->attempt.link != NULL || t->attempt.errand_done != NULL || t->attempt.jump != NULL;
}

void adit_attempt_clear(struct adit_tunnel *t)
{
    free(t->attempt.host_keys);
    adit_buffer_clear(&t->attempt.host_key);
    adit_host_key_update_free(t->attempt.update);
    adit_auth_clear(&t->attempt.auth);
    t->attempt = (struct adit_attempt){ 0 };
}
