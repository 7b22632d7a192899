/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_forwards.h"

#include "check_advice.h"
#include "check_answer.h"
#include "check_owner.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    DIAL_MS = 15000,
    TARGET_SIZE = ADIT_HOST_MAX + 16,
    IN_USE_SIZE = 80,
};

static const char *target_text(const struct adit_forward_spec *spec, char out[static TARGET_SIZE])
{
    const bool is_v6 = strchr(spec->host, ':') != NULL;

    if (spec->host[0] == '/')
        (void)snprintf(out, TARGET_SIZE, "%s", spec->host);
    else
        (void)snprintf(out, TARGET_SIZE, is_v6 ? "[%s]:%u" : "%s:%u", spec->host, spec->port);
    return out;
}

static int give_up(struct adit_check_report *report, enum adit_check_leg leg, enum adit_leg who,
                   const struct adit_failure *failure)
{
    const struct adit_check_advice advice = adit_check_advise(leg, failure);

    return adit_check_failed(report, leg, who != ADIT_LEG_NONE ? who : advice.who,
                             adit_check_sentence(failure), advice.text);
}

/* ---- the target ---- */

/* Whoever connects to the port of a database wants that database. */
static bool is_wrong_service(enum adit_service usual, const struct adit_check_answer *answer)
{
    if (usual == ADIT_SERVICE_NONE || usual == ADIT_SERVICE_HTTP)
        return false;
    return answer->outcome == ADIT_CHECK_STRANGE || answer->outcome == ADIT_CHECK_SHY ||
           (answer->outcome == ADIT_CHECK_KNOWN && answer->greeting.service != usual);
}

/* "": all is well with it. */
static void describe(const char *target, enum adit_service usual,
                     const struct adit_check_answer *answer, char *text, size_t size)
{
    text[0] = '\0';
    if (answer->outcome == ADIT_CHECK_CLOSED)
        (void)snprintf(text, size, "%s hangs up at once", target);
    else if (answer->outcome == ADIT_CHECK_SILENT)
        (void)snprintf(text, size, "%s takes connections and answers nothing", target);
    else if (is_wrong_service(usual, answer))
        (void)snprintf(text, size, "%s is no %s, which the port usually has%s%s", target,
                       adit_service_name(usual),
                       answer->outcome == ADIT_CHECK_KNOWN ? ", but " : "",
                       answer->outcome == ADIT_CHECK_KNOWN ? answer->greeting.name : "");
    else if (answer->outcome == ADIT_CHECK_KNOWN && answer->greeting.is_refusal)
        (void)snprintf(text, size, "%s is %s and refuses us: %s", target, answer->greeting.name,
                       answer->greeting.text);
}

int adit_check_judge(struct adit_check_report *report, const char *target, enum adit_leg who,
                     uint16_t port, const struct adit_check_answer *answer)
{
    struct adit_failure failure = { ADIT_ERR_REFUSED, who, "" };

    describe(target, adit_service_of_port(port), answer, failure.text, sizeof failure.text);
    if (failure.text[0] != '\0')
        return give_up(report, ADIT_CHECK_TARGET, who, &failure);
    if (answer->outcome == ADIT_CHECK_KNOWN) {
        adit_check_passed(report, ADIT_CHECK_TARGET, "", "%s is %s", target, answer->greeting.name);
        adit_check_met(report, target, answer->greeting.name);
    } else if (answer->outcome == ADIT_CHECK_STRANGE) {
        adit_check_passed(report, ADIT_CHECK_TARGET, "",
                          "%s answers, and is no server that adit knows: it said \"%s\"", target,
                          answer->said);
    } else {
        adit_check_passed(report, ADIT_CHECK_TARGET, "",
                          "%s takes connections, and is no server that adit knows", target);
    }
    return ADIT_CHECK_WELL;
}

static int check_target(struct adit_check_report *report, const struct adit_forward_spec *spec,
                        enum adit_leg who, const struct adit_check_place *place, int fd)
{
    struct adit_check_answer answer;
    char target[TARGET_SIZE];

    adit_check_ask(place, fd, &answer);
    return adit_check_judge(report, target_text(spec, target), who, spec->port, &answer);
}

/* ---- -L and -W ---- */

struct far_target {
    struct adit_tunnel *tunnel;
    const struct adit_forward_spec *spec;
};

static int open_far(void *arg)
{
    const struct far_target *far = arg;
    int fd;

    return adit_tunnel_dial(far->tunnel, far->spec->host, far->spec->port, DIAL_MS, &fd, NULL) ==
                   ADIT_OK
               ? fd
               : -1;
}

/* A port that is taken is no fault here: most likely the tunnel runs. */
static void describe_place(const struct adit_forward_spec *spec, char out[static IN_USE_SIZE])
{
    struct adit_port_owner owner;

    out[0] = '\0';
    if (spec->bind_port != 0 && adit_port_owner_find(spec->bind_port, &owner))
        (void)snprintf(out, IN_USE_SIZE, "; port %u here is in use, by %s", spec->bind_port,
                       owner.pid != 0 ? owner.name : "somebody else");
}

int adit_check_local(struct adit_check_report *report, struct adit_tunnel *tunnel,
                     const char *option, const struct adit_forward_spec *spec)
{
    struct far_target far = { tunnel, spec };
    const struct adit_check_place place = { open_far, &far, spec->port };
    struct adit_failure failure = { 0 };
    char target[TARGET_SIZE];
    char in_use[IN_USE_SIZE];
    int fd;
    enum adit_err err;

    describe_place(spec, in_use);
    adit_check_restart(report);
    err = adit_tunnel_dial(tunnel, spec->host, spec->port, DIAL_MS, &fd, &failure);
    if (err != ADIT_OK && failure.leg != ADIT_LEG_SERVER)
        return give_up(report, ADIT_CHECK_PERMISSION, ADIT_LEG_NONE, &failure);
    adit_check_passed(report, ADIT_CHECK_PERMISSION, "", "%s to %s%s", option,
                      target_text(spec, target), in_use);
    if (err != ADIT_OK)
        return give_up(report, ADIT_CHECK_TARGET, ADIT_LEG_NONE, &failure);
    return check_target(report, spec, ADIT_LEG_SERVER, &place, fd);
}

/* ---- -R ---- */

static int open_near(void *arg)
{
    const struct adit_forward_spec *spec = arg;
    struct adit_failure ignored;

    return adit_check_connect(spec->host, spec->port, &ignored);
}

int adit_check_remote(struct adit_check_report *report, struct adit_tunnel *tunnel,
                      const struct adit_forward_spec *spec)
{
    const struct adit_forward_settings settings = {
        .bind = spec->bind_given ? spec->bind : NULL,
        .bind_port = spec->bind_port,
        .host = spec->host[0] != '\0' ? spec->host : NULL,
        .port = spec->port,
    };
    struct adit_forward_spec target_spec = *spec;
    const struct adit_check_place place = { open_near, &target_spec, spec->port };
    struct adit_forward *forward = NULL;
    struct adit_failure failure = { 0 };
    uint16_t port;
    int fd;

    if (adit_tunnel_forward_remote(tunnel, &settings, &forward, &failure) != ADIT_OK)
        return give_up(report, ADIT_CHECK_PERMISSION, ADIT_LEG_NONE, &failure);
    port = adit_forward_port(forward);
    adit_forward_remove(forward);
    if (port == 0)
        adit_check_passed(report, ADIT_CHECK_PERMISSION, "", "-R at %s", spec->bind);
    else
        adit_check_passed(report, ADIT_CHECK_PERMISSION, "", "-R at port %u", port);
    if (spec->host[0] == '\0')
        return ADIT_CHECK_WELL; /* each connection will name its own target */
    fd = adit_check_connect(spec->host, spec->port, &failure);
    if (fd < 0)
        return give_up(report, ADIT_CHECK_TARGET, ADIT_LEG_CLIENT, &failure);
    return check_target(report, spec, ADIT_LEG_CLIENT, &place, fd);
}
