/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From this end alone: who holds the port, and what answers behind it. A tunnel
 * of ours is asked for its name, its gateway and its state.
 */
#include "check.h"
#include "check_answer.h"
#include "check_forwards.h"
#include "check_owner.h"
#include "check_port_tunnel.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WHO_SIZE = 320, OURS_SIZE = 1024 };

static bool is_tunnel(const struct adit_port_owner *owner)
{
    static const char *const programs[] = { "adit", "ssh", "autossh", "plink", "dbclient" };

    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (strcmp(owner->name, programs[i]) == 0)
            return true;
    return false;
}

static void describe_owner(const struct adit_port_owner *owner, char out[static WHO_SIZE])
{
    const char *address = owner->listening.address;

    if (owner->pid == 0)
        (void)snprintf(out, WHO_SIZE, "a process of somebody else listens on %s", address);
    else if (is_tunnel(owner) && owner->forward[0] != '\0')
        (void)snprintf(out, WHO_SIZE, "%s (process %ld) listens on %s, for %s", owner->name,
                       owner->pid, address, owner->forward);
    else
        (void)snprintf(out, WHO_SIZE, "%s (process %ld) listens on %s%s", owner->name, owner->pid,
                       address, is_tunnel(owner) ? "" : ", which is no tunnel that adit knows");
}

/* What to connect to: all addresses and the loopback ones are "localhost". */
static const char *host_of(const struct adit_port_owner *owner)
{
    static const char *const here[] = { "0.0.0.0", "::", "127.0.0.1", "::1", "::ffff:127.0.0.1" };

    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++)
        if (strcmp(owner->listening.address, here[i]) == 0)
            return "localhost";
    return owner->listening.address;
}

struct near_port {
    const char *host;
    uint16_t port;
};

static int open_near(void *arg)
{
    const struct near_port *near = arg;
    struct adit_failure ignored;

    return adit_check_connect(near->host, near->port, &ignored);
}

static const char retrace[] = "run adit check with the arguments of the tunnel: it tells which leg "
                              "is broken";

/* From this end alone, a tunnel that is down and one whose target refuses look alike. */
static int judge(struct adit_check_report *report, const struct near_port *near, bool is_tunnel,
                 const struct adit_check_answer *answer)
{
    const bool is_cut =
        answer->outcome == ADIT_CHECK_CLOSED || answer->outcome == ADIT_CHECK_SILENT;
    char target[WHO_SIZE];
    int code;

    if (is_tunnel && is_cut) {
        (void)snprintf(target, sizeof target, "the tunnel takes the connection and %s",
                       answer->outcome == ADIT_CHECK_CLOSED ? "hangs up" : "nothing answers");
        return adit_check_failed(report, ADIT_CHECK_TARGET, ADIT_LEG_CLIENT, target, retrace);
    }
    (void)snprintf(target, sizeof target, "%s:%u", near->host, near->port);
    code = adit_check_judge(report, target, is_tunnel ? ADIT_LEG_SERVER : ADIT_LEG_CLIENT,
                            near->port, answer);
    return code == ADIT_CHECK_WELL ? adit_check_well(report) : code;
}

/* ---- a tunnel of ours, which tells of itself ------------------------------------------ */

static void describe_tunnel(const struct adit_port_owner *owner,
                            const struct adit_port_tunnel *tunnel, char out[static OURS_SIZE])
{
    (void)snprintf(
        out, OURS_SIZE, "%s (process %ld) listens on %s: the tunnel %s, by %s to %s, which is %s",
        owner->name, owner->pid, owner->listening.address, tunnel->name, tunnel->gateway,
        tunnel->target[0] ? tunnel->target : "what each connection asks for", tunnel->state);
}

static int judge_down(struct adit_check_report *report, const struct adit_port_tunnel *tunnel)
{
    char what[OURS_SIZE];

    (void)snprintf(what, sizeof what, "the tunnel %s is not up%s%s", tunnel->name,
                   tunnel->failure[0] ? ": " : "", tunnel->failure);
    return adit_check_failed(report, ADIT_CHECK_TARGET,
                             tunnel->leg != ADIT_LEG_NONE ? tunnel->leg : ADIT_LEG_CLIENT, what,
                             retrace);
}

static int judge_up(struct adit_check_report *report, const struct adit_port_tunnel *tunnel,
                    const struct adit_check_answer *answer)
{
    char what[OURS_SIZE];
    int code;

    if (answer->outcome == ADIT_CHECK_CLOSED) {
        (void)snprintf(what, sizeof what,
                       "the tunnel is up, and hangs up: there is no way from the gateway to %s",
                       tunnel->target);
        return adit_check_failed(report, ADIT_CHECK_TARGET, ADIT_LEG_SERVER, what, retrace);
    }
    code = adit_check_judge(report, tunnel->target, ADIT_LEG_SERVER, tunnel->target_port, answer);
    return code == ADIT_CHECK_WELL ? adit_check_well(report) : code;
}

static int check_tunnel(struct adit_check_report *report, struct near_port *near,
                        const struct adit_port_owner *owner, const struct adit_port_tunnel *tunnel)
{
    const struct adit_check_place place = { open_near, near, tunnel->target_port };
    struct adit_failure failure = { 0 };
    struct adit_check_answer answer;
    char who[OURS_SIZE];
    int fd;

    describe_tunnel(owner, tunnel, who);
    adit_check_passed(report, ADIT_CHECK_TCP, "", "%s", who);
    if (strcmp(tunnel->state, "up") != 0)
        return judge_down(report, tunnel);
    if (tunnel->target[0] == '\0') {
        adit_check_untested(report, ADIT_CHECK_TARGET, "-D: each connection names its own target");
        return adit_check_well(report);
    }
    fd = adit_check_connect(near->host, near->port, &failure);
    if (fd < 0)
        return adit_check_failed(report, ADIT_CHECK_TARGET, ADIT_LEG_CLIENT, failure.text, retrace);
    adit_check_ask(&place, fd, &answer);
    return judge_up(report, tunnel, &answer);
}

/* --------------------------------------------------------------------------------------- */

int adit_check_port(struct adit_check *check, uint16_t port)
{
    struct adit_check_report *report = &check->report;
    struct near_port near = { .port = port };
    const struct adit_check_place place = { open_near, &near, port };
    struct adit_failure failure = { 0 };
    struct adit_port_owner owner;
    struct adit_port_tunnel tunnel;
    struct adit_check_answer answer;
    char who[WHO_SIZE];
    int fd;

    if (!adit_port_owner_find(port, &owner)) {
        (void)snprintf(who, sizeof who, "nothing listens on port %u of this machine", port);
        return adit_check_failed(report, ADIT_CHECK_TCP, ADIT_LEG_CLIENT, who,
                                 "start the tunnel, or correct the port");
    }
    near.host = host_of(&owner);
    if (strcmp(owner.name, "adit") == 0 && adit_port_tunnel_find(port, owner.pid, &tunnel))
        return check_tunnel(report, &near, &owner, &tunnel);
    describe_owner(&owner, who);
    fd = adit_check_connect(near.host, port, &failure);
    if (fd < 0)
        return adit_check_failed(report, ADIT_CHECK_TCP, ADIT_LEG_CLIENT, failure.text,
                                 "the program that listens takes no connections: restart it");
    adit_check_passed(report, ADIT_CHECK_TCP, "", "%s", who);

    adit_check_ask(&place, fd, &answer);
    return judge(report, &near, is_tunnel(&owner), &answer);
}
