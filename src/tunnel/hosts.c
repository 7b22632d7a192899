/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hosts that a tunnel may go to: one attempt for each, in their order and
 * without a pause, until one of them lets us in or refuses us. Only when the
 * last one has failed has the tunnel failed.
 *
 * settings.host and settings.port are those of the attempt. They change when
 * nothing runs that could read them: right before the attempt begins.
 */
#include "tunnel/failure.h"
#include "tunnel/passage.h"
#include "tunnel/tunnel.h"

void adit_hosts_init(struct adit_tunnel *t)
{
    t->first_host = t->settings.host;
    t->first_port = t->settings.port;
}

void adit_hosts_clear(struct adit_tunnel *t)
{
    t->settings.host = t->first_host; /* the one that is the settings' own */
}

/* That of host_at, which is not 0. Its text was checked when it came. */
static struct adit_alternative_host alternative(const struct adit_tunnel *t)
{
    struct adit_alternative_host host = { .port = 0 };

    if (adit_alternative_host_parse(t->settings.alternative_hosts[t->host_at - 1], &host) &&
        host.port == 0)
        host.port = t->first_port;
    return host;
}

void adit_hosts_use(struct adit_tunnel *t)
{
    if (t->host_at > 0)
        t->alternative = alternative(t);
    t->settings.host = t->host_at > 0 ? t->alternative.host : t->first_host;
    t->settings.port = t->host_at > 0 ? t->alternative.port : t->first_port;
}

static bool has_another(const struct adit_tunnel *t, const struct adit_failure *failure)
{
    return t->stage >= ADIT_STAGE_CONNECTING && t->stage < ADIT_STAGE_UP &&
           t->host_at < t->settings.alternative_host_count && t->settings.proxy_command == NULL &&
           !adit_supervisor_is_refusal(failure->err);
}

bool adit_hosts_try_next(struct adit_tunnel *t, const struct adit_failure *failure)
{
    struct adit_alternative_host next;

    if (!has_another(t, failure))
        return false;
    t->host_at++;
    next = alternative(t);
    adit_tunnel_note_failure(t, failure);
    adit_user_say(&t->user, t->outage_told ? ADIT_SAY_DEBUG1 : ADIT_SAY_INFO, "%s; trying %s:%u",
                  failure->text, next.host, (unsigned)next.port);
    adit_tunnel_set_stage(t, ADIT_STAGE_WAITING);
    adit_tunnel_set_timeout(t, UINT64_MAX);
    t->supervisor.due_ms = 0; /* another host may be asked at once */
    adit_attempt_cancel(t);
    if (t->attempt.link != NULL)
        adit_link_close(t->attempt.link, "trying another host");
    adit_tunnel_settle(t);
    return true;
}
