/* SPDX-License-Identifier: BSD-2-Clause */
#include "member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "prompts.h"
#include "wake.h"

enum {
    CLOSE_MS = 1500, /* what connections get to finish when we are asked to stop */
    QUESTION_SIZE = 8192,
};

/* ---- what the library asks and tells, on its own threads ---- */

static void log_line(void *user, int level, const char *line)
{
    const struct adit_member *member = user;

    adit_client_log_tunnel_line(&member->log, member->shows_name ? member->name : NULL, level,
                                line);
}

/* Those of -hostkey are right, and no other one is. */
static bool answer_by_list(const struct adit_options *options, const char *question, char *answer,
                           size_t size)
{
    for (size_t i = 0; i < options->host_key_count; i++) {
        const char *key = options->host_keys[i];
        const char *found = strstr(question, key);

        if (found != NULL && strchr(" \n", found[strlen(key)]) != NULL)
            return snprintf(answer, size, "%s", key) > 0;
    }
    return false;
}

/* There is but one terminal, and one user before it, for all tunnels. */
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

static bool prompt(void *user, enum adit_prompt_kind kind, const char *text, char *answer,
                   size_t size)
{
    const struct adit_member *member = user;
    char question[QUESTION_SIZE];
    bool answered;

    /* Who gave a password in a file is not there to be asked for a better one. */
    if (kind == ADIT_PROMPT_PASSWORD && member->asks_no_password)
        return false;
    if (kind == ADIT_PROMPT_HOST_KEY && member->options->host_key_count > 0)
        return answer_by_list(member->options, text, answer, size);
    if (member->asks_nothing)
        return false;
    if (member->shows_name)
        (void)snprintf(question, sizeof question, "%s: %s", member->name, text);
    (void)pthread_mutex_lock(&asking);
    adit_live_hold(member->log.live, true);
    answered = adit_client_ask(kind, member->shows_name ? question : text, answer, size);
    adit_live_hold(member->log.live, false);
    (void)pthread_mutex_unlock(&asking);
    return answered;
}

static void changed(void *user, enum adit_tunnel_state state, const struct adit_failure *failure)
{
    (void)user, (void)state, (void)failure;
    adit_wake_changed();
}

static void ended(void *user, const struct adit_failure *failure)
{
    struct adit_member *member = user;

    (void)pthread_mutex_lock(&member->lock);
    member->has_ended = true;
    member->has_failed = failure->err != ADIT_OK;
    member->is_replaced = failure->err == ADIT_ERR_REPLACED;
    (void)pthread_mutex_unlock(&member->lock);
    if (failure->err)
        adit_client_log_tunnel_line(&member->log, member->shows_name ? member->name : NULL, 0,
                                    failure->text);
    adit_wake_changed();
}

/* ---- its life ---- */

void adit_member_init(struct adit_member *member, const char *name,
                      const struct adit_client_log *log)
{
    *member = (struct adit_member){ .log = *log };
    (void)snprintf(member->name, sizeof member->name, "%s", name);
    for (char *c = member->name; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    (void)pthread_mutex_init(&member->lock, NULL);
    adit_tunnel_settings_init(&member->settings);
    member->settings.log = log_line;
    member->settings.prompt = prompt;
    member->settings.changed = changed;
    member->settings.ended = ended;
    member->settings.user_data = member;
}

void adit_member_clear(struct adit_member *member)
{
    adit_tunnel_free(member->tunnel);
    adit_tunnel_settings_clear(&member->settings);
    free(member->forwards);
    (void)pthread_mutex_destroy(&member->lock);
    *member = (struct adit_member){ 0 };
}

bool adit_member_load(struct adit_member *member, const char *destination,
                      const struct adit_options *options, struct adit_failure *failure)
{
    const struct adit_ssh_options given = {
        .options = options->settings,
        .option_count = options->setting_count,
        .config_file = options->config_file,
        .without_jumps = options->action == ADIT_ACTION_PRINT,
    };

    if (options->log_level)
        member->log.level = ADIT_LOG_FATAL; /* -q; of -v there is more */
    if (options->verbosity)
        member->log.level = ADIT_LOG_DEBUG1; /* for notes about the files themselves */
    member->settings.log_level = adit_client_log_tunnel_level(&member->log);
    if (adit_tunnel_settings_load_with(&member->settings, destination, &given, failure))
        return false;
    member->log.level = member->settings.loaded->log_level;
    member->settings.log_level = adit_client_log_tunnel_level(&member->log);
    member->asks_no_password = options->password_file != NULL || options->password[0];
    member->options = options;
    member->asks_nothing = member->settings.batch_mode;
    if (options->host_key_count > 0)
        member->settings.batch_mode = false; /* the list is there to be asked */
    return true;
}

void adit_member_dismiss(struct adit_member *member)
{
    adit_tunnel_close(member->tunnel, CLOSE_MS);
    (void)pthread_mutex_lock(&member->lock);
    member->has_ended = true;
    (void)pthread_mutex_unlock(&member->lock);
    adit_wake_changed();
}

bool adit_member_has_ended(struct adit_member *member)
{
    bool has_ended;

    (void)pthread_mutex_lock(&member->lock);
    has_ended = member->has_ended;
    (void)pthread_mutex_unlock(&member->lock);
    return has_ended;
}

bool adit_member_has_failed(struct adit_member *member)
{
    bool has_failed;

    (void)pthread_mutex_lock(&member->lock);
    has_failed = member->has_failed;
    (void)pthread_mutex_unlock(&member->lock);
    return has_failed;
}

bool adit_member_is_replaced(struct adit_member *member)
{
    bool is_replaced;

    (void)pthread_mutex_lock(&member->lock);
    is_replaced = member->is_replaced;
    (void)pthread_mutex_unlock(&member->lock);
    return is_replaced;
}

bool adit_member_is_ready(struct adit_member *member)
{
    struct adit_tunnel_status status;
    bool is_ready;

    adit_tunnel_status(member->tunnel, &status);
    is_ready = status.state == ADIT_TUNNEL_UP;
    (void)pthread_mutex_lock(&member->lock);
    for (size_t i = 0; is_ready && i < member->forward_count; i++) {
        struct adit_forward_status forward;

        adit_forward_status(member->forwards[i].forward, &forward);
        is_ready = forward.listens;
    }
    (void)pthread_mutex_unlock(&member->lock);
    return is_ready;
}
