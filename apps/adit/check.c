/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

#include "check_advice.h"
#include "check_forwards.h"

#include <stdio.h>
#include <string.h>

void adit_check_start(struct adit_check *check, bool as_json)
{
    *check = (struct adit_check){ .step = -1 };
    adit_check_begin(&check->report, as_json);
}

static int give_up(struct adit_check *check, enum adit_check_leg leg,
                   const struct adit_failure *failure)
{
    const struct adit_check_advice advice = adit_check_advise(leg, failure);

    return adit_check_failed(&check->report, leg, advice.who, adit_check_sentence(failure),
                             advice.text);
}

int adit_check_refuse(struct adit_check *check, const char *sentence)
{
    struct adit_failure failure = { ADIT_ERR_FORMAT, ADIT_LEG_CLIENT, "" };

    (void)snprintf(failure.text, sizeof failure.text, "%s", sentence);
    return give_up(check, ADIT_CHECK_CONFIG, &failure);
}

/* ---- to the login ---- */

/* What the library reads for it belongs to the configuration, also for the hosts on the way. */
static bool is_still_config(const struct adit_check *check, const char *hop)
{
    return hop[0] == '\0' && check->settings->jump != NULL;
}

void adit_check_step(struct adit_check *check, const char *hop, enum adit_step step,
                     const char *text)
{
    const struct adit_tunnel_settings *settings = check->settings;
    struct adit_check_report *report = &check->report;

    if (step != ADIT_STEP_PREPARED || !is_still_config(check, hop))
        check->step = (int)step;
    switch (step) {
    case ADIT_STEP_PREPARED:
        if (hop[0] == '\0' && text[0] != '\0')
            adit_check_passed(report, ADIT_CHECK_CONFIG, hop, "the next host is %s", text);
        else if (hop[0] == '\0')
            adit_check_passed(report, ADIT_CHECK_CONFIG, hop, "%s@%s, port %u", settings->user,
                              settings->host, settings->port);
        break;
    case ADIT_STEP_LOOKED_UP:
        adit_check_passed(report, ADIT_CHECK_NAME, hop, "%s", text);
        break;
    case ADIT_STEP_CONNECTED:
        adit_check_passed(report, ADIT_CHECK_TCP, hop, "%s", text);
        break;
    case ADIT_STEP_IDENTIFIED:
        (void)snprintf(check->identification, sizeof check->identification, "%s", text);
        break;
    case ADIT_STEP_EXCHANGED:
        adit_check_passed(report, ADIT_CHECK_EXCHANGE, hop, "%s", check->identification);
        break;
    case ADIT_STEP_HOST_KEY:
        adit_check_passed(report, ADIT_CHECK_HOST_KEY, hop, "%s", text);
        break;
    case ADIT_STEP_LOGGED_IN:
        adit_check_passed(report, ADIT_CHECK_LOGIN, hop, "as %s", text);
        break;
    }
}

/* ---- behind it ---- */

static int check_forwards(struct adit_check *check, struct adit_tunnel *tunnel,
                          const struct adit_forward_spec *stdio)
{
    const struct adit_ssh_config *config = check->settings->loaded;
    int code = ADIT_CHECK_WELL;

    if (stdio != NULL)
        code = adit_check_local(&check->report, tunnel, "-W", stdio);
    for (size_t i = 0; i < config->local_forward_count && code == ADIT_CHECK_WELL; i++)
        code = adit_check_local(&check->report, tunnel, "-L", &config->local_forwards[i]);
    for (size_t i = 0; i < config->remote_forward_count && code == ADIT_CHECK_WELL; i++)
        code = adit_check_remote(&check->report, tunnel, &config->remote_forwards[i]);
    if (code != ADIT_CHECK_WELL)
        return code;
    if (config->dynamic_forward_count > 0)
        adit_check_untested(&check->report, ADIT_CHECK_TARGET,
                            "-D: each connection names its own target");
    return adit_check_well(&check->report);
}

int adit_check_tunnel(struct adit_check *check, const struct adit_tunnel_settings *settings,
                      const struct adit_forward_spec *stdio)
{
    struct adit_runtime *runtime = NULL;
    struct adit_tunnel *tunnel = NULL;
    struct adit_failure failure = { 0 };
    int code;
    enum adit_err err = adit_runtime_new(&runtime);

    check->settings = settings;
    if (err == ADIT_OK)
        err = adit_tunnel_open(runtime, settings, &tunnel, &failure);
    if (err == ADIT_OK)
        code = check_forwards(check, tunnel, stdio);
    else if (failure.text[0] == '\0')
        code = adit_check_refuse(check, adit_err_text(err));
    else
        code = give_up(check, adit_check_leg_after(check->step, &failure), &failure);
    adit_tunnel_free(tunnel);
    adit_runtime_free(runtime);
    return code;
}
