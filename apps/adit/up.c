/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All tunnels share one loop. A name that cannot be looked up or a gateway that
 * is not there yet is no reason to end; a wrong configuration is.
 */
#include "up.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "known_name.h"
#include "live.h"
#include "password_file.h"
#include "plink_words.h"
#include "tend.h"
#include "wake.h"

enum { EXIT_FAILED = 255, WHY_SIZE = 512 };

struct up {
    struct adit_options *options;
    struct adit_client_log log;
    struct adit_background background;
    struct adit_member members[ADIT_OPTIONS_NAMES_MAX];
    size_t count;
    char password[ADIT_PASSWORD_SIZE];
    struct adit_live live; /* log.live points to it when it is wanted */
};

static int fail(const struct up *up, const char *text)
{
    adit_client_say(&up->log, ADIT_LOG_FATAL, "%s", text);
    return EXIT_FAILED;
}

/* ---- which tunnels ---- */

static bool has_forwards(const struct adit_ssh_config *config)
{
    return config->local_forward_count + config->remote_forward_count +
               config->dynamic_forward_count >
           0;
}

static bool add_member(struct up *up, const char *name, bool only_with_forwards)
{
    struct adit_member *member = &up->members[up->count];
    struct adit_failure failure = { 0 };
    char why[WHY_SIZE];

    adit_member_init(member, name, &up->log);
    up->count++;
    member->shows_name = true;
    if (!adit_member_load(member, name, up->options, &failure)) {
        adit_client_say(&up->log, ADIT_LOG_FATAL, "%s: %s", name, failure.text);
        return false;
    }
    if (!adit_name_is_known(member->settings.loaded, up->options->config_file, why, sizeof why)) {
        adit_client_say(&up->log, ADIT_LOG_FATAL, "%s: %s", member->name, why);
        return false;
    }
    member->settings.keep_trying = true;
    if (up->password[0])
        member->settings.password = up->password;
    if (only_with_forwards && !has_forwards(member->settings.loaded)) {
        adit_member_clear(member);
        up->count--;
    }
    return true;
}

static bool has_member(const struct up *up, const char *name)
{
    for (size_t i = 0; i < up->count; i++)
        if (strcmp(up->members[i].name, name) == 0)
            return true;
    return false;
}

/* The names are known to the configuration of any host, also of one that is in none. */
static bool add_all(struct up *up)
{
    struct adit_member any;
    struct adit_failure failure = { 0 };
    bool added = true;

    adit_member_init(&any, "all", &up->log);
    if (!adit_member_load(&any, "all", up->options, &failure)) {
        (void)fail(up, failure.text);
        added = false;
    }
    for (size_t i = 0; added && i < any.settings.loaded->named_hosts.count; i++) {
        const char *name = any.settings.loaded->named_hosts.items[i];

        if (has_member(up, name))
            continue;
        if (up->count == ADIT_OPTIONS_NAMES_MAX) {
            adit_client_say(&up->log, ADIT_LOG_FATAL, "up: more than %d hosts with forwards",
                            ADIT_OPTIONS_NAMES_MAX);
            added = false;
        } else {
            added = add_member(up, name, true);
        }
    }
    adit_member_clear(&any);
    if (added && up->count == 0)
        (void)fail(up, "up: no host of the configuration has forwards");
    return added && up->count > 0;
}

static bool find_members(struct up *up)
{
    if (up->options->all)
        return add_all(up);
    for (size_t i = 0; i < up->options->name_count; i++)
        if (!add_member(up, up->options->names[i], false))
            return false;
    return true;
}

/* ---- their life ---- */

static bool open_member(struct up *up, struct adit_runtime *runtime, struct adit_member *member)
{
    struct adit_failure failure = { 0 };
    const enum adit_err err =
        adit_tunnel_open(runtime, &member->settings, &member->tunnel, &failure);

    if (err) {
        adit_client_say(&up->log, ADIT_LOG_FATAL, "%s: %s", member->name,
                        failure.text[0] ? failure.text : adit_err_text(err));
        return false;
    }
    return adit_member_open_forwards(member);
}

static int run(struct up *up)
{
    struct adit_roster roster = { up->members, up->count, up->log };
    struct adit_tending tending = {
        .roster = &roster,
        .ready_fd = up->options->ready_fd,
        .replaced_status = ADIT_UP_REPLACED,
    };
    struct adit_runtime *runtime = NULL;
    int status = EXIT_FAILED;
    bool opened = true;

    if (up->options->background)
        tending.background = &up->background;
    if (!adit_wake_open())
        return fail(up, strerrordesc_np(errno));
    if (adit_runtime_new(&runtime))
        return fail(up, "no thread can be started");
    for (size_t i = 0; opened && i < up->count; i++)
        opened = open_member(up, runtime, &up->members[i]);
    explicit_bzero(up->password, sizeof up->password);
    if (opened)
        status = adit_tend(&tending);
    for (size_t i = 0; i < up->count; i++) {
        adit_tunnel_free(up->members[i].tunnel);
        up->members[i].tunnel = NULL;
    }
    adit_runtime_free(runtime);
    return status;
}

static int start(struct up *up)
{
    int code = EXIT_FAILED;

    if (!up->options->background)
        return run(up);
    switch (adit_background_fork(&up->background, &code)) {
    case ADIT_BACKGROUND_CHILD:
        return run(up);
    case ADIT_BACKGROUND_PARENT:
        return code;
    case ADIT_BACKGROUND_FAILED:
        break;
    }
    return fail(up, strerrordesc_np(errno));
}

static int prepare_and_start(struct up *up)
{
    const struct adit_options *options = up->options;
    char why[WHY_SIZE] = "";
    bool found;

    if (options->log_file && !adit_client_log_open(&up->log, options->log_file, why, sizeof why))
        return fail(up, why);
    adit_plink_tell(options, &up->log);
    adit_live_choose(&up->live, options, &up->log);
    if (options->verbosity)
        up->log.level = ADIT_LOG_DEBUG1;
    if (options->password_file &&
        !adit_password_file_read(options->password_file, up->password, why, sizeof why))
        return fail(up, why);
    if (options->password[0])
        memcpy(up->password, options->password, sizeof up->password);
    found = find_members(up);
    explicit_bzero(up->options->password, sizeof up->options->password);
    return found ? start(up) : EXIT_FAILED;
}

int adit_up(struct adit_options *options)
{
    struct up *up = calloc(1, sizeof *up);
    int status;

    if (up == NULL)
        return EXIT_FAILED;
    up->options = options;
    adit_client_log_init(&up->log);
    status = prepare_and_start(up);
    for (size_t i = 0; i < up->count; i++)
        adit_member_clear(&up->members[i]);
    explicit_bzero(up->password, sizeof up->password);
    free(up);
    return status;
}
