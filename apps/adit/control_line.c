/* SPDX-License-Identifier: BSD-2-Clause */
/* One row for each command and each option, from which --help and completion are made too. */
#include "control_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control_command.h"

enum {
    EXIT_FAILED = 255,
    WAIT_S = 60,
    WAIT_MAX_S = 30 * 24 * 3600,
    DECIMAL = 10,
};

enum {
    STATUS = ADIT_CONTROL_COMMAND_STATUS,
    DOWN = ADIT_CONTROL_COMMAND_DOWN,
    ADD = ADIT_CONTROL_COMMAND_ADD,
    REMOVE = ADIT_CONTROL_COMMAND_REMOVE,
    WAIT = ADIT_CONTROL_COMMAND_WAIT,
    CHANGES = ADD | REMOVE,
    ALL = STATUS | DOWN | CHANGES | WAIT,
};

static const struct command {
    const char *name;
    enum adit_control_command bit;
    const char *text;
    const char *usage;
} commands[] = {
    { "status", ADIT_CONTROL_COMMAND_STATUS, "say how the tunnels are", "[--json] [name ...]" },
    { "down", ADIT_CONTROL_COMMAND_DOWN, "end tunnels", "name ... | --all" },
    { "add", ADIT_CONTROL_COMMAND_ADD, "open forwards in a tunnel that is up",
      "name -L|-R|-D forward ..." },
    { "remove", ADIT_CONTROL_COMMAND_REMOVE, "close forwards of a tunnel that is up",
      "name -L|-R|-D forward ..." },
    { "wait", ADIT_CONTROL_COMMAND_WAIT, "wait until tunnels are up",
      "[--timeout seconds] name ..." },
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, word) == 0)
            return &commands[i];
    return NULL;
}

bool adit_is_control_command(const char *word)
{
    return find_command(word) != NULL;
}

/* ---- what is wrong ---- */

int adit_control_fail(const char *format, ...)
{
    va_list args;

    (void)fputs("adit: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return EXIT_FAILED;
}

static bool refuse(const struct adit_control_line *line, const char *format, ...) ADIT_FORMAT(2, 3);

static bool refuse(const struct adit_control_line *line, const char *format, ...)
{
    va_list args;

    (void)fprintf(stderr, "adit: %s: ", line->command);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].bit == line->bit)
            (void)fprintf(stderr, "usage: adit %s %s\n", line->command, commands[i].usage);
    return false;
}

/* ---- the options ---- */

struct option;

static bool take_json(struct adit_control_line *line, const struct option *option,
                      const char *argument)
{
    (void)option, (void)argument;
    return line->json = true;
}

static bool take_all(struct adit_control_line *line, const struct option *option,
                     const char *argument)
{
    (void)option, (void)argument;
    return line->all = true;
}

static bool take_help(struct adit_control_line *line, const struct option *option,
                      const char *argument)
{
    (void)option, (void)argument;
    return line->help = true;
}

static bool take_timeout(struct adit_control_line *line, const struct option *option,
                         const char *argument)
{
    char *end = NULL;

    (void)option;
    line->timeout_s = strtol(argument, &end, DECIMAL);
    if (argument[0] < '0' || argument[0] > '9' || *end != '\0' || line->timeout_s > WAIT_MAX_S)
        return refuse(line, "--timeout: \"%s\" is no number of seconds up to %d", argument,
                      (int)WAIT_MAX_S);
    return true;
}

static bool take_forward(struct adit_control_line *line, const struct option *option,
                         const char *argument);

/* clang-format off */
static const struct option {
    char letter;          /* 0: it has a long name only */
    const char *name;     /* NULL: it has a letter only */
    const char *argument; /* NULL: it takes none */
    const char *text;
    unsigned commands;
    bool (*take)(struct adit_control_line *line, const struct option *option, const char *argument);
    const char *kind; /* of take_forward */
} options[] = {
    { 0, "json", NULL, "print an array of objects", STATUS, take_json, NULL },
    { 0, "all", NULL, "all tunnels of yours", DOWN, take_all, NULL },
    { 'L', NULL, "[bind:]port:host:hostport", "listen here, connect from the gateway", CHANGES, take_forward, "L" },
    { 'R', NULL, "[bind:]port[:host:hostport]", "listen at the gateway, connect from here", CHANGES, take_forward, "R" },
    { 'D', NULL, "[bind:]port", "listen here as a SOCKS proxy", CHANGES, take_forward, "D" },
    { 0, "timeout", "seconds", "how long to wait; without this, a minute", WAIT, take_timeout, NULL },
    { 0, "help", NULL, "print this text, and stop", ALL, take_help, NULL },
};
/* clang-format on */

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

static bool take_forward(struct adit_control_line *line, const struct option *option,
                         const char *argument)
{
    if (line->forward_count == ADIT_CONTROL_FORWARDS_MAX)
        return refuse(line, "more than %d forwards", (int)ADIT_CONTROL_FORWARDS_MAX);
    line->forwards[line->forward_count].kind = option->kind;
    line->forwards[line->forward_count++].spec = argument;
    return true;
}

/* ---- parsing ---- */

/* The option that a word begins with; `*behind` is what follows its name or letter. */
static const struct option *find_option(unsigned command, const char *word, const char **behind)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        const size_t len = option->name ? strlen(option->name) : 0;

        if (!(option->commands & command))
            continue;
        *behind = word + 2 + len;
        if (option->letter && word[1] == option->letter)
            return option;
        if (len && word[1] == '-' && strncmp(word + 2, option->name, len) == 0 &&
            (**behind == '\0' || **behind == '='))
            return option;
    }
    return NULL;
}

/* "-L8080:…", "-L 8080:…", "--timeout=5", "--timeout 5". */
static bool take_option(struct adit_control_line *line, const char *word, char *const **next,
                        char *const *end)
{
    const char *behind = NULL;
    const struct option *option = find_option(line->bit, word, &behind);

    if (option == NULL || (option->argument == NULL && *behind != '\0'))
        return refuse(line, "\"%s\" is not understood", word);
    if (option->argument == NULL)
        return option->take(line, option, NULL);
    if (*behind != '\0')
        return option->take(line, option, behind + (*behind == '='));
    if (*next == end)
        return refuse(line, "%s needs an argument: %s", word, option->argument);
    return option->take(line, option, *(*next)++);
}

static bool take_name(struct adit_control_line *line, const char *word)
{
    if (line->name_count == ADIT_CONTROL_NAMES_MAX)
        return refuse(line, "more than %d names", (int)ADIT_CONTROL_NAMES_MAX);
    line->names[line->name_count++] = word;
    return true;
}

bool adit_control_line_parse(struct adit_control_line *line, int argc, char *const argv[])
{
    const struct command *command = find_command(argv[0]);
    char *const *next = argv + 1;
    char *const *end = argv + argc;

    *line = (struct adit_control_line){ .command = argv[0], .timeout_s = WAIT_S };
    if (command == NULL)
        return adit_control_fail("there is no command \"%s\"", argv[0]) == 0;
    line->bit = command->bit;
    while (next < end && !line->help) {
        const char *word = *next++;

        if (!(word[0] == '-' ? take_option(line, word, &next, end) : take_name(line, word)))
            return false;
    }
    return true;
}

/* ---- telling of them ---- */

static void print_options(unsigned command)
{
    enum { COLUMN = 34 };

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        int width;

        if (!(option->commands & command))
            continue;
        width = option->letter ? printf("  -%c", option->letter) : printf("  --%s", option->name);
        if (option->argument)
            width += printf(" %s", option->argument);
        (void)printf("%*s%s\n", COLUMN - width, "", option->text);
    }
}

void adit_control_line_help(const struct adit_control_line *line)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].bit == line->bit)
            (void)printf("usage: adit %s %s\n\n%s\n\n", commands[i].name, commands[i].usage,
                         commands[i].text);
    print_options(line->bit);
}

bool adit_control_command_at(size_t index, struct adit_command_words *out)
{
    if (index >= COMMAND_COUNT)
        return false;
    *out = (struct adit_command_words){ commands[index].name, "host", commands[index].text,
                                        commands[index].bit };
    return true;
}

void adit_control_line_each(unsigned command, adit_option_visit *visit, void *user)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        const struct adit_option_words words = { option->letter, option->name, option->argument,
                                                 option->text };

        if (option->commands & command)
            visit(user, &words);
    }
}
