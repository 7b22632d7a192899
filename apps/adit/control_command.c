/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control_ask.h"
#include "control_line.h"

enum {
    EXIT_FAILED = 255,
    EXIT_NONE = 1, /* no such tunnel; not in time */
    LOOK_MS = 200,
};

/* Nobody has answered to that name; "": to none at all. */
static int fail_of_none(const char *name, const char *why)
{
    if (why[0])
        return adit_control_fail("%s", why);
    (void)adit_control_fail(name[0] ? "no tunnel \"%s\" is running" : "no tunnel is running%s",
                            name);
    return EXIT_NONE;
}

static int worse(int status, int other)
{
    return other > status ? other : status;
}

/* ---- status ---- */

struct listing {
    const struct adit_control_line *line;
    size_t count; /* lines of JSON, or programs */
};

static bool print_reply(void *arg, const struct adit_control_reply *reply)
{
    struct listing *listing = arg;
    const char *body = reply->body;

    if (reply->outcome != ADIT_CONTROL_OK || body[0] == '\0')
        return true;
    if (!listing->line->json)
        (void)fputs(body, stdout);
    while (listing->line->json && *body) {
        const size_t len = strcspn(body, "\n");

        (void)printf("%s%.*s", listing->count++ ? ",\n" : "", (int)len, body);
        body += len + (body[len] != '\0');
    }
    listing->count++;
    return true;
}

static int run_status(const struct adit_control_line *line)
{
    struct listing listing = { .line = line };
    const char *words[] = { line->json ? "json" : "text", "" };
    char why[ADIT_CONTROL_WHY_SIZE];
    int status = 0;

    if (line->json)
        (void)fputc('[', stdout);
    for (size_t i = 0; i < line->name_count || i == 0; i++) {
        const size_t before = listing.count;

        words[1] = line->name_count ? line->names[i] : "";
        adit_control_ask_each(ADIT_CONTROL_STATUS, words, print_reply, &listing, why);
        /* Of all tunnels, those of a folder that is closed to us are missing. */
        if (listing.count == before || (words[1][0] == '\0' && why[0]))
            status = worse(status, fail_of_none(words[1], why));
    }
    if (line->json)
        (void)fputs("]\n", stdout);
    return fflush(stdout) == 0 && !ferror(stdout)
               ? status
               : adit_control_fail("the answer could not be written");
}

/* ---- what is asked of one tunnel ---- */

struct question {
    bool is_answered;
    bool is_done;
    char text[ADIT_CONTROL_LINE_MAX];
    char why[ADIT_CONTROL_WHY_SIZE]; /* it may not have reached everybody */
};

/* The first program that has it is the one. */
static bool take_reply(void *arg, const struct adit_control_reply *reply)
{
    struct question *question = arg;

    if (reply->outcome == ADIT_CONTROL_NONE)
        return true;
    question->is_answered = true;
    question->is_done = reply->outcome == ADIT_CONTROL_OK;
    (void)snprintf(question->text, sizeof question->text, "%s", reply->text);
    return false;
}

static int ask(enum adit_control_verb verb, const char *const *words, struct question *question)
{
    *question = (struct question){ 0 };
    adit_control_ask_each(verb, words, take_reply, question, question->why);
    if (!question->is_answered)
        return fail_of_none(words[0], question->why);
    return question->is_done ? 0 : adit_control_fail("%s", question->text);
}

static bool count_reply(void *arg, const struct adit_control_reply *reply)
{
    size_t *count = arg;

    *count += reply->outcome == ADIT_CONTROL_OK;
    return true;
}

static int end_all(void)
{
    static const char *const words[] = { "" };
    char why[ADIT_CONTROL_WHY_SIZE];
    size_t count = 0;

    adit_control_ask_each(ADIT_CONTROL_DOWN, words, count_reply, &count, why);
    return count == 0 || why[0] ? fail_of_none("", why) : 0;
}

static int run_down(const struct adit_control_line *line)
{
    struct question question;
    int status = 0;

    if (line->all == (line->name_count > 0))
        return adit_control_fail("down: the names of tunnels are needed, or --all");
    if (line->all)
        return end_all();
    for (size_t i = 0; i < line->name_count; i++) {
        const char *words[] = { line->names[i] };

        status = worse(status, ask(ADIT_CONTROL_DOWN, words, &question));
    }
    return status;
}

static int change(const struct adit_control_line *line, enum adit_control_verb verb)
{
    struct question question;

    if (line->name_count != 1 || line->forward_count == 0)
        return adit_control_fail("%s: the name of a tunnel and -L, -R or -D are needed",
                                 line->command);
    for (size_t i = 0; i < line->forward_count; i++) {
        const char *words[] = { line->names[0], line->forwards[i].kind, line->forwards[i].spec };
        const int status = ask(verb, words, &question);

        if (status)
            return status;
        if (verb == ADIT_CONTROL_ADD && question.text[0] != '0')
            (void)printf("%s\n", question.text); /* the port that the gateway has chosen */
    }
    return fflush(stdout) == 0 ? 0 : EXIT_FAILED;
}

static int run_add(const struct adit_control_line *line)
{
    return change(line, ADIT_CONTROL_ADD);
}

static int run_remove(const struct adit_control_line *line)
{
    return change(line, ADIT_CONTROL_REMOVE);
}

/* ---- wait ---- */

static long now_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Looks until it is ready or the time is over. */
static int wait_for(const char *name, long due_ms)
{
    const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
    const char *words[] = { name };
    struct question question;

    for (;;) {
        question = (struct question){ 0 };
        adit_control_ask_each(ADIT_CONTROL_READY, words, take_reply, &question, question.why);
        if (question.is_done && strcmp(question.text, "yes") == 0)
            return 0;
        if (now_ms() >= due_ms)
            break;
        (void)nanosleep(&pause, NULL);
    }
    if (!question.is_answered && question.why[0])
        return adit_control_fail("\"%s\" is not ready: %s", name, question.why);
    (void)adit_control_fail("\"%s\" is not ready: %s", name,
                            question.is_answered ? question.text : "no such tunnel is running");
    return EXIT_NONE;
}

static int run_wait(const struct adit_control_line *line)
{
    const long due_ms = now_ms() + line->timeout_s * 1000;

    if (line->name_count == 0)
        return adit_control_fail("wait: the names of tunnels are needed");
    for (size_t i = 0; i < line->name_count; i++) {
        const int status = wait_for(line->names[i], due_ms);

        if (status)
            return status;
    }
    return 0;
}

/* ---- which of them ---- */

int adit_control_command(int argc, char *const argv[])
{
    static const struct {
        enum adit_control_command command;
        int (*run)(const struct adit_control_line *line);
    } commands[] = {
        { ADIT_CONTROL_COMMAND_STATUS, run_status }, { ADIT_CONTROL_COMMAND_DOWN, run_down },
        { ADIT_CONTROL_COMMAND_ADD, run_add },       { ADIT_CONTROL_COMMAND_REMOVE, run_remove },
        { ADIT_CONTROL_COMMAND_WAIT, run_wait },
    };
    struct adit_control_line line;

    if (!adit_control_line_parse(&line, argc, argv))
        return EXIT_FAILED;
    if (line.help) {
        adit_control_line_help(&line);
        return fflush(stdout) == 0 ? 0 : EXIT_FAILED;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].command == line.bit)
            return commands[i].run(&line);
    return EXIT_FAILED;
}
