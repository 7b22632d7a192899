/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/user.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_SIZE = 1024 };

static void write_line(struct adit_user *user, int level, const char *line)
{
    (void)pthread_mutex_lock(&user->lock);
    user->log(user->data, level, line);
    (void)pthread_mutex_unlock(&user->lock);
}

static void write_net_line(void *arg, enum adit_log_level level, const char *line)
{
    struct adit_user *user = arg;
    int said = ADIT_SAY_ERROR;

    if (level >= ADIT_LOG_DEBUG1)
        said = ADIT_SAY_DEBUG1 + (int)(level - ADIT_LOG_DEBUG1);
    else if (level >= ADIT_LOG_INFO)
        said = ADIT_SAY_INFO;
    if (user->log != NULL && said <= user->log_level)
        write_line(user, said, line);
}

void adit_user_init(struct adit_user *user, const struct adit_tunnel_settings *settings)
{
    *user = (struct adit_user){
        .log_level = settings->log_level,
        .log = settings->log,
        .prompt = settings->batch_mode ? NULL : settings->prompt,
        .data = settings->user_data,
        .net_log = { .level = ADIT_LOG_DEBUG3, .write = write_net_line, .user = user },
    };
    (void)pthread_mutex_init(&user->lock, NULL);
}

void adit_user_clear(struct adit_user *user)
{
    (void)pthread_mutex_destroy(&user->lock);
}

void adit_user_say(struct adit_user *user, int level, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    if (user->log == NULL || level > user->log_level)
        return;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    write_line(user, level, line);
}

bool adit_user_ask(struct adit_user *user, enum adit_prompt_kind kind, const char *text,
                   char answer[static ADIT_ANSWER_SIZE])
{
    bool answered;

    answer[0] = '\0';
    if (user->prompt == NULL)
        return false;
    answered = user->prompt(user->data, kind, text, answer, ADIT_ANSWER_SIZE);
    answer[ADIT_ANSWER_SIZE - 1] = '\0';
    return answered;
}
