/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleeps until there is news. Only while a tunnel is up that still waits for the
 * gateway's word on a forward, or that ends with its last connection, of which
 * nobody tells, does it look by itself.
 */
#include "tend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control_server.h"
#include "live.h"
#include "notify.h"
#include "wake.h"

enum {
    EXIT_FAILED = 255, /* as ssh */
    LOOK_MS = 100,
    STATUS_SIZE = 700,
};

struct watch {
    struct adit_tending *tending;
    struct adit_control_server *server;
    uint64_t watchdog_ms; /* 0: nobody watches us */
    bool is_ready;
    char status[STATUS_SIZE]; /* as it was told last */
};

/* Nothing of ours may come to stand in the place of a stdio. */
static void let_go(int fd)
{
    int null;

    if (fd > STDERR_FILENO) {
        (void)close(fd);
        return;
    }
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        (void)dup2(null, fd);
        (void)close(null);
    }
}

static bool tell_ready(struct watch *watch)
{
    static const char line[] = "ready\n";
    struct adit_tending *tending = watch->tending;

    watch->is_ready = true;
    /* First, as there is no stdio in the background. */
    if (tending->ready_fd >= 0) {
        while (write(tending->ready_fd, line, sizeof line - 1) < 0 && errno == EINTR)
            ;
        let_go(tending->ready_fd);
        tending->ready_fd = -1;
    }
    if (tending->background != NULL && !adit_background_detach(tending->background))
        return false;
    adit_notify("READY=1");
    return true;
}

/* "STATUS=2 of 3 tunnels up; db: gateway: …": of those that are down, the last one's failure. */
static void describe(const struct adit_roster *roster, char out[static STATUS_SIZE])
{
    char trouble[STATUS_SIZE / 2 + ADIT_MEMBER_NAME_SIZE] = "";
    size_t up = 0;

    for (size_t i = 0; i < roster->count; i++) {
        struct adit_member *member = &roster->members[i];
        struct adit_tunnel_status status;

        adit_tunnel_status(member->tunnel, &status);
        up += status.state == ADIT_TUNNEL_UP;
        if (status.state == ADIT_TUNNEL_WAITING)
            (void)snprintf(trouble, sizeof trouble, "; %.100s: %.300s", member->name,
                           status.last_failure.text);
    }
    (void)snprintf(out, STATUS_SIZE, "STATUS=%zu of %zu tunnel%s up%s", up, roster->count,
                   roster->count == 1 ? "" : "s", trouble);
}

static void tell_status(struct watch *watch)
{
    char status[STATUS_SIZE];

    describe(watch->tending->roster, status); /* the loop's thread has answered: it is alive */
    if (watch->watchdog_ms > 0)
        adit_notify("WATCHDOG=1");
    if (strcmp(status, watch->status) == 0)
        return;
    (void)snprintf(watch->status, sizeof watch->status, "%s", status);
    adit_notify(status);
}

/* Then all that is left to wait for are forwards. */
static bool every_tunnel_is_up(const struct adit_roster *roster)
{
    for (size_t i = 0; i < roster->count; i++) {
        struct adit_tunnel_status status;

        adit_tunnel_status(roster->members[i].tunnel, &status);
        if (status.state != ADIT_TUNNEL_UP && !adit_member_has_ended(&roster->members[i]))
            return false;
    }
    return true;
}

/* A master that was told to stop. */
static bool is_stopping(const struct watch *watch)
{
    return watch->tending->master_path != NULL && adit_control_server_is_stopping(watch->server);
}

static bool is_idle(const struct adit_roster *roster)
{
    for (size_t i = 0; i < roster->count; i++) {
        struct adit_tunnel_status status;

        adit_tunnel_status(roster->members[i].tunnel, &status);
        if (status.connections > 0)
            return false;
    }
    return true;
}

static int pause_of(const struct watch *watch)
{
    int pause_ms = -1;

    if (watch->watchdog_ms > 0)
        pause_ms = watch->watchdog_ms < INT32_MAX ? (int)watch->watchdog_ms : INT32_MAX;
    if (((!watch->is_ready && every_tunnel_is_up(watch->tending->roster)) || is_stopping(watch)) &&
        (pause_ms < 0 || pause_ms > LOOK_MS))
        pause_ms = LOOK_MS;
    if (watch->tending->roster->log.live && (pause_ms < 0 || pause_ms > ADIT_LIVE_MS))
        pause_ms = ADIT_LIVE_MS;
    return pause_ms;
}

static int exit_status(const struct adit_tending *tending)
{
    const struct adit_roster *roster = tending->roster;
    int status = 0;

    for (size_t i = 0; i < roster->count; i++) {
        if (adit_member_is_replaced(&roster->members[i]))
            status = tending->replaced_status;
        else if (adit_member_has_failed(&roster->members[i]))
            return EXIT_FAILED;
    }
    return status;
}

static void show(const struct adit_roster *roster)
{
    struct adit_live_tunnel tunnels[ADIT_LIVE_TUNNELS_MAX];
    size_t count = 0;

    if (roster->log.live == NULL)
        return;
    for (size_t i = 0; i < roster->count && count < ADIT_LIVE_TUNNELS_MAX; i++)
        if (!adit_member_has_ended(&roster->members[i]))
            tunnels[count++] =
                (struct adit_live_tunnel){ roster->members[i].name, roster->members[i].tunnel };
    adit_live_show(roster->log.live, tunnels, count);
}

static enum adit_wake wait_and_show(const struct watch *watch)
{
    const struct adit_roster *roster = watch->tending->roster;
    enum adit_wake wake;

    show(roster);
    wake = adit_wake_wait(pause_of(watch));
    if (roster->log.live && (wake == ADIT_WAKE_STOP || adit_roster_has_ended(roster)))
        adit_live_end(roster->log.live);
    return wake;
}

static int leave(const struct adit_roster *roster)
{
    adit_client_say(&roster->log, ADIT_LOG_VERBOSE, "asked to stop");
    if (roster->log.live)
        adit_live_end(roster->log.live);
    adit_notify("STOPPING=1");
    adit_roster_dismiss(roster);
    return 0;
}

static int watch_over(struct watch *watch)
{
    const struct adit_roster *roster = watch->tending->roster;

    for (;;) {
        if (!watch->is_ready && adit_roster_is_ready(roster) && !tell_ready(watch))
            return EXIT_FAILED;
        tell_status(watch);
        if (wait_and_show(watch) == ADIT_WAKE_STOP || (is_stopping(watch) && is_idle(roster)))
            return leave(roster);
        if (adit_roster_has_ended(roster)) {
            adit_notify("STOPPING=1");
            return exit_status(watch->tending);
        }
    }
}

int adit_tend(struct adit_tending *tending)
{
    struct watch watch = { .tending = tending, .watchdog_ms = adit_notify_watchdog_ms() };
    int status;

    adit_wake_on_signals();
    watch.server = adit_control_server_start(tending->roster, tending->master_path);
    status = watch_over(&watch);
    adit_control_server_stop(watch.server);
    return status;
}
