/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The jump host's tunnel is used as an application would use it, by calls that
 * wait, so they are made on errands; a jump host of its own it opens the same
 * way. One errand opens, another one closes. What it says and asks goes to the
 * user of the tunnel that it was opened for.
 */
#include "tunnel/jump.h"

#include "base/memory.h"
#include "base/span.h"
#include "tunnel/failure.h"
#include "tunnel/settings.h"
#include "tunnel/tunnel.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAME_SIZE = 96 };

struct adit_jump {
    struct adit_tunnel *tunnel; /* that goes through it */
    struct adit_tunnel_settings settings;
    char name[NAME_SIZE]; /* "host" or "host:port", for sentences */
    adit_dial_fn *done;
    bool cancelled;

    /* The errand's while one runs, then the loop's. */
    struct adit_tunnel *hop;
    int fd;
    struct adit_failure failure;
};

/* ---- what it says and asks ---- */

static void say(void *user, int level, const char *line)
{
    struct adit_jump *jump = user;

    adit_user_say(&jump->tunnel->user, level, "jump host %s: %s", jump->name, line);
}

static bool ask(void *user, enum adit_prompt_kind kind, const char *text, char *answer, size_t size)
{
    struct adit_jump *jump = user;

    (void)size; /* ADIT_ANSWER_SIZE */
    return adit_user_ask(&jump->tunnel->user, kind, text, answer);
}

static void step(void *user, const char *hop, enum adit_step passed, const char *text)
{
    const struct adit_jump *jump = user;
    const struct adit_tunnel *t = jump->tunnel;

    t->settings.step(t->user.data, hop[0] != '\0' ? hop : jump->name, passed, text);
}

/* Behind the leg's name; what it says of its gateway is said of the jump host. */
static const char *sentence_of(const struct adit_failure *failure)
{
    const char *leg = adit_leg_text(failure->leg);
    const size_t len = strlen(leg);

    if (len > 0 && strncmp(failure->text, leg, len) == 0 && failure->text[len] == ':')
        return failure->text + len + 2;
    return failure->text;
}

static void describe(const struct adit_jump *jump, const struct adit_failure *failure,
                     char text[static ADIT_JUMP_TEXT_SIZE])
{
    static const char subject[] = "the gateway ";
    const char *sentence = sentence_of(failure);
    const bool is_subject = strncmp(sentence, subject, sizeof subject - 1) == 0;

    (void)snprintf(text, ADIT_JUMP_TEXT_SIZE, "jump host %s%s%.900s", jump->name,
                   is_subject ? " " : ": ", sentence + (is_subject ? sizeof subject - 1 : 0));
}

struct adit_tunnel *adit_jump_hop(const struct adit_jump *jump)
{
    return jump != NULL && jump->done == NULL && !jump->cancelled ? jump->hop : NULL;
}

void adit_jump_describe_end(const struct adit_jump *jump, char text[static ADIT_JUMP_TEXT_SIZE])
{
    const struct adit_tunnel *hop = adit_jump_hop(jump);

    text[0] = '\0';
    if (hop != NULL && hop->failed)
        describe(jump, &hop->failure, text);
}

/* ---- the end ---- */

/* The tunnel may be gone when this returns. */
static void finish(struct adit_jump *jump)
{
    struct adit_tunnel *t = jump->tunnel;

    t->attempt.jump = NULL;
    adit_settings_clear(&jump->settings);
    free(jump);
    adit_tunnel_settle(t);
}

static void run_closing(void *arg)
{
    struct adit_jump *jump = arg;

    adit_tunnel_free(jump->hop);
    jump->hop = NULL;
}

static void closed(void *arg)
{
    finish(arg);
}

static void close_hop(struct adit_jump *jump)
{
    struct adit_errand *errand;

    if (adit_errand_start(jump->tunnel->runtime, run_closing, closed, jump, &errand) == ADIT_OK)
        return;
    adit_tunnel_abandon(jump->hop); /* no thread to be had that could wait for its end */
    finish(jump);
}

/* Of the runtime's tunnels it is the one that speaks to us; not there yet, it does not begin. */
static void interrupt(const struct adit_jump *jump)
{
    struct adit_list *tunnels = adit_runtime_tunnels(jump->tunnel->runtime);
    struct adit_list *node = tunnels->next;

    while (node != tunnels) {
        struct adit_tunnel *hop = ADIT_LIST_ENTRY(node, struct adit_tunnel, node);

        node = node->next;
        if (hop->user.data == jump)
            adit_tunnel_end(hop);
    }
}

void adit_jump_end(struct adit_jump *jump)
{
    if (jump->cancelled)
        return;
    jump->cancelled = true;
    if (jump->done == NULL)
        close_hop(jump);
    else
        interrupt(jump); /* the errand hears of it, and then so do we */
}

/* ---- the beginning ---- */

static void run_opening(void *arg)
{
    struct adit_jump *jump = arg;
    const struct adit_tunnel_settings *to = &jump->tunnel->settings;
    struct adit_tunnel *hop = NULL;
    enum adit_err err = adit_tunnel_open_unless(&jump->cancelled, jump->tunnel->runtime,
                                                &jump->settings, &hop, &jump->failure);

    if (err == ADIT_OK)
        err = adit_tunnel_dial(hop, to->host, to->port, to->connect_timeout_ms, &jump->fd,
                               &jump->failure);
    if (err == ADIT_OK) {
        jump->hop = hop;
        (void)fcntl(jump->fd, F_SETFL, O_NONBLOCK);
    } else {
        adit_tunnel_free(hop);
    }
}

static void opened(void *arg)
{
    struct adit_jump *jump = arg;
    struct adit_tunnel *t = jump->tunnel;
    adit_dial_fn *done = jump->done;
    char text[ADIT_JUMP_TEXT_SIZE];

    jump->done = NULL;
    if (jump->cancelled) {
        if (jump->fd >= 0)
            (void)close(jump->fd);
        if (jump->hop != NULL)
            close_hop(jump);
        else
            finish(jump);
    } else if (jump->fd >= 0) {
        done(t, jump->fd, ADIT_OK, "");
    } else {
        const enum adit_err err = jump->failure.err;

        describe(jump, &jump->failure, text);
        t->attempt.jump = NULL;
        adit_settings_clear(&jump->settings);
        free(jump);
        done(t, -1, err, text);
    }
}

static enum adit_err set_up(struct adit_jump *jump, const struct adit_tunnel_settings *settings)
{
    const enum adit_err err = adit_settings_copy(&jump->settings, settings, NULL);

    if (err)
        return err;
    jump->settings.log = say;
    jump->settings.log_level = jump->tunnel->user.log_level;
    jump->settings.prompt = jump->tunnel->user.prompt ? ask : NULL;
    jump->settings.step = jump->tunnel->settings.step != NULL ? step : NULL;
    jump->settings.changed = NULL;
    jump->settings.ended = NULL;
    jump->settings.no_reconnect = true; /* the tunnel that goes through it comes back with it */
    jump->settings.keep_trying = false;
    jump->settings.user_data = jump;
    if (jump->settings.port == 22)
        (void)snprintf(jump->name, sizeof jump->name, "%s", jump->settings.host);
    else
        (void)snprintf(jump->name, sizeof jump->name, "%s:%u", jump->settings.host,
                       (unsigned)jump->settings.port);
    return ADIT_OK;
}

enum adit_err adit_jump_start(struct adit_tunnel *t, adit_dial_fn *done, struct adit_jump **out)
{
    struct adit_jump *jump = adit_new(sizeof *jump);
    struct adit_errand *errand;
    enum adit_err err;

    *out = NULL;
    if (jump == NULL)
        return ADIT_ERR_NO_MEMORY;
    jump->tunnel = t;
    jump->done = done;
    jump->fd = -1;
    err = set_up(jump, t->settings.jump);
    if (err == ADIT_OK)
        err = adit_errand_start(t->runtime, run_opening, opened, jump, &errand);
    if (err) {
        adit_settings_clear(&jump->settings);
        free(jump);
        return err;
    }
    *out = jump;
    return ADIT_OK;
}
