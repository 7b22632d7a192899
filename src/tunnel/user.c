/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/user.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_SIZE = 1024,
    KEPT_MAX = 64,
};

struct kept_answer {
    struct adit_list node;
    enum adit_prompt_kind kind;
    char *question;
    char *answer;
};

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
        .keeps_answers = !settings->no_reconnect,
        .net_log = { .level = ADIT_LOG_DEBUG3, .write = write_net_line, .user = user },
    };
    adit_list_init(&user->kept);
    (void)pthread_mutex_init(&user->turn, NULL);
    (void)pthread_mutex_init(&user->lock, NULL);
    adit_interrupt_init(&user->interrupt);
}

/* ---- answers that are kept, under the lock: jump hosts ask on threads of their own ---- */

static void free_kept(struct kept_answer *kept)
{
    adit_list_remove(&kept->node);
    free(kept->question);
    adit_text_free_secret(kept->answer);
    free(kept);
}

/*
 * Of a password's question the last line: what stands above it says that the last
 * answer was wrong, and the next one takes its place.
 */
static const char *what_is_asked(enum adit_prompt_kind kind, const char *question)
{
    const char *newline = kind == ADIT_PROMPT_PASSWORD ? strrchr(question, '\n') : NULL;

    return newline != NULL ? newline + 1 : question;
}

static struct kept_answer *find_kept(struct adit_user *user, enum adit_prompt_kind kind,
                                     const char *question)
{
    for (struct adit_list *node = user->kept.next; node != &user->kept; node = node->next) {
        struct kept_answer *kept = ADIT_LIST_ENTRY(node, struct kept_answer, node);

        if (kept->kind == kind && strcmp(kept->question, question) == 0)
            return kept;
    }
    return NULL;
}

static void add_kept(struct adit_user *user, enum adit_prompt_kind kind, const char *question,
                     const char *answer)
{
    struct kept_answer *kept = user->kept_count < KEPT_MAX ? adit_new(sizeof *kept) : NULL;

    if (kept == NULL)
        return;
    adit_list_init(&kept->node);
    kept->kind = kind;
    kept->question = adit_text_copy(adit_span_text(question));
    kept->answer = adit_text_copy(adit_span_text(answer));
    if (kept->question == NULL || kept->answer == NULL) {
        free_kept(kept);
        return;
    }
    adit_list_append(&user->kept, &kept->node);
    user->kept_count++;
}

/* Without memory for it the next login has to do without. */
static void keep(struct adit_user *user, enum adit_prompt_kind kind, const char *question,
                 const char *answer)
{
    struct kept_answer *kept;

    (void)pthread_mutex_lock(&user->lock);
    kept = find_kept(user, kind, question);
    if (kept != NULL) {
        free_kept(kept);
        user->kept_count--;
    }
    add_kept(user, kind, question, answer);
    (void)pthread_mutex_unlock(&user->lock);
}

static bool recall(struct adit_user *user, enum adit_prompt_kind kind, const char *question,
                   char answer[static ADIT_ANSWER_SIZE])
{
    const struct kept_answer *kept;

    (void)pthread_mutex_lock(&user->lock);
    kept = find_kept(user, kind, question);
    if (kept != NULL)
        (void)snprintf(answer, ADIT_ANSWER_SIZE, "%s", kept->answer);
    (void)pthread_mutex_unlock(&user->lock);
    return kept != NULL;
}

/* Whether the same answer can be right twice, and nobody else keeps it. */
static bool is_lasting(enum adit_prompt_kind kind)
{
    return kind == ADIT_PROMPT_PASSWORD || kind == ADIT_PROMPT_HOST_KEY;
}

void adit_user_clear(struct adit_user *user)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&user->kept)) != NULL)
        free_kept(ADIT_LIST_ENTRY(node, struct kept_answer, node));
    adit_interrupt_clear(&user->interrupt);
    (void)pthread_mutex_destroy(&user->lock);
    (void)pthread_mutex_destroy(&user->turn);
}

void adit_user_silence(struct adit_user *user)
{
    user->log_level = ADIT_SAY_ERROR - 1;
    user->prompt = NULL;
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
    answer[0] = '\0';
    if (user->is_unattended)
        return recall(user, kind, text, answer); /* a second time it is not told */
    return adit_user_ask_now(user, kind, text, answer);
}

bool adit_user_ask_now(struct adit_user *user, enum adit_prompt_kind kind, const char *text,
                       char answer[static ADIT_ANSWER_SIZE])
{
    bool answered = false;

    answer[0] = '\0';
    if (user->prompt == NULL)
        return false;
    (void)pthread_mutex_lock(&user->turn);
    if (!adit_interrupt_is_fired(&user->interrupt)) /* the attempt goes on */
        answered = user->prompt(user->data, kind, text, answer, ADIT_ANSWER_SIZE);
    (void)pthread_mutex_unlock(&user->turn);
    answer[ADIT_ANSWER_SIZE - 1] = '\0';
    if (answered && user->keeps_answers && is_lasting(kind))
        keep(user, kind, what_is_asked(kind, text), answer);
    return answered;
}
