/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control_ask.h"

enum {
    EXIT_FAILED = 255,
    EXIT_NONE = 1, /* no such tunnel; not in time */
    NAMES_MAX = 64,
    FORWARDS_MAX = 64,
    WAIT_S = 60,
    WAIT_MAX_S = 30 * 24 * 3600,
    LOOK_MS = 200,
    DECIMAL = 10,
};

struct line {
    const char *command;
    const char *names[NAMES_MAX];
    size_t name_count;
    struct {
        const char *kind; /* "L", "R", "D" */
        const char *spec;
    } forwards[FORWARDS_MAX];
    size_t forward_count;
    bool json;
    bool all;
    long timeout_s;
};

static int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int fail(const char *format, ...)
{
    va_list args;

    (void)fputs("adit: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return EXIT_FAILED;
}

/* ---- status ---- */

struct listing {
    const struct line *line;
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

static int run_status(const struct line *line)
{
    struct listing listing = { .line = line };
    const char *words[] = { line->json ? "json" : "text", "" };
    int status = 0;

    if (line->json)
        (void)fputc('[', stdout);
    for (size_t i = 0; i < line->name_count || i == 0; i++) {
        const size_t before = listing.count;

        words[1] = line->name_count ? line->names[i] : "";
        adit_control_ask_each(ADIT_CONTROL_STATUS, words, print_reply, &listing);
        if (listing.count > before)
            continue;
        status = EXIT_NONE;
        (void)fail(words[1][0] ? "no tunnel \"%s\" is running" : "no tunnel is running%s",
                   words[1]);
    }
    if (line->json)
        (void)fputs("]\n", stdout);
    return fflush(stdout) == 0 && !ferror(stdout) ? status
                                                  : fail("the answer could not be written");
}

/* ---- what is asked of one tunnel ---- */

struct question {
    bool is_answered;
    bool is_done;
    char text[ADIT_CONTROL_LINE_MAX];
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
    adit_control_ask_each(verb, words, take_reply, question);
    if (!question->is_answered) {
        (void)fail("no tunnel \"%s\" is running", words[0]);
        return EXIT_NONE;
    }
    return question->is_done ? 0 : fail("%s", question->text);
}

static bool count_reply(void *arg, const struct adit_control_reply *reply)
{
    size_t *count = arg;

    *count += reply->outcome == ADIT_CONTROL_OK;
    return true;
}

static int run_down(const struct line *line)
{
    struct question question;
    const char *words[] = { "" };
    size_t count = 0;
    int status = 0;

    if (line->all == (line->name_count > 0))
        return fail("down: the names of tunnels are needed, or --all");
    if (line->all) {
        adit_control_ask_each(ADIT_CONTROL_DOWN, words, count_reply, &count);
        return count ? 0 : EXIT_NONE;
    }
    for (size_t i = 0; i < line->name_count; i++) {
        int one;

        words[0] = line->names[i];
        one = ask(ADIT_CONTROL_DOWN, words, &question);
        status = one > status ? one : status;
    }
    return status;
}

static int change(const struct line *line, enum adit_control_verb verb)
{
    struct question question;

    if (line->name_count != 1 || line->forward_count == 0)
        return fail("%s: the name of a tunnel and -L, -R or -D are needed", line->command);
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

static int run_add(const struct line *line)
{
    return change(line, ADIT_CONTROL_ADD);
}

static int run_remove(const struct line *line)
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
        adit_control_ask_each(ADIT_CONTROL_READY, words, take_reply, &question);
        if (question.is_done && strcmp(question.text, "yes") == 0)
            return 0;
        if (now_ms() >= due_ms)
            break;
        (void)nanosleep(&pause, NULL);
    }
    (void)fail("\"%s\" is not ready: %s", name,
               question.is_answered ? question.text : "no such tunnel is running");
    return EXIT_NONE;
}

static int run_wait(const struct line *line)
{
    const long due_ms = now_ms() + line->timeout_s * 1000;

    if (line->name_count == 0)
        return fail("wait: the names of tunnels are needed");
    for (size_t i = 0; i < line->name_count; i++) {
        const int status = wait_for(line->names[i], due_ms);

        if (status)
            return status;
    }
    return 0;
}

/* ---- the command line ---- */

enum {
    TAKES_JSON = 1,
    TAKES_ALL = 2,
    TAKES_FORWARDS = 4,
    TAKES_TIMEOUT = 8,
};

static const struct command {
    const char *name;
    int (*run)(const struct line *line);
    unsigned takes;
    const char *usage;
} commands[] = {
    { "status", run_status, TAKES_JSON, "adit status [--json] [name ...]" },
    { "down", run_down, TAKES_ALL, "adit down name ... | --all" },
    { "add", run_add, TAKES_FORWARDS, "adit add name -L|-R|-D forward ..." },
    { "remove", run_remove, TAKES_FORWARDS, "adit remove name -L|-R|-D forward ..." },
    { "wait", run_wait, TAKES_TIMEOUT, "adit wait [--timeout seconds] name ..." },
};

static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, word) == 0)
            return &commands[i];
    return NULL;
}

bool adit_is_control_command(const char *word)
{
    return find_command(word) != NULL;
}

/* The argument of an option: behind "=" or a letter, or the next word. NULL: there is none. */
static const char *argument_of(const char *behind, char *const **next, char *const *end)
{
    if (*behind == '=')
        return behind + 1;
    if (*behind != '\0')
        return behind;
    return *next < end ? *(*next)++ : NULL;
}

static bool take_timeout(struct line *line, const char *argument)
{
    char *end = NULL;

    if (argument == NULL || argument[0] < '0' || argument[0] > '9')
        return false;
    line->timeout_s = strtol(argument, &end, DECIMAL);
    return *end == '\0' && line->timeout_s <= WAIT_MAX_S;
}

static bool take_forward(struct line *line, char letter, const char *argument)
{
    static const char *const kinds[] = { "L", "R", "D" };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i][0] != letter || argument == NULL || line->forward_count == FORWARDS_MAX)
            continue;
        line->forwards[line->forward_count].kind = kinds[i];
        line->forwards[line->forward_count++].spec = argument;
        return true;
    }
    return false;
}

static bool take_option(struct line *line, unsigned takes, const char *word, char *const **next,
                        char *const *end)
{
    static const char timeout[] = "--timeout";

    if ((takes & TAKES_JSON) && strcmp(word, "--json") == 0)
        return line->json = true;
    if ((takes & TAKES_ALL) && strcmp(word, "--all") == 0)
        return line->all = true;
    if ((takes & TAKES_TIMEOUT) && strncmp(word, timeout, sizeof timeout - 1) == 0)
        return take_timeout(line, argument_of(word + sizeof timeout - 1, next, end));
    if ((takes & TAKES_FORWARDS) && word[1] != '-' && word[1] != '\0')
        return take_forward(line, word[1], argument_of(word + 2, next, end));
    return false;
}

int adit_control_command(int argc, char *const argv[])
{
    const struct command *command = find_command(argv[0]);
    struct line line = { .command = argv[0], .timeout_s = WAIT_S };
    char *const *next = argv + 1;
    char *const *end = argv + argc;

    while (command != NULL && next < end) {
        const char *word = *next++;

        if (strcmp(word, "--help") == 0) {
            (void)printf("usage: %s\n", command->usage);
            return 0;
        }
        if (word[0] == '-' ? take_option(&line, command->takes, word, &next, end)
                           : line.name_count < NAMES_MAX) {
            if (word[0] != '-')
                line.names[line.name_count++] = word;
            continue;
        }
        (void)fail("%s: \"%s\" is not understood", command->name, word);
        (void)fprintf(stderr, "usage: %s\n", command->usage);
        return EXIT_FAILED;
    }
    return command != NULL ? command->run(&line) : EXIT_FAILED;
}
